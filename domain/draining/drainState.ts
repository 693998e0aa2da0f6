import type { DrainEvent } from '../../events/drain.ts';
import type { EffectId, Instant, LeaseId } from '../../events/ids.ts';
import type { Held } from '../../events/rollout.ts';
import { landsWithinMs } from '../attempt.ts';

type Data<Type extends DrainEvent['type']> = Extract<DrainEvent, { type: Type }>['data'];

/** Open until its outcome is stored. */
export type DrainEffect = {
  readonly effectId: EffectId;
  readonly intendedAt: Instant;
  /** Until then an earlier call that drains it may still land on top of this one. */
  readonly notBefore?: Instant;
  /** The last attempt, and who makes it. */
  readonly attempt?: { readonly executor: string; readonly at: Instant };
} & (
  | { readonly kind: 'drain' | 'terminate' | 'restore' }
  | { readonly kind: 'stopTask'; readonly taskArn: Data<'DrainTaskStopIntended'>['taskArn'] }
  | ({ readonly kind: 'prove' } & Pick<
      Data<'DrainProofIntended'>,
      'successorArn' | 'successorEc2InstanceId' | 'family'
    >)
);

type Leased = { readonly leaseId: LeaseId };

/** Where the drain stands; from `draining` on it holds a lease. */
export type DrainProgress =
  | { readonly status: 'waiting' }
  | ({ readonly status: 'draining' } & Leased)
  /** Past its deadline, and still DRAINING. */
  | ({ readonly status: 'escalated'; readonly because: string } & Leased)
  | ({ readonly status: 'drained' } & Leased)
  | ({ readonly status: 'terminating' } & Leased)
  | ({ readonly status: 'restoring' } & Leased)
  /** Its successor is waited for: until then the fleet has one instance less by our doing. */
  | ({ readonly status: 'gone'; readonly proof?: Proof } & Leased)
  | {
      readonly status: 'ended';
      readonly outcome: Data<'DrainEnded'>['outcome'];
      readonly detail: string;
      readonly successorArn?: Data<'DrainEnded'>['successorArn'];
    };

/** The canary on what has come for an instance that is gone. */
type Proof = {
  readonly successorArn: Data<'DrainProofIntended'>['successorArn'];
  readonly effectId: EffectId;
  readonly at: Instant;
};

export type Drain = Data<'DrainIntended'> &
  DrainProgress & {
    /** When it came to stand so. */
    readonly since: Instant;
    /** When it got its lease. */
    readonly begunAt?: Instant;
    /** Drains of this instance so far, this one included. */
    readonly count: number;
    /** ECS has told that it is DRAINING, after we asked for it. */
    readonly isSeen: boolean;
    /** It was emptied once, or is given up: being empty is no news any more. */
    readonly isPastEmptying: boolean;
    readonly held: readonly Held[];
    readonly effects: Readonly<Record<string, DrainEffect>>;
  };

export type DrainState = { readonly status: 'none' } | Drain;
export type LeasedDrain = Extract<Drain, Leased>;

export const isUnderWay = (state: DrainState): state is Exclude<Drain, { status: 'ended' }> =>
  state.status !== 'none' && state.status !== 'ended';

export const isLeased = (state: DrainState): state is LeasedDrain => 'leaseId' in state;

export const effectOf = <Kind extends DrainEffect['kind']>(
  { effects }: Drain,
  kind: Kind,
): DrainEffect | undefined => Object.values(effects).find((effect) => effect.kind === kind);

/** Nobody has asked ECS for it yet: there is nothing to take back. */
export const isUntried = (drain: Drain): boolean => {
  const effect = effectOf(drain, 'drain');
  return effect !== undefined && effect.attempt === undefined;
};

export const evolveDrain = (state: DrainState, event: DrainEvent): DrainState => {
  if (event.type === 'DrainIntended') {
    const count = state.status === 'none' ? 1 : state.count + 1;
    const { intendedAt: since } = event.data;
    const fresh = { isSeen: false, isPastEmptying: false, held: [], effects: {} };
    return { ...event.data, status: 'waiting', since, count, ...fresh };
  }
  return state.status === 'none' ? state : evolveBegun(state, event);
};

const evolveBegun = (
  drain: Drain,
  event: Exclude<DrainEvent, { type: 'DrainIntended' }>,
): DrainState => {
  switch (event.type) {
    case 'DrainHoldsChanged':
      return { ...drain, held: event.data.held };
    case 'DrainBegun': {
      const { leaseId, effectId, begunAt } = event.data;
      const effect = { kind: 'drain', effectId, intendedAt: begunAt } as const;
      const begun = { status: 'draining', leaseId, since: begunAt, begunAt, held: [] } as const;
      return intend({ ...drain, ...begun }, effect);
    }
    case 'DrainSeen':
      return { ...drain, isSeen: true };
    case 'DrainTaskStopIntended':
      return intend(drain, { kind: 'stopTask', ...event.data });
    case 'Drained':
      return moved({ ...drain, isPastEmptying: true }, { status: 'drained' }, event.data.drainedAt);
    case 'DrainTerminationIntended': {
      const effect = { kind: 'terminate', ...event.data } as const;
      return moved(intend(drain, effect), { status: 'terminating' }, event.data.intendedAt);
    }
    case 'DrainRestoreIntended': {
      const { effectId, intendedAt } = event.data;
      // What was still to be done to it is not done any more.
      const restored = { ...drain, isPastEmptying: true, effects: {} };
      const doubt = effectOf(drain, 'drain')?.attempt;
      const notBefore = doubt && { notBefore: (doubt.at + landsWithinMs) as Instant };
      const effect = { kind: 'restore', effectId, intendedAt, ...notBefore } as const;
      return moved(intend(restored, effect), { status: 'restoring' }, intendedAt);
    }
    case 'DrainEscalated': {
      const { because, blockers, escalatedAt } = event.data;
      return moved({ ...drain, held: blockers }, { status: 'escalated', because }, escalatedAt);
    }
    case 'DrainInstanceGone':
      return moved({ ...drain, held: [], effects: {} }, { status: 'gone' }, event.data.goneAt);
    case 'DrainProofIntended': {
      const { successorArn, effectId, intendedAt: at } = event.data;
      const meant = intend(drain, { kind: 'prove', ...event.data });
      return { ...meant, proof: { successorArn, effectId, at } } as Drain;
    }
    case 'DrainRestored':
      return drain;
    case 'DrainEnded': {
      const { leaseId: _given, proof: _over, ...rest } = drain as Drain & Ending;
      const { outcome, detail, successorArn, endedAt: since } = event.data;
      const end = { outcome, detail, ...(successorArn && { successorArn }), since };
      return { ...rest, status: 'ended', ...end, held: [], effects: {} } as Drain;
    }
    case 'DrainEffectAttempted': {
      const { effectId, executor, attemptedAt: at } = event.data;
      const effect = drain.effects[effectId];
      return effect === undefined ? drain : intend(drain, { ...effect, attempt: { executor, at } });
    }
    case 'DrainEffectSucceeded':
    case 'DrainEffectFailed': {
      const { [event.data.effectId]: _settled, ...effects } = drain.effects;
      return { ...drain, effects };
    }
    default:
      return event satisfies never;
  }
};

const intend = <Some extends Drain>(drain: Some, effect: DrainEffect): Some => ({
  ...drain,
  effects: { ...drain.effects, [effect.effectId]: effect },
});

type Ending = Partial<Leased> & { readonly proof?: Proof };

type Moved =
  | { readonly status: 'drained' | 'terminating' | 'restoring' | 'gone' }
  | { readonly status: 'escalated'; readonly because: string };

const moved = (drain: Drain, to: Moved, since: Instant): Drain =>
  ({ ...drain, ...to, since }) as Drain;

const initialState: DrainState = { status: 'none' };

/** Apart from the decider, for those who only fold: it is a good part of their bundle. */
export const drainFold = { stateShape: 'drain/2', initialState, evolve: evolveDrain };
