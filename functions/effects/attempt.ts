import { randomUUID } from 'node:crypto';
import type { AttemptCommand } from '../../domain/attempt.ts';
import type { Decider } from '../../domain/decider.ts';
import { rollout, rolloutStream } from '../../domain/rollout/rollout.ts';
import type { Rollout } from '../../domain/rollout/rolloutState.ts';
import type { EffectId } from '../../events/ids.ts';
import { handleCommand } from '../../infra/eventStore/handleCommand.ts';
import type { EffectTools } from './carryOut.ts';

type Tools = Pick<EffectTools, 'store' | 'now' | 'executor'>;

/** Stores that `executor` is about to make the call; the state says whose attempt stands. */
export const storeAttempt = async <State, Event>(
  { store, now, executor = randomUUID() }: Tools,
  decider: Decider<State, AttemptCommand, Event>,
  stream: string,
  effectId: EffectId,
): Promise<{ readonly state: State; readonly executor: string }> => {
  const at = now();
  const command = { type: 'RecordAttempt', effectId, executor, now: at } as const;
  // Another name each time: the same executor may try again later.
  const identity = { commitId: `attempt ${effectId} ${executor} ${at}`, now: at };
  const { state } = await handleCommand(store, decider, stream, command, identity);
  return { state, executor };
};

/**
 * Stores the attempt, and says whether it is ours: of two executors at one moment one alone has
 * written it.
 */
export const attempt = async (
  tools: Tools,
  rolloutId: string,
  effectId: EffectId,
): Promise<boolean> => {
  const stream = rolloutStream(rolloutId);
  const { state, executor } = await storeAttempt(tools, rollout, stream, effectId);
  return state.status !== 'none' && state.effects[effectId]?.executor === executor;
};

/** The rollout as it stands now. */
export const reload = async (
  { store }: Pick<EffectTools, 'store'>,
  known: Rollout,
): Promise<Rollout> => {
  const { state } = await store.load(rolloutStream(known.rolloutId), rollout);
  return state.status === 'none' ? known : state;
};
