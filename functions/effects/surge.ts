import { mayStillLand } from '../../domain/attempt.ts';
import { isCountedEmpty } from '../../domain/fleet/countedTasks.ts';
import type { Effect, Rollout } from '../../domain/rollout/rolloutState.ts';
import { changesOf, surgingIn } from '../../domain/rollout/surgeState.ts';
import type { ClusterArn, EffectId, Instant } from '../../events/ids.ts';
import type { HeldReason } from '../../events/rollout.ts';
import type { AutoScalingGroup } from '../../infra/aws/autoScalingPort.ts';
import type { Gateways } from '../../infra/aws/gateways.ts';
import {
  type Attempt,
  attempted,
  notFound,
  type Of,
  open,
  type Performance,
  refused,
  stopped,
  succeeded,
} from './performance.ts';

/** Where what a surge does takes place; `reload` reads the rollout as it stands now. */
export type SurgePlace = Pick<Gateways, 'ecs' | 'autoScaling'> & {
  readonly cluster: ClusterArn;
  readonly now: () => Instant;
  readonly attempt: Attempt;
  readonly reload: () => Promise<Rollout>;
};

/**
 * Asks the group for more. `SetDesiredCapacity` is absolute and knows no token, so the group is
 * read first: it is set from what was meant and from nothing else, and what is found set already is
 * ours only if it was attempted.
 */
export const surgeGroup = async (
  { autoScaling, now, attempt }: SurgePlace,
  rollout: Rollout,
  effect: Of<'surge'>,
): Promise<Performance> => {
  const { groupName, from, to, attemptedAt } = effect;
  const [group] = await autoScaling.describeGroups([groupName]);
  if (group === undefined) return held('CapacityUnknown', `there is no group ${groupName}`);
  const { desiredCapacity: desired } = group;
  if (desired === to && attemptedAt !== undefined) return succeeded(effect, now());
  if (stopped(rollout)) {
    const mayLand = mayStillLand(attemptedAt, now());
    const reason = rollout.status === 'aborted' ? 'RolloutAborted' : 'RolloutHalted';
    return mayLand ? open(attempted) : held(reason, `the rollout is ${rollout.status}`);
  }
  if (desired === to) {
    const detail = `somebody else has set the desired capacity of ${groupName} to ${to}`;
    return { ...held('DesiredCapacityConflict', detail), unlessAttempted: true };
  }
  if (desired !== from) {
    const isAlone = surgingIn(rollout, groupName).length <= effect.instances.length;
    if (!isAlone || attemptedAt !== undefined) return overruled(groupName, desired, now());
    const detail = `the desired capacity of ${groupName} is ${desired}, not ${from} any more`;
    return { ...held('FactsStale', detail), unlessAttempted: true };
  }
  const why = whyNotGrow(group, to);
  if (why !== undefined) return { ...why, unlessAttempted: true };
  if (!(await attempt())) return open(attempted);
  await autoScaling.setDesiredCapacity(groupName, to);
  return succeeded(effect, now());
};

type Refused = Extract<Performance, { status: 'refused' }>;

const held = (reason: HeldReason, detail: string): Refused => ({
  status: 'refused',
  reason: detail,
  held: reason,
});

const whyNotGrow = (group: AutoScalingGroup, to: number): Refused | undefined => {
  const { name, maxSize, status, activeRefresh, suspendedProcesses } = group;
  if (to > maxSize) return held('AtMaximumSize', `the maximum of ${name} is ${maxSize}`);
  if (status !== undefined) return held('FactsStale', `${name} is: ${status}`);
  if (activeRefresh !== undefined) {
    return held('FactsStale', `an instance refresh replaces the instances of ${name}`);
  }
  if (suspendedProcesses.includes('Launch')) {
    return held('LaunchSuspended', `the process Launch of ${name} is suspended`);
  }
  return undefined;
};

const overruled = (groupName: string, desired: number, now: Instant): Performance => ({
  status: 'done',
  commands: [{ type: 'OverruleGroup', groupName, desired, now }],
});

/** What the desired capacity may be while it is being changed: not raised yet, lowered already. */
const leastOf = (rollout: Rollout, groupName: string, without?: EffectId): number => {
  const changes = changesOf(rollout, groupName).filter(({ effectId }) => effectId !== without);
  const raising = changes.flatMap((change) => (change.kind === 'surge' ? change.from : []));
  const lowering = changes.filter(
    (change) => change.kind !== 'surge' && change.attemptedAt !== undefined,
  );
  const desired = rollout.groups[groupName]?.desired ?? 0;
  return Math.min(desired, ...raising) - lowering.length;
};

type Ours = {
  readonly group: AutoScalingGroup;
  readonly expected: number;
  /** That somebody else has set it, if the call of `effect` has not landed. */
  readonly whyUnlessLanded: (effect: Pick<Effect, 'effectId'>) => Performance | undefined;
};

/**
 * Whether the desired capacity is what this rollout has made it. Ends that are on their way may
 * have taken one off each; the record is read before and after, because they go on meanwhile.
 */
export const whyNotOurs = async (
  { autoScaling, now, reload }: Pick<SurgePlace, 'autoScaling' | 'now' | 'reload'>,
  before: Rollout,
  groupName: string,
): Promise<{ readonly why: Performance } | Ours> => {
  const [group] = await autoScaling.describeGroups([groupName]);
  if (group === undefined) return { why: open(`there is no group ${groupName}`) };
  const after = await reload();
  const expected = [before, after].map((each) => each.groups[groupName]?.desired);
  const [one, other] = expected;
  if (one === undefined || other === undefined) return { why: open('it was overtaken') };
  const least = Math.min(...[before, after].map((each) => leastOf(each, groupName)));
  const { desiredCapacity: desired } = group;
  const isOurs = desired >= least && desired <= Math.max(one, other);
  if (!isOurs) return { why: overruled(groupName, desired, now()) };
  const whyUnlessLanded: Ours['whyUnlessLanded'] = ({ effectId }) => {
    const lowest = Math.min(...[before, after].map((each) => leastOf(each, groupName, effectId)));
    return desired < lowest ? overruled(groupName, desired, now()) : undefined;
  };
  return { group, expected: other, whyUnlessLanded };
};

/**
 * Ends the old one, which ECS itself says is empty, and takes one off the desired capacity. One
 * that has gone without us took nothing off: what was launched for it is still too much.
 */
export const endWithDecrement = async (
  place: SurgePlace,
  rollout: Rollout,
  effect: Of<'terminate'>,
): Promise<Performance> => {
  const { ecs, autoScaling, cluster, now, attempt } = place;
  const item = rollout.instances[effect.containerInstanceArn];
  if (item === undefined || !('surge' in item) || item.surge === undefined) {
    return refused('its group was not asked for another');
  }
  const { groupName } = item.surge;
  const ours = await whyNotOurs(place, rollout, groupName);
  if ('why' in ours) {
    return effect.attemptedAt === undefined
      ? ours.why
      : afterOverruled(place, ours.why, groupName, item.ec2InstanceId, effect);
  }
  const isGone = isLeaving(ours.group, item.ec2InstanceId);
  // Attempted, and it may have gone without that: then nothing was taken off (simulation, seed 99).
  const isTaken = ours.group.desiredCapacity < ours.expected;
  if (isGone && isTaken && effect.attemptedAt !== undefined) return succeeded(effect, now());
  if (isGone) {
    const detail = 'it left its group before it was ended';
    const { containerInstanceArn } = item;
    const reason = 'InstanceNotActive' as const;
    const about = { containerInstanceArn, reason, detail, now: now() };
    return { status: 'done', commands: [{ type: 'ReturnSurplus', ...about }] };
  }
  const theirs = ours.whyUnlessLanded(effect);
  if (theirs !== undefined) return theirs;
  if (stopped(rollout)) return refused(`the rollout was ${rollout.status} before it was ended`);
  const instance = await ecs.describeInstance(cluster, effect.containerInstanceArn);
  if (instance === undefined) return open(notFound);
  if (instance.status !== 'INACTIVE') {
    if (instance.status !== 'DRAINING') return refused(`the instance is ${instance.status} again`);
    if (!isCountedEmpty(instance)) return open('ECS still counts tasks on it');
  }
  if (!(await attempt())) return open(attempted);
  await autoScaling.terminateForScaleIn(item.ec2InstanceId);
  return succeeded(effect, now());
};

/**
 * A call was made before somebody else set the desired capacity, or was noticed to have: it has
 * landed, or it will not any more.
 */
export const afterOverruled = async (
  { autoScaling, now }: SurgePlace,
  why: Performance,
  groupName: string,
  ec2InstanceId: string,
  effect: Of<'terminate' | 'endSurplus'>,
): Promise<Performance> => {
  if (why.status !== 'open') return why;
  const [group] = await autoScaling.describeGroups([groupName]);
  if (group === undefined) return why;
  if (isLeaving(group, ec2InstanceId)) return succeeded(effect, now());
  const mayLand = mayStillLand(effect.attemptedAt, now());
  return mayLand ? open(attempted) : refused('somebody else has set the desired capacity');
};

export const isLeaving = ({ instances }: AutoScalingGroup, id: string): boolean => {
  const member = instances.find(({ ec2InstanceId }) => ec2InstanceId === id);
  return member === undefined || member.lifecycleState.includes('Terminat');
};
