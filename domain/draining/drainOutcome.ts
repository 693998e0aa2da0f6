import type { DrainEvent } from '../../events/drain.ts';
import { type AttemptCommand, mayStillLand } from '../attempt.ts';
import type { DrainCommand } from './drainCommand.ts';
import type { DrainState } from './drainState.ts';

type Command<Type extends DrainCommand['type']> = Extract<DrainCommand, { type: Type }>;

/** One attempt at a time: a second one is refused by silence until the first is old. */
export const decideDrainAttempt = (
  { effectId, executor, now }: AttemptCommand,
  state: DrainState,
): readonly DrainEvent[] => {
  const effect = state.status === 'none' ? undefined : state.effects[effectId];
  if (effect === undefined || mayStillLand(effect.attempt?.at, now)) return [];
  return [{ type: 'DrainEffectAttempted', data: { effectId, executor, attemptedAt: now } }];
};

/**
 * A refusal of the drain itself ends it, as nothing was done. After that it is for a person: the
 * instance is DRAINING by our doing, and is not left alone. A task that may not be stopped is gone
 * or stays, which the next look shows.
 */
export const decideDrainOutcome = (
  { effectId, refused, unlessAttempted, now }: Command<'RecordOutcome'>,
  state: DrainState,
): readonly DrainEvent[] => {
  const effect = state.status === 'none' ? undefined : state.effects[effectId];
  if (effect === undefined) return [];
  if (refused === undefined) {
    return [{ type: 'DrainEffectSucceeded', data: { effectId, succeededAt: now } }];
  }
  if (unlessAttempted && effect.attempt !== undefined) return [];
  const failed: DrainEvent = {
    type: 'DrainEffectFailed',
    data: { effectId, reason: refused, failedAt: now },
  };
  switch (effect.kind) {
    case 'drain': {
      const outcome = unlessAttempted ? 'yielded' : 'refused';
      return [failed, { type: 'DrainEnded', data: { outcome, detail: refused, endedAt: now } }];
    }
    case 'terminate':
    case 'restore': {
      const because = `${effect.kind}: ${refused}`;
      return [
        failed,
        { type: 'DrainEscalated', data: { because, blockers: [], escalatedAt: now } },
      ];
    }
    case 'stopTask':
    // Where no canary may run the first task that ECS runs there proves it.
    case 'prove':
      return [failed];
    default:
      return effect satisfies never;
  }
};
