import type { DrainEvent } from '../../events/drain.ts';
import type { ContainerInstanceArn, EffectId, Instant } from '../../events/ids.ts';
import type { Held } from '../../events/rollout.ts';
import type { Decider } from '../decider.ts';
import { identity } from '../identity.ts';
import { Refusal } from '../refusal.ts';
import type { DrainCommand, DrainStep, StartDrain } from './drainCommand.ts';
import { decideDrainAttempt, decideDrainOutcome } from './drainOutcome.ts';
import {
  type Drain,
  type DrainState,
  drainFold,
  effectOf,
  isLeased,
  isUnderWay,
  isUntried,
} from './drainState.ts';

/** The stream of the drains of one instance, one after another. */
export const drainStream = (clusterName: string, containerInstanceArn: ContainerInstanceArn) =>
  `drain#${clusterName}/${containerInstanceArn.slice(containerInstanceArn.lastIndexOf('/') + 1)}`;

export const drainHolder = ({
  clusterName,
  containerInstanceArn,
}: Pick<Drain, 'clusterName' | 'containerInstanceArn'>): string =>
  drainStream(clusterName, containerInstanceArn);

/** The same for the same step of the same drain, however often it is asked for. */
export const drainEffectId = (
  kind: 'drain' | 'stop' | 'terminate' | 'restore' | 'prove',
  { containerInstanceArn, count }: Pick<Drain, 'containerInstanceArn' | 'count'>,
  ...about: readonly string[]
): EffectId => identity(kind, 'drain', containerInstanceArn, `${count}`, ...about) as EffectId;

const decide = (command: DrainCommand, state: DrainState): readonly DrainEvent[] => {
  switch (command.type) {
    case 'StartDrain':
      return start(command, state);
    case 'UndoDrain':
      return undo(command, state);
    case 'RecordAttempt':
      return decideDrainAttempt(command, state);
    case 'RecordOutcome':
      return decideDrainOutcome(command, state);
    default:
      return isUnderWay(state) && state.count === command.count ? step(command, state) : [];
  }
};

/** Whoever needs an instance empty for longer asks again: a drain forgotten is capacity lost. */
const deadlineMaxMs = 7 * 24 * 60 * 60_000;

/**
 * A drain that would wait for what does not pass is refused at once with all that stands against
 * it (kubernetes#66811: one replica, and a drain for ever).
 */
const start = (command: StartDrain, state: DrainState): readonly DrainEvent[] => {
  const { type: _type, now, mode, instanceStatus, lasting, ...asked } = command;
  const { containerInstanceArn, forcedBecause } = asked;
  if (isUnderWay(state)) {
    if (isSameWish(asked, state)) return [];
    const since = `${state.status}, asked for by ${state.actor}`;
    throw new Refusal('DrainUnderWay', `${containerInstanceArn} is being drained: ${since}`);
  }
  const ahead = asked.deadlineAt - now;
  if (ahead <= 0 || ahead > deadlineMaxMs) {
    const detail = 'deadlineAt: it has to lie ahead, and within a week';
    throw new Refusal('DrainInvalid', detail);
  }
  if (mode !== 'drive') {
    throw new Refusal('ClusterNotDriven', `the cluster is in mode ${mode}, not drive`);
  }
  if (instanceStatus !== 'ACTIVE') {
    const whose = instanceStatus === 'DRAINING' ? ': someone else drains it, and it is theirs' : '';
    throw new Refusal('DrainNotPossible', `${containerInstanceArn} is ${instanceStatus}${whose}`);
  }
  if (lasting.length > 0 && forcedBecause === undefined) {
    throw new Refusal('DrainDeadlocked', lasting.map(sentence).join('; '));
  }
  return [{ type: 'DrainIntended', data: { ...asked, intendedAt: now } }];
};

type Wish = Omit<StartDrain, 'type' | 'now' | 'mode' | 'instanceStatus' | 'lasting'>;

/** The deadline is left out: asked again an hour later it has moved with the clock. */
const isSameWish = (asked: Wish, { reason, actor, andThen, atDeadline, standalone }: Drain) =>
  asked.reason === reason &&
  asked.actor === actor &&
  asked.andThen === andThen &&
  asked.atDeadline === atDeadline &&
  JSON.stringify(asked.standalone) === JSON.stringify(standalone);

const sentence = ({ subject, reason, detail }: Held) => `${reason} ${subject}: ${detail}`;

const undo = (
  { actor, because, now }: Extract<DrainCommand, { type: 'UndoDrain' }>,
  state: DrainState,
): readonly DrainEvent[] => {
  if (state.status === 'none') throw new Refusal('DrainNotFound', 'it was never drained by us');
  const why = `${because} (${actor})`;
  switch (state.status) {
    case 'waiting':
      return [calledOff(why, actor, now)];
    case 'terminating': {
      const detail = 'its termination was asked for, and cannot be taken back';
      throw new Refusal('DrainNotPossible', detail);
    }
    case 'gone':
      throw new Refusal('DrainNotPossible', 'its instance is gone');
    case 'restoring':
    case 'ended':
      return [];
    default: {
      if (isUntried(state)) return [calledOff(why, actor, now)];
      const effectId = drainEffectId('restore', state);
      const data = { because, blockers: [], actor, effectId, intendedAt: now };
      return [{ type: 'DrainRestoreIntended', data }];
    }
  }
};

const calledOff = (detail: string, actor: string, endedAt: Instant): DrainEvent => ({
  type: 'DrainEnded',
  data: { outcome: 'calledOff', detail, actor, endedAt },
});

const ended = (
  outcome: Extract<DrainEvent, { type: 'DrainEnded' }>['data']['outcome'],
  detail: string,
  endedAt: Instant,
): DrainEvent => ({ type: 'DrainEnded', data: { outcome, detail, endedAt } });

const step = (command: DrainStep, state: Drain): readonly DrainEvent[] => {
  const { now } = command;
  const isEmptying = state.status === 'draining' || state.status === 'escalated';
  switch (command.type) {
    case 'HoldDrain': {
      const { held } = command;
      if (isSame(held, state.held)) return [];
      return [{ type: 'DrainHoldsChanged', data: { held, changedAt: now } }];
    }
    case 'BeginDrain': {
      const { leaseId, effectId } = command;
      if (state.status !== 'waiting') return [];
      return [{ type: 'DrainBegun', data: { leaseId, effectId, begunAt: now } }];
    }
    case 'StopTask': {
      const { taskArn, effectId } = command;
      if (!isEmptying || state.effects[effectId] !== undefined) return [];
      return [{ type: 'DrainTaskStopIntended', data: { taskArn, effectId, intendedAt: now } }];
    }
    case 'RecordSeen':
      return isEmptying && !state.isSeen ? [{ type: 'DrainSeen', data: { seenAt: now } }] : [];
    case 'RecordDrained':
      return isEmptying && !state.isPastEmptying
        ? [{ type: 'Drained', data: { drainedAt: now } }]
        : [];
    case 'RecordGone':
      if (!isLeased(state) || state.status === 'gone') return [];
      return [{ type: 'DrainInstanceGone', data: { goneAt: now } }];
    case 'TerminateInstance': {
      if (state.status !== 'drained') return [];
      const data = { effectId: command.effectId, intendedAt: now };
      return [{ type: 'DrainTerminationIntended', data }];
    }
    case 'RestoreInstance': {
      const { type: _type, count: _count, now: intendedAt, ...data } = command;
      if (!isEmptying && state.status !== 'drained') return [];
      if (isUntried(state)) return [ended('calledOff', command.because, now)];
      return [{ type: 'DrainRestoreIntended', data: { ...data, intendedAt } }];
    }
    case 'EscalateDrain': {
      const { because, blockers } = command;
      if (state.status === 'escalated' || state.status === 'gone') return [];
      if (!isLeased(state)) return [];
      if (isUntried(state)) return [ended('calledOff', because, now)];
      return [{ type: 'DrainEscalated', data: { because, blockers, escalatedAt: now } }];
    }
    case 'ProveSuccessor': {
      const { type: _type, count: _count, now: intendedAt, ...data } = command;
      const isMeant = state.status === 'gone' && state.proof?.successorArn === data.successorArn;
      if (state.status !== 'gone' || isMeant) return [];
      return [{ type: 'DrainProofIntended', data: { ...data, intendedAt } }];
    }
    case 'RecordRestored':
      if (state.status !== 'restoring' || effectOf(state, 'restore') !== undefined) return [];
      return [
        { type: 'DrainRestored', data: { restoredAt: now } },
        ended('restored', 'it takes tasks again', now),
      ];
    case 'EndDrain': {
      const { outcome, detail, successorArn } = command;
      const data = { outcome, detail, ...(successorArn && { successorArn }), endedAt: now };
      return [{ type: 'DrainEnded', data }];
    }
    default:
      return command satisfies never;
  }
};

/** The same subjects for the same reasons: their sentences carry numbers that change. */
const isSame = (one: readonly Held[], other: readonly Held[]): boolean =>
  one.length === other.length &&
  one.every(({ subject, reason }, at) => {
    const there = other[at];
    return subject === there?.subject && reason === there.reason;
  });

/** Guards the drains of one instance that no rollout has asked for. */
export const drain: Decider<DrainState, DrainCommand, DrainEvent> = {
  ...drainFold,
  decide,
};
