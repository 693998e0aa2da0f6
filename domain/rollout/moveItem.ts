import type { HeldReason, RolloutEvent } from '../../events/rollout.ts';
import { assert } from '../assert.ts';
import type { ImageProgress, InstanceProgress, ServiceProgress } from './rolloutState.ts';

/** Events about the rollout as a whole; every other one moves one image, instance or service. */
export type LifeEvent = Extract<
  RolloutEvent,
  {
    type:
      | 'RolloutPlanned'
      | 'RolloutStarted'
      | 'RolloutPaused'
      | 'RolloutResumed'
      | 'RolloutHalted'
      | 'RolloutAborted'
      | 'RolloutCompleted'
      | 'EffectAttempted'
      | 'EffectSucceeded'
      | 'EffectFailed'
      | 'HoldsChanged'
      | 'InstanceTargetLearnt';
  }
>;

export type ItemEvent = Exclude<RolloutEvent, LifeEvent>;

const imageFacts = (item: ImageProgress) => {
  const { image, repository, tag, staleDigest, channel, fromBuild, toBuild } = item;
  return { image, repository, tag, staleDigest, channel, fromBuild, toBuild };
};

export const moveImage = (item: ImageProgress, event: ItemEvent): ImageProgress => {
  const facts = imageFacts(item);
  switch (event.type) {
    case 'RebuildRequested':
      return { ...facts, status: 'requested', since: event.data.requestedAt };
    case 'RebuildArrived':
      return {
        ...facts,
        status: 'arrived',
        since: event.data.arrivedAt,
        digest: event.data.digest,
      };
    case 'RebuildOverdue':
      return { ...facts, status: 'overdue', since: event.data.overdueAt };
    default:
      return item;
  }
};

export const moveInstance = (item: InstanceProgress, event: ItemEvent): InstanceProgress => {
  const { containerInstanceArn } = item;
  const facts = instanceFacts(item);
  if (event.type === 'InstanceDrainIntended') {
    const { leaseId, intendedAt: since, versionBefore } = event.data;
    return { ...facts, status: 'draining', since, leaseId, versionBefore };
  }
  if (event.type === 'InstanceSkipped') {
    const { reason, detail, skippedAt } = event.data;
    const because = { subject: containerInstanceArn, reason, detail };
    return { ...facts, status: 'skipped', since: skippedAt, because };
  }
  if (event.type === 'InstancePutOff') return waitingAgain(item);
  if (!('leaseId' in item)) return item;
  return moveInFlight(item, event);
};

const instanceFacts = (item: InstanceProgress) => {
  const { containerInstanceArn, ec2InstanceId, channel, fromBuild, putOff } = item;
  const facts = { containerInstanceArn, ec2InstanceId, channel, fromBuild };
  return putOff === undefined ? facts : { ...facts, putOff };
};

const waitingAgain = (item: InstanceProgress): InstanceProgress => ({
  ...instanceFacts(item),
  putOff: (item.putOff ?? 0) + 1,
  status: 'waiting',
});

/** Time cures it: the next window opens, the freeze ends. */
export const isForLater = (reason: HeldReason): boolean =>
  reason === 'WindowClosed' || reason === 'Frozen';

const moveInFlight = (
  item: Extract<InstanceProgress, { leaseId: unknown }>,
  event: ItemEvent,
): InstanceProgress => {
  const { containerInstanceArn, leaseId } = item;
  const facts = instanceFacts(item);
  switch (event.type) {
    case 'InstanceDrained':
      return { ...facts, leaseId, status: 'drained', since: event.data.drainedAt };
    case 'InstanceTerminationIntended':
      return { ...facts, leaseId, status: 'terminating', since: event.data.intendedAt };
    case 'InstanceReplaced': {
      const { replacementArn, replacementEc2InstanceId, replacedAt: since } = event.data;
      return {
        ...facts,
        leaseId,
        status: 'replaced',
        since,
        replacementArn,
        replacementEc2InstanceId,
      };
    }
    case 'InstanceProofIntended': {
      assert(item.status === 'replaced', 'only a replacement that is there is proved');
      const { replacementArn, replacementEc2InstanceId } = item;
      const { effectId: proofId, intendedAt: since } = event.data;
      const replacement = { replacementArn, replacementEc2InstanceId, proofId };
      return { ...facts, leaseId, status: 'proving', since, ...replacement };
    }
    case 'InstanceProved': {
      assert('replacementArn' in item, 'only a replacement that is there is proved');
      const { replacementArn } = item;
      return { ...facts, status: 'done', since: event.data.provedAt, replacementArn };
    }
    case 'InstanceRestoreIntended': {
      const { reason, detail, intendedAt: since } = event.data;
      const because = { subject: containerInstanceArn, reason, detail };
      return { ...facts, leaseId, status: 'restoring', since, because };
    }
    case 'InstanceRestored': {
      assert(item.status === 'restoring', 'only what is being restored is restored');
      if (isForLater(item.because.reason)) return waitingAgain(item);
      return { ...facts, status: 'skipped', since: event.data.restoredAt, because: item.because };
    }
    default:
      return item;
  }
};

const serviceFacts = (item: ServiceProgress) => {
  const { serviceArn, serviceName, channel, images, putOff } = item;
  const facts = { serviceArn, serviceName, channel, images };
  return putOff === undefined ? facts : { ...facts, putOff };
};

export const moveService = (item: ServiceProgress, event: ItemEvent): ServiceProgress => {
  const { serviceArn } = item;
  const facts = serviceFacts(item);
  switch (event.type) {
    case 'ServiceDeploymentIntended': {
      const { leaseId, deploymentBefore, intendedAt: since } = event.data;
      return { ...facts, status: 'deploying', since, leaseId, deploymentBefore };
    }
    case 'ServiceDeploymentStarted': {
      const { deploymentId, startedAt } = event.data;
      return item.status === 'deploying' ? { ...item, deploymentId, startedAt } : item;
    }
    case 'ServiceDeployed':
      return { ...facts, status: 'done', since: event.data.deployedAt };
    case 'ServicePutOff':
      return { ...facts, putOff: (item.putOff ?? 0) + 1, status: 'waiting' };
    case 'ServiceSkipped': {
      const { reason, detail, skippedAt: since } = event.data;
      const because = { subject: serviceArn, reason, detail };
      return { ...facts, status: 'skipped', since, because };
    }
    default:
      return item;
  }
};
