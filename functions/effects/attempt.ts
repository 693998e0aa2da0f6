import { randomUUID } from 'node:crypto';
import { rollout, rolloutStream } from '../../domain/rollout/rollout.ts';
import type { Rollout } from '../../domain/rollout/rolloutState.ts';
import type { EffectId } from '../../events/ids.ts';
import { handleCommand } from '../../infra/eventStore/handleCommand.ts';
import type { EffectTools } from './carryOut.ts';

/**
 * Stores the attempt, and says whether it is ours: of two executors at one moment one alone has
 * written it.
 */
export const attempt = async (
  { store, now, executor = randomUUID() }: Pick<EffectTools, 'store' | 'now' | 'executor'>,
  rolloutId: string,
  effectId: EffectId,
): Promise<boolean> => {
  const at = now();
  const command = { type: 'RecordAttempt', effectId, executor, now: at } as const;
  const identity = { commitId: `attempt ${effectId} ${executor} ${at}`, now: at };
  const stream = rolloutStream(rolloutId);
  const { state } = await handleCommand(store, rollout, stream, command, identity);
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
