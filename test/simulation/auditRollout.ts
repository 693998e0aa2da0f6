import type { StoredEvent } from '../../events/catalogue.ts';
import {
  plannedArn,
  type RecordBook,
  type Recorded,
  type RolloutRecord,
  type Stop,
} from './auditRecord.ts';
import { type Directory, serviceName } from './auditTruth.ts';

// How far each rollout is, by its own events.

const begin = (recorded: Recorded, directory: Directory): RolloutRecord | undefined => {
  if (recorded.event.type !== 'RolloutPlanned') return undefined;
  const plan = recorded.event.data;
  for (const item of plan.instances) directory.learn(item.containerInstanceArn, item.ec2InstanceId);
  return {
    stream: recorded.stream,
    plan,
    started: false,
    stops: [],
    held: plan.held,
    channelsLearnt: new Set(),
    drained: new Set(),
    replaced: new Map(),
    deploymentIds: new Map(),
    forLater: new Set(),
    proved: new Set(),
    ended: new Set(),
  };
};

const stopOf = (event: StoredEvent, sequence: number): Stop | undefined => {
  switch (event.type) {
    case 'RolloutPaused':
      return { kind: 'paused', sequence };
    case 'RolloutHalted':
      return { kind: 'halted', sequence };
    case 'RolloutAborted':
      return { kind: 'aborted', sequence };
    case 'RolloutCompleted':
      return { kind: 'completed', sequence };
    default:
      return undefined;
  }
};

/** A person may resume what is paused or halted, never what is aborted or completed. */
const resume = (rollout: RolloutRecord): void => {
  rollout.stops = rollout.stops.filter(({ kind }) => kind === 'aborted' || kind === 'completed');
};

/** What keeps an instance waiting; for any other reason it is given up (events/rollout.ts). */
export const waitsForLeave: ReadonlySet<string> = new Set([
  'WindowClosed',
  'WindowClosing',
  'Frozen',
]);

/** The same, and what waits until a person has looked. */
const isBegunAgain = (reason: string): boolean =>
  waitsForLeave.has(reason) || reason === 'DesiredCapacityConflict';

const noteInstance = (rollout: RolloutRecord, event: StoredEvent, directory: Directory): void => {
  switch (event.type) {
    case 'InstanceTargetLearnt':
      rollout.channelsLearnt.add(event.data.channel);
      return;
    case 'InstanceDrainIntended':
      rollout.drained.delete(event.data.containerInstanceArn);
      rollout.ended.delete(event.data.containerInstanceArn);
      return;
    case 'InstanceDrained':
      rollout.drained.add(event.data.containerInstanceArn);
      return;
    case 'InstanceReplaced': {
      const { containerInstanceArn, replacementArn, replacementEc2InstanceId } = event.data;
      directory.learn(replacementArn, replacementEc2InstanceId);
      rollout.replaced.set(containerInstanceArn, {
        arn: replacementArn,
        ec2InstanceId: replacementEc2InstanceId,
      });
      return;
    }
    case 'InstanceRestoreIntended': {
      const { containerInstanceArn, reason } = event.data;
      if (isBegunAgain(reason)) rollout.forLater.add(containerInstanceArn);
      else rollout.forLater.delete(containerInstanceArn);
      return;
    }
    case 'InstanceRestored':
      if (rollout.forLater.delete(event.data.containerInstanceArn)) return;
      rollout.ended.add(plannedArn(rollout, event.data.containerInstanceArn));
      return;
    case 'InstanceProved': {
      const arn = plannedArn(rollout, event.data.containerInstanceArn);
      if (rollout.plan.policy.replacement === 'surge') rollout.proved.add(arn);
      else rollout.ended.add(arn);
      return;
    }
    case 'SurplusReturnIntended':
    case 'SurplusKeepIntended': {
      const { containerInstanceArn: arn, reason } = event.data;
      rollout.proved.delete(arn);
      if (isBegunAgain(reason)) rollout.forLater.add(arn);
      else rollout.forLater.delete(arn);
      return;
    }
    case 'SurplusSettled':
      if (rollout.forLater.delete(event.data.containerInstanceArn)) return;
      rollout.ended.add(event.data.containerInstanceArn);
      return;
    case 'GroupSurgeIntended':
      for (const { containerInstanceArn: arn } of event.data.instances) {
        rollout.proved.delete(arn);
        rollout.ended.delete(arn);
      }
      return;
    case 'InstanceRetired':
    case 'InstanceSkipped':
      rollout.ended.add(plannedArn(rollout, event.data.containerInstanceArn));
      return;
  }
};

const noteItem = (rollout: RolloutRecord, event: StoredEvent): void => {
  switch (event.type) {
    case 'ServiceDeploymentStarted':
      rollout.deploymentIds.set(serviceName(event.data.serviceArn), event.data.deploymentId);
      return;
    case 'ServiceDeploymentIntended':
      rollout.ended.delete(event.data.serviceArn);
      return;
    case 'ServiceDeployed':
    case 'ServiceSkipped':
      rollout.ended.add(event.data.serviceArn);
      return;
    case 'RebuildArrived':
    case 'RebuildOverdue':
      rollout.ended.add(event.data.image);
      return;
    case 'HoldsChanged':
      rollout.held = event.data.held;
      return;
    case 'RolloutCompleted':
      rollout.held = event.data.left;
      return;
  }
};

/** Takes one event into the book; to be called after the rules have judged it. */
export const noteRollout = (book: RecordBook, recorded: Recorded, directory: Directory): void => {
  const { event, stream, sequence } = recorded;
  if (event.type === 'ModeSet') {
    book.mode = { kind: event.data.mode, sequence, before: book.mode.kind };
    return;
  }
  const planned = begin(recorded, directory);
  if (planned !== undefined) book.rollouts.set(stream, planned);
  const rollout = book.rollouts.get(stream);
  if (rollout === undefined) return;
  if (event.type === 'RolloutStarted') rollout.started = true;
  if (event.type === 'RolloutResumed') resume(rollout);
  const stop = stopOf(event, sequence);
  if (stop !== undefined) rollout.stops = [...rollout.stops, stop];
  noteInstance(rollout, event, directory);
  noteItem(rollout, event);
};
