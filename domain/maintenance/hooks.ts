import type { HookEvent } from '../../events/hook.ts';
import type { EffectId, Instant } from '../../events/ids.ts';
import type { Decider } from '../decider.ts';
import { identity } from '../identity.ts';

/** The stream of lifecycle hooks that wait for an answer in one cluster. */
export const hooksStream = (clusterName: string) => `hooks#${clusterName}`;

type Data<Type extends HookEvent['type']> = Extract<HookEvent, { type: Type }>['data'];

export type HookEffect = Data<'HookAnswerIntended'>;

export type HooksState = {
  /** Open until their outcome is stored; answered twice is answered once. */
  readonly effects: Readonly<Record<string, HookEffect>>;
  /** By effect id: those that were answered, or refused, since two days. */
  readonly done: Readonly<Record<string, Instant>>;
};

export type HookCommand =
  | ({ readonly type: 'AnswerHook'; readonly now: Instant } & Omit<HookEffect, 'intendedAt'>)
  | {
      readonly type: 'RecordOutcome';
      readonly effectId: EffectId;
      readonly outcome: Data<'HookAnswered'>['answer'] | { readonly refused: string };
      readonly now: Instant;
    };

/** A hook waits 48 hours at most (EC2 Auto Scaling User Guide, lifecycle hooks). */
export const waitsMostMs = 48 * 3_600_000;

/** A token names one waiting action, so it is answered once. */
export const hookEffectId = (lifecycleActionToken: string): EffectId =>
  identity('hook', lifecycleActionToken) as EffectId;

const decide = (command: HookCommand, state: HooksState): readonly HookEvent[] => {
  const { effectId, now } = command;
  if (command.type === 'AnswerHook') {
    const { type: _type, now: intendedAt, ...data } = command;
    if (state.effects[effectId] !== undefined || state.done[effectId] !== undefined) return [];
    return [{ type: 'HookAnswerIntended', data: { ...data, intendedAt } }];
  }
  if (state.effects[effectId] === undefined) return [];
  const { outcome } = command;
  if (typeof outcome === 'string') {
    return [{ type: 'HookAnswered', data: { effectId, answer: outcome, answeredAt: now } }];
  }
  const data = { effectId, reason: outcome.refused, failedAt: now };
  return [{ type: 'HookAnswerFailed', data }];
};

const evolve = (state: HooksState, event: HookEvent): HooksState => {
  const { effectId } = event.data;
  if (event.type === 'HookAnswerIntended') {
    return { ...state, effects: { ...state.effects, [effectId]: event.data } };
  }
  const { [effectId]: _settled, ...effects } = state.effects;
  const at = event.type === 'HookAnswered' ? event.data.answeredAt : event.data.failedAt;
  const recent = Object.entries(state.done).filter(([, doneAt]) => at - doneAt < waitsMostMs);
  return { effects, done: { ...Object.fromEntries(recent), [effectId]: at } };
};

export const hooks: Decider<HooksState, HookCommand, HookEvent> = {
  stateShape: 'hooks/1',
  initialState: { effects: {}, done: {} },
  decide,
  evolve,
};
