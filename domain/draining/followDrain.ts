import type { DrainOutcome, DrainReason } from '../../events/drain.ts';
import type { ObservedInstance } from '../../events/fleet.ts';
import type { Held, HeldReason } from '../../events/rollout.ts';
import { isCountedEmpty } from '../fleet/countedTasks.ts';
import { tasksOn } from '../fleet/fleetView.ts';
import { interruptionOf, takenWithinMs } from '../fleet/interruption.ts';
import { servicesOn } from '../fleet/servicesOn.ts';
import { whyHandBack, whyNoLeave } from '../maintenance/leave.ts';
import { drainEffectId } from './drain.ts';
import type { DrainStep } from './drainCommand.ts';
import { blockersOf, type DrainSight, planOf } from './drainSight.ts';
import { type Drain, effectOf, isUntried } from './drainState.ts';
import { whyNotActive } from './judgeTask.ts';
import { successionOf } from './succession.ts';

const actor = 'tuesday';

/** An Auto Scaling group takes minutes to end an instance; after this long a person looks. */
const terminationMs = 30 * 60_000;

/** Windows boots and joins within a quarter of an hour; after this it is not waited for. */
const successionMs = 40 * 60_000;

const end = (
  { count }: Drain,
  outcome: DrainOutcome,
  detail: string,
  { now }: DrainSight,
): Extract<DrainStep, { type: 'EndDrain' }> => ({
  type: 'EndDrain',
  count,
  outcome,
  detail,
  now,
});

const named = ({ containerInstanceArn }: Drain, reason: HeldReason, detail: string): Held => ({
  subject: containerInstanceArn,
  reason,
  detail,
});

/**
 * Why a drain that is asked for is not begun: nothing, and it may ask for its lease; the step that
 * ends it; or what it waits for.
 */
export const whyNotBegin = (drain: Drain, sight: DrainSight): DrainStep | undefined => {
  const { containerInstanceArn, count, deadlineAt, forcedBecause } = drain;
  const { fleet, maintenance, mode, now } = sight;
  const instance = fleet.view.instances.get(containerInstanceArn);
  if (instance === undefined)
    return end(drain, 'gone', 'it was deregistered before it drained', sight);
  if (instance.status === 'DRAINING') {
    return end(drain, 'yielded', 'someone else has set it DRAINING: it is theirs', sight);
  }
  if (now >= deadlineAt) return end(drain, 'calledOff', overdue(drain), sight);
  const wait = (held: readonly Held[]): DrainStep => ({ type: 'HoldDrain', count, held, now });
  if (mode !== 'drive') {
    return wait([named(drain, 'ClusterNotDriven', `the cluster is in mode ${mode}, not drive`)]);
  }
  const inactive = whyNotActive(instance);
  if (inactive !== undefined) return wait([named(drain, 'InstanceNotActive', inactive)]);
  const serviceNames = servicesOn(fleet.view, containerInstanceArn);
  const reason = urgencyOf(drain, sight);
  const closed = whyNoLeave(maintenance, { reason, serviceNames }, now);
  if (closed !== undefined) return wait([named(drain, closed.reason, closed.detail)]);
  if (reason === 'spot' || forcedBecause !== undefined) return undefined;
  const blockers = blockersOf(planOf(drain, sight)).filter(
    (each) => each.reason !== 'StandaloneTask' || drain.standalone.type === 'protect',
  );
  return blockers.length > 0 ? wait(blockers) : undefined;
};

/**
 * What a drain waits for may not be waited for any more when EC2 takes the instance: whoever asked
 * for it, it is begun as a Spot notice would begin it.
 */
export const urgencyOf = (
  { containerInstanceArn, reason }: Drain,
  { fleet: { view }, now }: DrainSight,
): DrainReason => {
  const instance = view.instances.get(containerInstanceArn);
  const interruption = instance && interruptionOf(view, instance, now);
  return interruption === undefined || interruption.action === 'hibernate' ? reason : 'spot';
};

/**
 * The deadline of a Spot drain is the moment from which EC2 may have the instance. It is given back
 * only when EC2 has left it there for so long that it was not taken, or was stopped and will come
 * back.
 */
const isOverdue = ({ reason, deadlineAt }: Drain, { now }: DrainSight): boolean =>
  now >= deadlineAt + (reason === 'spot' ? takenWithinMs : 0);

/** Asked for by what EC2 says, and by nobody who wants the instance kept empty. */
const isOfEc2 = ({ reason }: Drain): boolean => reason === 'spot' || reason === 'rebalancing';

const overdue = ({ held }: Drain): string => {
  const because = held.map(({ reason, detail }) => `${reason}: ${detail}`).join('; ');
  return `not begun by its deadline${because && `: ${because}`}`;
};

/** The next step of a drain that holds its lease; nothing while it is only to be waited for. */
export const followDrain = (drain: Drain, sight: DrainSight): readonly DrainStep[] => {
  const instance = sight.fleet.view.instances.get(drain.containerInstanceArn);
  if (instance === undefined) return followGone(drain, sight);
  const { now } = sight;
  const { count } = drain;
  if (drain.status === 'restoring') {
    const isBack = instance.status === 'ACTIVE' && effectOf(drain, 'restore') === undefined;
    return isBack ? [{ type: 'RecordRestored', count, now }] : [];
  }
  if (drain.isSeen && instance.status === 'ACTIVE') {
    return [end(drain, 'yielded', 'someone else has set it ACTIVE again', sight)];
  }
  switch (drain.status) {
    case 'draining':
    case 'escalated':
      return followEmptying(drain, instance, sight);
    case 'drained':
      return goOn(drain, sight);
    case 'terminating': {
      const because = 'it was to be ended, and is still registered';
      if (now - drain.since <= terminationMs) return [];
      return [{ type: 'EscalateDrain', count, because, blockers: [], now }];
    }
    case 'waiting':
    case 'gone':
    case 'ended':
      return [];
    default:
      return drain satisfies never;
  }
};

/**
 * Until its successor is proved the fleet has one instance less by our doing: the lease says so.
 * Scale-in wants none, and whether one comes for what EC2 takes nobody knows.
 */
const followGone = (drain: Drain, sight: DrainSight): readonly DrainStep[] => {
  const { count, reason, status, since } = drain;
  const { now, successors } = sight;
  if (reason !== 'manual') return [end(drain, 'gone', `deregistered while ${status}`, sight)];
  if (status !== 'gone') return [{ type: 'RecordGone', count, now }];
  const successor = successors.get(drain.containerInstanceArn);
  const isLate = now - since > successionMs;
  if (successor === undefined) {
    const detail = 'no successor has come within 40 minutes';
    return isLate ? [end(drain, 'gone', detail, sight)] : [];
  }
  const succession = successionOf(drain, successor, sight);
  const ended = (outcome: 'gone' | 'unproved', detail: string) => [
    { ...end(drain, outcome, `${successor} ${detail}`, sight), successorArn: successor },
  ];
  if (succession.is === 'proved') return ended('gone', 'has come for it, and runs tasks');
  const { why, step } = succession;
  if (isLate) {
    return ended('unproved', `has come for it, and was not proved within 40 minutes: ${why}`);
  }
  const held = [{ subject: successor, reason: 'ProofPending' as const, detail: why }];
  return [...(step === undefined ? [] : [step]), { type: 'HoldDrain', count, held, now }];
};

const followEmptying = (
  drain: Drain,
  instance: ObservedInstance,
  sight: DrainSight,
): readonly DrainStep[] => {
  const { fleet, now } = sight;
  const { count } = drain;
  if (instance.status !== 'DRAINING') return atDeadline(drain, sight);
  if (!drain.isSeen && !isUntried(drain)) return [{ type: 'RecordSeen', count, now }];
  const left = tasksOn(fleet.view, instance.containerInstanceArn);
  if (left.length === 0 && isCountedEmpty(instance)) {
    return drain.isPastEmptying ? [] : [{ type: 'RecordDrained', count, now }];
  }
  if (drain.status === 'draining') {
    const serviceNames = servicesOn(fleet.view, instance.containerInstanceArn);
    const { reason } = drain;
    const closed = whyHandBack(sight.maintenance, { reason, serviceNames }, now);
    if (closed !== undefined) return [restore(drain, closed.detail, [], sight)];
  }
  return [...stops(drain, sight), ...atDeadline(drain, sight)];
};

/** Tasks that no service replaces are stopped by policy once they have had their time. */
const stops = (drain: Drain, { fleet, now }: DrainSight): readonly DrainStep[] => {
  const { standalone, containerInstanceArn, count, since } = drain;
  if (standalone.type !== 'stopAfter' || drain.status !== 'draining') return [];
  if (now - since < standalone.afterMs) return [];
  return tasksOn(fleet.view, containerInstanceArn)
    .filter((task) => !task.group.startsWith('service:') && task.desiredStatus !== 'STOPPED')
    .map(({ taskArn }) => {
      const effectId = drainEffectId('stop', drain, taskArn);
      return { type: 'StopTask', count, taskArn, effectId, now };
    });
};

const atDeadline = (drain: Drain, sight: DrainSight): readonly DrainStep[] => {
  const { now, fleet } = sight;
  if (drain.status !== 'draining' || !isOverdue(drain, sight)) return [];
  const left = tasksOn(fleet.view, drain.containerInstanceArn);
  const known = blockersOf(planOf(drain, sight));
  // What would leave by itself and has not is named too: its own service knows why.
  const slow = left
    .filter(({ taskArn }) => !known.some(({ subject }) => subject === taskArn))
    .map(({ taskArn, group, lastStatus, desiredStatus }): Held => {
      const detail = `${group}: it is ${lastStatus}, to be ${desiredStatus}`;
      return { subject: taskArn, reason: 'DrainOverdue', detail };
    });
  const blockers = [...known, ...slow];
  const because = `${left.length} tasks had not left by the deadline`;
  if (drain.atDeadline === 'restore') return [restore(drain, because, blockers, sight)];
  return [{ type: 'EscalateDrain', count: drain.count, because, blockers, now }];
};

const goOn = (drain: Drain, sight: DrainSight): readonly DrainStep[] => {
  const { mode, now } = sight;
  switch (drain.andThen) {
    case 'keepDrained':
      if (!isOfEc2(drain) || !isOverdue(drain, sight)) return [];
      return [restore(drain, 'EC2 gave notice, and has not taken it', [], sight)];
    case 'restore':
      return [restore(drain, 'it is empty, and was to be restored then', [], sight)];
    case 'terminate':
      if (mode !== 'drive') return [];
      return [
        {
          type: 'TerminateInstance',
          count: drain.count,
          effectId: drainEffectId('terminate', drain),
          now,
        },
      ];
    default:
      return drain.andThen satisfies never;
  }
};

const restore = (
  drain: Drain,
  because: string,
  blockers: readonly Held[],
  { now }: DrainSight,
): DrainStep => {
  const effectId = drainEffectId('restore', drain);
  const { count } = drain;
  return { type: 'RestoreInstance', count, because, blockers, actor, effectId, now };
};
