import type { EffectId, Instant, TaskArn } from '../../events/ids.ts';
import type { HeldReason } from '../../events/rollout.ts';
import { countedTasks } from '../fleet/countedTasks.ts';
import { taskStartedBy, tasksOn } from '../fleet/fleetView.ts';
import { servicesOn } from '../fleet/servicesOn.ts';
import { identity } from '../identity.ts';
import { canaryStartMs, endedWell } from '../service/canary.ts';
import { compareBuilds } from '../windows/build.ts';
import { instanceBuild } from '../windows/instanceBuild.ts';
import { whyOverdue } from './drainOverdue.ts';
import { instanceEffectId } from './effectIds.ts';
import { gone } from './letGo.ts';
import { isForLater } from './moveItem.ts';
import { replacementFor } from './replacements.ts';
import type { StepCommand } from './rolloutCommand.ts';
import { type InstanceProgress, isUntriedDrain, type Rollout } from './rolloutState.ts';
import type { Sight } from './sight.ts';
import { isTakenBack } from './takenBack.ts';
import { whyHandBackNow, whyNotNow } from './whyNotNow.ts';

export type InFlight = Extract<InstanceProgress, { leaseId: unknown }>;
type At<Status extends InFlight['status']> = Extract<InFlight, { status: Status }>;

/** The next step of an instance under way; nothing while it is only to be waited for. */
export const followInstance = (
  rollout: Rollout,
  item: InFlight,
  sight: Sight,
): readonly StepCommand[] => {
  switch (item.status) {
    case 'draining':
      return followDrain(rollout, item, sight);
    case 'drained': {
      // It was seen DRAINING and empty, so ACTIVE is news, and nobody's but another's.
      if (sight.view.instances.get(item.containerInstanceArn)?.status === 'ACTIVE') {
        return [gone(item, 'someone else has set it ACTIVE again once it was empty', sight)];
      }
      if (!goesForward(rollout)) return [handBack(rollout, item, sight)];
      const closed = whyHandBackNow(item.containerInstanceArn, sight);
      if (closed !== undefined) {
        return [restore(rollout, item, closed.reason, closed.detail, sight)];
      }
      return sight.mode === 'drive' ? [terminate(rollout, item, sight)] : [];
    }
    case 'terminating':
      return followReplacement(rollout, item, sight);
    case 'replaced':
      return prove(rollout, item, sight);
    case 'proving':
      return followProof(rollout, item, sight);
    case 'restoring':
      return followRestore(rollout, item, sight);
    case 'surging':
    case 'proved':
    case 'givingBack':
      return [];
    default:
      return item satisfies never;
  }
};

export const goesForward = ({ status }: Rollout) => status === 'running' || status === 'paused';

const followDrain = (
  rollout: Rollout,
  item: At<'draining'>,
  sight: Sight,
): readonly StepCommand[] => {
  const { containerInstanceArn } = item;
  const { now, view } = sight;
  const instance = view.instances.get(containerInstanceArn);
  if (instance === undefined) return [gone(item, 'it was deregistered while it drained', sight)];
  if (isUntriedDrain(rollout, containerInstanceArn)) {
    return followUntried(rollout, item, sight);
  }
  if (isTakenBack(item, instance)) {
    return [gone(item, 'someone else has set it ACTIVE again while it drained', sight)];
  }
  if (!goesForward(rollout)) return [handBack(rollout, item, sight)];
  const left = tasksOn(view, containerInstanceArn);
  if (left.length === 0 && countedTasks(instance) === 0 && instance.status === 'DRAINING') {
    return [{ type: 'RecordDrained', containerInstanceArn, now }];
  }
  const closed = whyHandBackNow(containerInstanceArn, sight);
  if (closed !== undefined) return [restore(rollout, item, closed.reason, closed.detail, sight)];
  if (now - item.since <= rollout.policy.drainDeadlineMs) return [];
  return [restore(rollout, item, ...whyOverdue(left, view, now), sight)];
};

/** There is nothing to take back: it is let go as it is, which may be as someone else left it. */
const followUntried = (
  rollout: Rollout,
  item: At<'draining'>,
  sight: Sight,
): readonly StepCommand[] => {
  const { containerInstanceArn, since } = item;
  const { now } = sight;
  const skip = (reason: HeldReason, detail: string): StepCommand => ({
    type: 'SkipInstance',
    containerInstanceArn,
    reason,
    detail,
    now,
  });
  if (!goesForward(rollout)) return [skip(reasonOf(rollout), rollout.because ?? 'let go')];
  const closed = whyNotNow(
    containerInstanceArn,
    servicesOn(sight.view, containerInstanceArn),
    sight,
  );
  if (closed !== undefined && isForLater(closed.reason)) {
    const { reason, detail } = closed;
    return [{ type: 'PutOffInstance', containerInstanceArn, reason, detail, now }];
  }
  if (now - since <= rollout.policy.drainDeadlineMs) return [];
  return [skip('DrainOverdue', 'its drain was not begun by the deadline')];
};

export const reasonOf = ({ status }: Rollout) =>
  status === 'aborted' ? 'RolloutAborted' : 'RolloutHalted';

const terminate = (rollout: Rollout, item: InFlight, { now }: Sight): StepCommand => {
  const { containerInstanceArn } = item;
  const effectId = instanceEffectId('terminate', rollout, item);
  return { type: 'TerminateInstance', containerInstanceArn, effectId, now };
};

const handBack = (rollout: Rollout, item: InFlight, sight: Sight): StepCommand =>
  restore(rollout, item, reasonOf(rollout), rollout.because ?? 'handed back', sight);

export const restore = (
  rollout: Rollout,
  item: InFlight,
  reason: HeldReason,
  detail: string,
  { now }: Sight,
): StepCommand => {
  const { containerInstanceArn } = item;
  const effectId = instanceEffectId('restore', rollout, item);
  return { type: 'RestoreInstance', containerInstanceArn, reason, detail, effectId, now };
};

/** Waited for, since it began or since someone last looked and resumed. */
const isOverdue = ({ resumedAt = 0 as Instant, policy }: Rollout, since: Instant, now: Instant) =>
  now - Math.max(since, resumedAt) > policy.replacementDeadlineMs;

/**
 * What did not come, or came and did not prove itself, stops the rollout and keeps its lease: a
 * person has to look. Where they looked and aborted, it is given up, so that the next rollout may
 * disturb something again.
 */
const escalate = (
  rollout: Rollout,
  { containerInstanceArn }: InFlight,
  reason: 'ReplacementOverdue' | 'ReplacementUnproved' | 'ProofFailed',
  detail: string,
  { now }: Sight,
): StepCommand =>
  rollout.status === 'aborted'
    ? { type: 'SkipInstance', containerInstanceArn, reason: 'ReplacementOverdue', detail, now }
    : { type: 'HaltRollout', reason, detail, now };

export const followReplacement = (
  rollout: Rollout,
  item: At<'terminating' | 'surging'>,
  sight: Sight,
): readonly StepCommand[] => {
  const { containerInstanceArn, channel, since } = item;
  const { now } = sight;
  const replacement = replacementFor(rollout, item, sight);
  if (replacement === undefined) {
    if (!isOverdue(rollout, since, now) || isHandedBack(rollout, item)) return [];
    const detail = `nothing registered in place of ${item.ec2InstanceId}`;
    return [escalate(rollout, item, 'ReplacementOverdue', detail, sight)];
  }
  const recorded: StepCommand = {
    type: 'RecordReplacement',
    containerInstanceArn,
    replacementArn: replacement.containerInstanceArn,
    replacementEc2InstanceId: replacement.ec2InstanceId,
    now,
  };
  const build = instanceBuild(replacement, sight.amis, sight.channels);
  if (build.status === 'unknown') return [recorded];
  // Not the AMI's own build: that may be inferred from its date, and be ahead of what it holds.
  const target = rollout.targets.find((each) => each.channel === channel)?.build;
  if (target === undefined || compareBuilds(build.build, target) >= 0) {
    return [{ ...recorded, build: build.build }];
  }
  const came = `${replacement.ec2InstanceId} came up on ${build.build}, not ${target}`;
  const detail = `${came}: the launch template names an older AMI`;
  return [
    { ...recorded, build: build.build },
    { type: 'HaltRollout', reason: 'ReplacementStillBehind', detail, now },
  ];
};

/** Aborted before it was ended: its executor, which looks first, will hand it back. */
const isHandedBack = (rollout: Rollout, { containerInstanceArn }: InFlight): boolean =>
  rollout.status === 'aborted' &&
  Object.values(rollout.effects).some(
    (effect) => effect.kind === 'terminate' && effect.containerInstanceArn === containerInstanceArn,
  );

const prove = (rollout: Rollout, item: At<'replaced'>, sight: Sight): readonly StepCommand[] => {
  const { containerInstanceArn, replacementArn } = item;
  const { now } = sight;
  if (rollout.policy.canaryFamily !== undefined) {
    const effectId = identity('prove', rollout.rolloutId, replacementArn) as EffectId;
    return [{ type: 'ProveInstance', containerInstanceArn, effectId, now }];
  }
  return proveByService(rollout, item, sight);
};

/** The first task that ECS runs there proves it. */
const proveByService = (
  rollout: Rollout,
  item: At<'replaced' | 'proving'>,
  sight: Sight,
): readonly StepCommand[] => {
  const first = tasksOn(sight.view, item.replacementArn).find(
    ({ lastStatus }) => lastStatus === 'RUNNING',
  );
  if (first !== undefined) return [proved(item, first.taskArn, sight)];
  return overdueProof(rollout, item, 'no task has started on it', sight);
};

const followProof = (
  rollout: Rollout,
  item: At<'proving'>,
  sight: Sight,
): readonly StepCommand[] => {
  const canary = taskStartedBy(sight.view, item.proofId);
  const isLate = sight.now - item.since > canaryStartMs;
  // Tasks that ECS moved there first may have left it no room, and they are evidence as good.
  if (canary === undefined && isLate) return proveByService(rollout, item, sight);
  if (canary?.lastStatus !== 'STOPPED') {
    return overdueProof(rollout, item, 'its canary task did not finish', sight);
  }
  const { stoppedAt = sight.now } = canary;
  if (endedWell(canary)) return [proved(item, canary.taskArn, sight)];
  if (stoppedAt <= (rollout.resumedAt ?? 0)) return proveByService(rollout, item, sight);
  const why = canary.stoppedReason ?? 'failed';
  const detail = `canary ${canary.taskArn} on ${item.replacementEc2InstanceId}: ${why}`;
  return [escalate(rollout, item, 'ProofFailed', detail, sight)];
};

const proved = (
  { containerInstanceArn }: InFlight,
  taskArn: TaskArn,
  { now }: Sight,
): StepCommand => ({
  type: 'RecordProof',
  containerInstanceArn,
  taskArn,
  now,
});

const overdueProof = (
  rollout: Rollout,
  item: At<'replaced' | 'proving'>,
  why: string,
  sight: Sight,
): readonly StepCommand[] => {
  const there = sight.view.instances.has(item.replacementArn);
  if (there && !isOverdue(rollout, item.since, sight.now)) return [];
  const detail = there ? why : 'it was deregistered before it was proved';
  const named = `${item.replacementEc2InstanceId}: ${detail}`;
  return [escalate(rollout, item, 'ReplacementUnproved', named, sight)];
};

/**
 * Restored once the call has been made and the instance is seen to be back: seen alone is not
 * enough, because a drain that was asked for and is late would come after it.
 */
const followRestore = (
  rollout: Rollout,
  item: At<'restoring'>,
  sight: Sight,
): readonly StepCommand[] => {
  const { containerInstanceArn } = item;
  const instance = sight.view.instances.get(containerInstanceArn);
  if (instance === undefined) return [gone(item, 'it was deregistered meanwhile', sight)];
  const asked = Object.values(rollout.effects).some(
    (effect) => effect.kind === 'restore' && effect.containerInstanceArn === containerInstanceArn,
  );
  return instance.status === 'ACTIVE' && !asked
    ? [{ type: 'RecordRestored', containerInstanceArn, now: sight.now }]
    : [];
};
