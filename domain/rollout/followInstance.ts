import type { EffectId, TaskArn } from '../../events/ids.ts';
import { tasksOn } from '../fleet/fleetView.ts';
import { identity } from '../identity.ts';
import { compareBuilds } from '../windows/build.ts';
import { instanceBuild } from '../windows/instanceBuild.ts';
import { replacementFor } from './replacements.ts';
import type { StepCommand } from './rolloutCommand.ts';
import type { InstanceProgress, Rollout } from './rolloutState.ts';
import type { Sight } from './sight.ts';

type InFlight = Extract<InstanceProgress, { leaseId: unknown }>;
type At<Status extends InFlight['status']> = Extract<InFlight, { status: Status }>;

/** The next step of an instance that is under way; nothing while it is only to be waited for. */
export const followInstance = (
  rollout: Rollout,
  item: InFlight,
  sight: Sight,
): readonly StepCommand[] => {
  switch (item.status) {
    case 'draining':
      return followDrain(rollout, item, sight);
    case 'drained':
      return goesForward(rollout)
        ? [terminate(rollout, item, sight)]
        : [handBack(rollout, item, sight)];
    case 'terminating':
      return followReplacement(rollout, item, sight);
    case 'replaced':
      return prove(rollout, item, sight);
    case 'proving':
      return followProof(rollout, item, sight);
    case 'restoring':
      return followRestore(item, sight);
    default:
      return item satisfies never;
  }
};

const goesForward = ({ status }: Rollout) => status === 'running' || status === 'paused';

const followDrain = (
  rollout: Rollout,
  item: At<'draining'>,
  sight: Sight,
): readonly StepCommand[] => {
  const { containerInstanceArn } = item;
  const { now, view } = sight;
  const instance = view.instances.get(containerInstanceArn);
  if (instance === undefined) return [gone(item, 'it was deregistered while it drained', sight)];
  if (!goesForward(rollout)) return [handBack(rollout, item, sight)];
  const left = tasksOn(view, containerInstanceArn);
  if (left.length === 0 && instance.status === 'DRAINING') {
    return [{ type: 'RecordDrained', containerInstanceArn, now }];
  }
  if (now - item.since <= rollout.policy.drainDeadlineMs) return [];
  const groups = [...new Set(left.map(({ group }) => group))].toSorted().join(', ');
  const detail = `${left.length} tasks had not left by the deadline: ${groups || 'none seen'}`;
  return [restore(rollout, item, 'DrainOverdue', detail, sight)];
};

const terminate = (rollout: Rollout, item: InFlight, { now }: Sight): StepCommand => {
  const { containerInstanceArn } = item;
  const effectId = identity('terminate', rollout.rolloutId, containerInstanceArn) as EffectId;
  return { type: 'TerminateInstance', containerInstanceArn, effectId, now };
};

const handBack = (rollout: Rollout, item: InFlight, sight: Sight): StepCommand => {
  const reason = rollout.status === 'aborted' ? 'RolloutAborted' : 'RolloutHalted';
  return restore(rollout, item, reason, rollout.because ?? 'handed back', sight);
};

const restore = (
  rollout: Rollout,
  { containerInstanceArn }: InFlight,
  reason: 'DrainOverdue' | 'RolloutAborted' | 'RolloutHalted',
  detail: string,
  { now }: Sight,
): StepCommand => {
  const effectId = identity('restore', rollout.rolloutId, containerInstanceArn) as EffectId;
  return { type: 'RestoreInstance', containerInstanceArn, reason, detail, effectId, now };
};

const gone = ({ containerInstanceArn }: InFlight, detail: string, { now }: Sight): StepCommand => ({
  type: 'SkipInstance',
  containerInstanceArn,
  reason: 'InstanceNotActive',
  detail,
  now,
});

const followReplacement = (
  rollout: Rollout,
  item: At<'terminating'>,
  sight: Sight,
): readonly StepCommand[] => {
  const { containerInstanceArn, channel, since } = item;
  const { now } = sight;
  const replacement = replacementFor(rollout, item, sight);
  if (replacement === undefined) {
    if (now - since <= rollout.policy.replacementDeadlineMs) return [];
    const detail = `nothing registered in place of ${item.ec2InstanceId}`;
    return [{ type: 'HaltRollout', reason: 'ReplacementOverdue', detail, now }];
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
  const target = rollout.instanceTargets[channel]?.build;
  if (target === undefined || compareBuilds(build.build, target) >= 0) {
    return [{ ...recorded, build: build.build }];
  }
  const detail = `${replacement.ec2InstanceId} came up on ${build.build}, not ${target}: the launch template names an older AMI`;
  return [
    { ...recorded, build: build.build },
    { type: 'HaltRollout', reason: 'ReplacementStillBehind', detail, now },
  ];
};

const prove = (rollout: Rollout, item: At<'replaced'>, sight: Sight): readonly StepCommand[] => {
  const { containerInstanceArn, replacementArn } = item;
  const { now } = sight;
  if (rollout.policy.canaryFamily !== undefined) {
    const effectId = identity('prove', rollout.rolloutId, replacementArn) as EffectId;
    return [{ type: 'ProveInstance', containerInstanceArn, effectId, now }];
  }
  const first = tasksOn(sight.view, replacementArn).find((task) => task.lastStatus === 'RUNNING');
  if (first !== undefined) return [proved(item, first.taskArn, sight)];
  return overdueProof(rollout, item, 'no task has started on it', sight);
};

const followProof = (
  rollout: Rollout,
  item: At<'proving'>,
  sight: Sight,
): readonly StepCommand[] => {
  const { now, view } = sight;
  const canary = [...view.tasks.values()].find((task) => task.startedBy === item.proofId);
  if (canary?.lastStatus !== 'STOPPED') {
    return overdueProof(rollout, item, 'its canary task did not finish', sight);
  }
  if (canary.containers.every(({ exitCode }) => exitCode === 0)) {
    return [proved(item, canary.taskArn, sight)];
  }
  const detail = `canary ${canary.taskArn} on ${item.replacementEc2InstanceId}: ${canary.stoppedReason ?? 'failed'}`;
  return [{ type: 'HaltRollout', reason: 'ProofFailed', detail, now }];
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
  { now, view }: Sight,
): readonly StepCommand[] => {
  const there = view.instances.has(item.replacementArn);
  if (there && now - item.since <= rollout.policy.replacementDeadlineMs) return [];
  const detail = there ? why : 'it was deregistered before it was proved';
  const named = `${item.replacementEc2InstanceId}: ${detail}`;
  return [{ type: 'HaltRollout', reason: 'ReplacementUnproved', detail: named, now }];
};

const followRestore = (item: At<'restoring'>, sight: Sight): readonly StepCommand[] => {
  const { containerInstanceArn } = item;
  const instance = sight.view.instances.get(containerInstanceArn);
  if (instance === undefined) return [gone(item, 'it was deregistered meanwhile', sight)];
  return instance.status === 'ACTIVE'
    ? [{ type: 'RecordRestored', containerInstanceArn, now: sight.now }]
    : [];
};
