import type { ObservedInstance } from '../../events/fleet.ts';
import type { Ec2InstanceId } from '../../events/ids.ts';
import { osFamilyChannel } from '../windows/build.ts';
import type { Effect, InstanceProgress, Rollout } from './rolloutState.ts';
import type { Sight } from './sight.ts';

type Terminating = Extract<InstanceProgress, { status: 'terminating' }>;
export type Registered = ObservedInstance & { readonly ec2InstanceId: Ec2InstanceId };

/**
 * Which newcomer stands in for `item`. Auto Scaling does not say, and it does not matter which:
 * what matters is that each newcomer stands in for one instance only. So the instances that wait,
 * in the order in which they were terminated, are given the newcomers of their operating system in
 * the order in which they registered. One that is still to be ended has no replacement yet: a
 * newcomer given to it would leave it standing there, empty and forgotten.
 */
export const replacementFor = (
  rollout: Rollout,
  item: Terminating,
  { view }: Sight,
): Registered | undefined => {
  const items = Object.values(rollout.instances);
  const taken = new Set<string>(items.map(({ containerInstanceArn }) => containerInstanceArn));
  for (const each of items) if ('replacementArn' in each) taken.add(each.replacementArn);
  const notEnded = new Set(Object.values(rollout.effects).map(endedBy));
  const waiting = items
    .filter((each): each is Terminating => each.status === 'terminating')
    .filter(({ containerInstanceArn: arn }) => !notEnded.has(arn) || !view.instances.has(arn))
    .filter(({ channel }) => channel === item.channel)
    .toSorted((a, b) => a.since - b.since || byArn(a, b));
  const newcomers = [...view.instances.values()]
    .filter(isRegistered)
    .filter((each) => !taken.has(each.containerInstanceArn))
    .filter((each) => each.status === 'ACTIVE' && each.agentConnected)
    .filter((each) => osFamilyChannel(each.attributes['ecs.os-family'] ?? '') === item.channel)
    .toSorted((a, b) => (a.registeredAt ?? 0) - (b.registeredAt ?? 0) || byArn(a, b));
  return assign(waiting, newcomers).get(item.containerInstanceArn);
};

const endedBy = (effect: Effect): string =>
  effect.kind === 'terminate' ? effect.containerInstanceArn : '';

/** Each newcomer goes to the first that waits and was terminated before it registered. */
const assign = (waiting: readonly Terminating[], newcomers: readonly Registered[]) => {
  const free = [...newcomers];
  const given = new Map<string, Registered>();
  for (const each of waiting) {
    const index = free.findIndex(({ registeredAt }) => (registeredAt ?? 0) >= each.since);
    const found = free[index];
    if (found === undefined) continue;
    free.splice(index, 1);
    given.set(each.containerInstanceArn, found);
  }
  return given;
};

const isRegistered = (instance: ObservedInstance): instance is Registered =>
  instance.ec2InstanceId !== undefined;

const byArn = (
  a: { readonly containerInstanceArn: string },
  b: { readonly containerInstanceArn: string },
) => (a.containerInstanceArn < b.containerInstanceArn ? -1 : 1);
