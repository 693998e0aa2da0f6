import type { ContainerInstanceArn } from '../../events/ids.ts';
import { taskStartedBy, tasksOn } from '../fleet/fleetView.ts';
import { canaryStartMs, endedWell } from '../service/canary.ts';
import { osFamilyChannel } from '../windows/build.ts';
import { canaryFamilyOf } from '../windows/canaryFamily.ts';
import { drainEffectId } from './drain.ts';
import type { DrainStep } from './drainCommand.ts';
import type { DrainSight } from './drainSight.ts';
import type { Drain } from './drainState.ts';

type Gone = Extract<Drain, { status: 'gone' }>;
export type Succession =
  | { readonly is: 'proved' }
  | { readonly is: 'unproved'; readonly why: string; readonly step?: DrainStep };

/**
 * Whether what has come for an instance that is gone runs tasks: a canary of ours where the policy
 * names a family, as in a rollout; or the first task that ECS runs there. An instance that is back
 * and unproved still holds its lease.
 */
export const successionOf = (
  drain: Gone,
  successorArn: ContainerInstanceArn,
  sight: DrainSight,
): Succession => {
  const { fleet, now } = sight;
  const { proof } = drain;
  const step = prove(drain, successorArn, sight);
  if (step !== undefined) return { is: 'unproved', why: 'a canary task is to run on it', step };
  const isOfCanary = proof?.successorArn === successorArn;
  const canary = isOfCanary ? taskStartedBy(fleet.view, proof.effectId) : undefined;
  const isLate = isOfCanary && now - proof.at > canaryStartMs;
  if (!isOfCanary || (canary === undefined && isLate)) {
    const first = tasksOn(fleet.view, successorArn).some(
      ({ lastStatus }) => lastStatus === 'RUNNING',
    );
    return first ? { is: 'proved' } : { is: 'unproved', why: 'no task has started on it' };
  }
  if (canary?.lastStatus !== 'STOPPED') {
    return { is: 'unproved', why: 'its canary task has not finished' };
  }
  const { taskArn, stoppedReason = 'failed' } = canary;
  return endedWell(canary)
    ? { is: 'proved' }
    : { is: 'unproved', why: `canary ${taskArn}: ${stoppedReason}` };
};

/** Once for each that comes. */
const prove = (
  drain: Gone,
  successorArn: ContainerInstanceArn,
  { fleet, canaryFamily, mode, now }: DrainSight,
): DrainStep | undefined => {
  const instance = fleet.view.instances.get(successorArn);
  const channel = osFamilyChannel(instance?.attributes['ecs.os-family'] ?? '');
  const ec2InstanceId = instance?.ec2InstanceId;
  if (canaryFamily === undefined || channel === undefined || ec2InstanceId === undefined) {
    return undefined;
  }
  if (mode !== 'drive' || drain.proof?.successorArn === successorArn) return undefined;
  return {
    type: 'ProveSuccessor',
    count: drain.count,
    successorArn,
    successorEc2InstanceId: ec2InstanceId,
    family: canaryFamilyOf(canaryFamily, channel),
    effectId: drainEffectId('prove', drain, successorArn),
    now,
  };
};
