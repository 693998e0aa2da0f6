import { isCountedEmpty } from '../../domain/fleet/countedTasks.ts';
import type { Rollout } from '../../domain/rollout/rolloutState.ts';
import {
  attempted,
  notFound,
  type Of,
  open,
  type Performance,
  refused,
  succeeded,
} from './performance.ts';
import { afterOverruled, isLeaving, type SurgePlace, whyNotOurs } from './surge.ts';

/** Takes what was launched for an instance out of service, so that it can be given back. */
export const emptySurplus = async (
  { ecs, cluster, now, attempt }: SurgePlace,
  rollout: Rollout,
  effect: Of<'emptySurplus'>,
): Promise<Performance> => {
  const newcomer = newcomerOf(rollout, effect);
  if (newcomer === undefined) return succeeded(effect, now());
  const { replacementArn } = newcomer;
  const instance = await ecs.describeInstance(cluster, replacementArn);
  if (instance === undefined) return open(notFound);
  if (instance.status === 'INACTIVE') return succeeded(effect, now());
  if (instance.status === 'DRAINING') {
    if (effect.attemptedAt !== undefined) return succeeded(effect, now());
    return open('someone else has set it DRAINING');
  }
  if (!(await attempt())) return open(attempted);
  await ecs.setInstanceStatus(cluster, replacementArn, 'DRAINING');
  return succeeded(effect, now());
};

const newcomerOf = (
  rollout: Rollout,
  { containerInstanceArn }: { readonly containerInstanceArn: string },
) => {
  const item = rollout.instances[containerInstanceArn];
  return item !== undefined && 'surge' in item ? item.surge?.newcomer : undefined;
};

/** It stays after all. */
export const keepSurplus = async (
  { ecs, cluster, now }: SurgePlace,
  rollout: Rollout,
  effect: Of<'keepSurplus'>,
): Promise<Performance> => {
  const newcomer = newcomerOf(rollout, effect);
  if (newcomer === undefined) return succeeded(effect, now());
  const instance = await ecs.describeInstance(cluster, newcomer.replacementArn);
  if (instance?.status === 'DRAINING') {
    await ecs.setInstanceStatus(cluster, newcomer.replacementArn, 'ACTIVE');
  }
  return instance === undefined ? open(notFound) : succeeded(effect, now());
};

/**
 * Gives one back: the one that was launched and emptied, or that never registered; or, where the
 * group has launched none, what is wanted of it is taken back.
 */
export const endSurplus = async (
  place: SurgePlace,
  rollout: Rollout,
  effect: Of<'endSurplus'>,
): Promise<Performance> => {
  const { autoScaling, now, attempt } = place;
  const { ec2InstanceId, attemptedAt } = effect;
  const item = rollout.instances[effect.containerInstanceArn];
  if (item?.status !== 'givingBack') return refused('it is not given back any more');
  const { containerInstanceArn, because } = item;
  const { groupName, newcomer } = item.surge;
  const ours = await whyNotOurs(place, rollout, groupName);
  if ('why' in ours) {
    return attemptedAt === undefined || ec2InstanceId === undefined
      ? ours.why
      : afterOverruled(place, ours.why, groupName, ec2InstanceId, effect);
  }
  const { group, expected } = ours;
  /** Another look at what there is to be given back. */
  const again: Performance = {
    status: 'done',
    commands: [
      {
        type: 'ReturnSurplus',
        containerInstanceArn,
        reason: because.reason,
        detail: because.detail,
        now: now(),
      },
    ],
  };
  if (ec2InstanceId === undefined) {
    const isTaken = attemptedAt !== undefined && group.desiredCapacity < expected;
    if (isTaken) return succeeded(effect, now());
    const members = group.instances.filter(({ lifecycleState }) => isMember(lifecycleState));
    if (members.length >= group.desiredCapacity) return again;
    if (!(await attempt())) return open(attempted);
    await autoScaling.setDesiredCapacity(groupName, group.desiredCapacity - 1);
    return succeeded(effect, now());
  }
  if (isLeaving(group, ec2InstanceId)) {
    const isTaken = attemptedAt !== undefined && group.desiredCapacity < expected;
    return isTaken ? succeeded(effect, now()) : again;
  }
  const theirs = ours.whyUnlessLanded(effect);
  if (theirs !== undefined) return theirs;
  const why = await whyNotEmpty(place, ec2InstanceId, newcomer?.replacementArn);
  if (why !== undefined) return why === 'registered' ? again : why;
  if (!(await attempt())) return open(attempted);
  await autoScaling.terminateForScaleIn(ec2InstanceId);
  return succeeded(effect, now());
};

const isMember = (lifecycleState: string): boolean =>
  lifecycleState === 'InService' || lifecycleState.startsWith('Pending');

/** ECS itself says so. What never registered has nothing to say: it must not have meanwhile. */
const whyNotEmpty = async (
  { ecs, cluster }: SurgePlace,
  ec2InstanceId: string,
  containerInstanceArn: string | undefined,
): Promise<Performance | 'registered' | undefined> => {
  if (containerInstanceArn === undefined) {
    const listed = await ecs.listInstances(cluster);
    if (listed.length === 0) return open('ECS lists no instance at all');
    const isThere = listed.some((each) => each.ec2InstanceId === ec2InstanceId);
    return isThere ? 'registered' : undefined;
  }
  const instance = await ecs.describeInstance(cluster, containerInstanceArn);
  if (instance === undefined) return open(notFound);
  if (instance.status === 'INACTIVE') return undefined;
  if (instance.status !== 'DRAINING') return refused(`the newcomer is ${instance.status} again`);
  return isCountedEmpty(instance) ? undefined : open('ECS still counts tasks on it');
};
