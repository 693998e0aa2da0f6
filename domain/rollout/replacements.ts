import type { ObservedInstance } from '../../events/fleet.ts';
import type { Channel, Ec2InstanceId } from '../../events/ids.ts';
import { once } from '../once.ts';
import { osFamilyChannel } from '../windows/build.ts';
import type { Effect, InstanceProgress, Rollout } from './rolloutState.ts';
import type { Sight } from './sight.ts';
import { groupNames } from './surgeGroups.ts';
import { newcomerOf } from './surgeState.ts';

type Waiting = Extract<InstanceProgress, { status: 'terminating' | 'surging' | 'givingBack' }>;
export type Registered = ObservedInstance & { readonly ec2InstanceId: Ec2InstanceId };

/**
 * Which newcomer stands in for `item`. Auto Scaling does not say, and it does not matter which:
 * what matters is that each newcomer stands in for one instance only. So the instances that wait,
 * in the order in which they were terminated or their group was asked for more, are given the
 * newcomers of their operating system, and of their group where it is known, in the order in which
 * they registered. One that is still to be ended has no replacement yet: a newcomer given to it
 * would leave it standing there, empty and forgotten.
 */
export const replacementFor = (
  rollout: Rollout,
  { channel, containerInstanceArn }: Waiting,
  sight: Sight,
): Registered | undefined => assignments(rollout)(sight)(channel).get(containerInstanceArn);

/** Every instance that waits asks, and the answer to all of them is one. */
const assignments = once((rollout: Rollout) =>
  once((sight: Sight) => {
    const known = new Map<Channel, ReadonlyMap<string, Registered>>();
    return (channel: Channel) => {
      const found = known.get(channel) ?? assignedIn(rollout, channel, sight);
      known.set(channel, found);
      return found;
    };
  }),
);

const assignedIn = (
  rollout: Rollout,
  channel: Channel,
  { view, capacity }: Sight,
): ReadonlyMap<string, Registered> => {
  const items = Object.values(rollout.instances);
  const taken = new Set<string>(items.map(({ containerInstanceArn }) => containerInstanceArn));
  for (const each of items) {
    const newcomer = newcomerOf(each);
    if (newcomer !== undefined) taken.add(newcomer);
  }
  const notEnded = new Set(Object.values(rollout.effects).map(endedBy));
  const waiting = items
    .filter(waitsForNewcomer)
    .filter(({ containerInstanceArn: arn }) => !notEnded.has(arn) || !view.instances.has(arn))
    .filter((each) => each.channel === channel)
    .toSorted((a, b) => askedAt(a) - askedAt(b) || byArn(a, b));
  const newcomers = [...view.instances.values()]
    .filter(isRegistered)
    .filter((each) => !taken.has(each.containerInstanceArn))
    .filter((each) => each.status === 'ACTIVE' && each.agentConnected)
    .filter((each) => osFamilyChannel(each.attributes['ecs.os-family'] ?? '') === channel)
    .toSorted((a, b) => (a.registeredAt ?? 0) - (b.registeredAt ?? 0) || byArn(a, b));
  return assign(waiting, newcomers, groupNames(capacity));
};

const waitsForNewcomer = (item: InstanceProgress): item is Waiting =>
  item.status === 'surging' ||
  (item.status === 'terminating' && item.surge === undefined) ||
  (item.status === 'givingBack' && item.phase === 'emptying' && !item.surge.newcomer);

const askedAt = ({ since, surge }: Waiting): number => surge?.askedAt ?? since;

const endedBy = (effect: Effect): string =>
  effect.kind === 'terminate' ? effect.containerInstanceArn : '';

/** Each newcomer goes to the first that waits and was terminated before it registered. */
const assign = (
  waiting: readonly Waiting[],
  newcomers: readonly Registered[],
  groupOf: ReturnType<typeof groupNames>,
) => {
  const free = newcomers.map((newcomer) => ({ newcomer, groupName: groupOf(newcomer) }));
  const given = new Map<string, Registered>();
  for (const each of waiting) {
    const index = free.findIndex(({ newcomer, groupName }) => {
      const isElsewhere = each.surge && groupName && groupName !== each.surge.groupName;
      return (newcomer.registeredAt ?? 0) >= askedAt(each) && !isElsewhere;
    });
    const found = free[index];
    if (found === undefined) continue;
    free.splice(index, 1);
    given.set(each.containerInstanceArn, found.newcomer);
  }
  return given;
};

const isRegistered = (instance: ObservedInstance): instance is Registered =>
  instance.ec2InstanceId !== undefined;

const byArn = (
  a: { readonly containerInstanceArn: string },
  b: { readonly containerInstanceArn: string },
) => (a.containerInstanceArn < b.containerInstanceArn ? -1 : 1);
