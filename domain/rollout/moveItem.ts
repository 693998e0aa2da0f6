import type { Instant } from '../../events/ids.ts';
import type { Held, HeldReason, RolloutEvent } from '../../events/rollout.ts';
import { assert } from '../assert.ts';
import type { GroupEvent } from './evolveGroups.ts';
import type { TemplateEvent } from './evolveTemplates.ts';
import type { ImageProgress, InstanceProgress, ServiceProgress, Surge } from './rolloutState.ts';

type InFlight = Extract<InstanceProgress, { leaseId: unknown }>;

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

export type ItemEvent = Exclude<RolloutEvent, LifeEvent | GroupEvent | TemplateEvent>;

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
    return { ...facts, status: 'draining', since, leaseId, versionBefore, ...surgeOf(item) };
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

const surgeOf = (item: InstanceProgress): { readonly surge?: Surge } =>
  'leaseId' in item && item.surge !== undefined ? { surge: item.surge } : {};

export const waitingAgain = (item: InstanceProgress): InstanceProgress => ({
  ...instanceFacts(item),
  putOff: (item.putOff ?? 0) + 1,
  status: 'waiting',
});

/** Time cures it, or a person does: the next window opens, the freeze ends. */
export const isForLater = (reason: HeldReason): boolean =>
  reason === 'WindowClosed' || reason === 'Frozen' || reason === 'DesiredCapacityConflict';

const moveInFlight = (item: InFlight, event: ItemEvent): InstanceProgress => {
  const { containerInstanceArn, leaseId } = item;
  const facts = instanceFacts(item);
  const kept = { ...facts, leaseId, ...surgeOf(item) };
  switch (event.type) {
    case 'InstanceDrained':
      return { ...kept, status: 'drained', since: event.data.drainedAt };
    case 'InstanceTerminationIntended':
      return { ...kept, status: 'terminating', since: event.data.intendedAt };
    case 'InstanceReplaced': {
      const { replacementArn, replacementEc2InstanceId, replacedAt: since } = event.data;
      const replacement = { replacementArn, replacementEc2InstanceId };
      const surge = item.surge && { surge: { ...item.surge, newcomer: replacement } };
      return { ...kept, ...surge, status: 'replaced', since, ...replacement };
    }
    case 'InstanceProofIntended': {
      assert(item.status === 'replaced', 'only a replacement that is there is proved');
      const { replacementArn, replacementEc2InstanceId } = item;
      const { effectId: proofId, intendedAt: since } = event.data;
      const replacement = { replacementArn, replacementEc2InstanceId, proofId };
      return { ...kept, status: 'proving', since, ...replacement };
    }
    case 'InstanceProved': {
      assert('replacementArn' in item, 'only a replacement that is there is proved');
      const { replacementArn, replacementEc2InstanceId, surge } = item;
      const since = event.data.provedAt;
      if (surge === undefined) return { ...facts, status: 'done', since, replacementArn };
      const replacement = { replacementArn, replacementEc2InstanceId };
      return { ...kept, surge, status: 'proved', since, ...replacement };
    }
    case 'InstanceRestoreIntended': {
      const { reason, detail, intendedAt: since } = event.data;
      const because = { subject: containerInstanceArn, reason, detail };
      return { ...kept, status: 'restoring', since, because };
    }
    case 'InstanceRestored': {
      assert(item.status === 'restoring', 'only what is being restored is restored');
      return endedBecause(item, item.because, event.data.restoredAt);
    }
    default:
      return moveSurge(item, event);
  }
};

/** It waits for what time will bring, or is given up. */
const endedBecause = (item: InFlight, because: Held, since: Instant): InstanceProgress =>
  isForLater(because.reason)
    ? waitingAgain(item)
    : { ...instanceFacts(item), status: 'skipped', since, because };

/** The steps that only an instance takes whose group was asked for one more on its account. */
const moveSurge = (item: InFlight, event: ItemEvent): InstanceProgress => {
  const { containerInstanceArn: subject, leaseId, surge } = item;
  if (surge === undefined) return item;
  const facts = instanceFacts(item);
  switch (event.type) {
    case 'InstanceRetired':
      return {
        ...facts,
        status: 'done',
        since: event.data.retiredAt,
        replacementArn: surge.newcomer?.replacementArn ?? '',
      };
    case 'SurplusReturnIntended': {
      const { reason, detail, intendedAt: since, newcomer } = event.data;
      const { newcomer: _before, ...rest } = surge;
      const because = { subject, reason, detail };
      const to = newcomer === undefined ? rest : { ...rest, newcomer };
      const status = { status: 'givingBack', phase: 'emptying' } as const;
      return { ...facts, leaseId, surge: to, ...status, since, because };
    }
    case 'SurplusEndIntended':
      assert(item.status === 'givingBack', 'only what is given back is ended as surplus');
      return { ...item, phase: 'ending', since: event.data.intendedAt };
    case 'SurplusKeepIntended': {
      assert(item.status === 'givingBack', 'only what is given back is kept after all');
      const { reason, detail, intendedAt: since } = event.data;
      return { ...item, phase: 'keeping', since, because: { subject, reason, detail } };
    }
    case 'SurplusSettled':
      assert(item.status === 'givingBack', 'only what is given back is settled');
      return endedBecause(item, item.because, event.data.settledAt);
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
