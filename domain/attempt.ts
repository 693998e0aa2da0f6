import type { EffectId, Instant } from '../events/ids.ts';

/** Whoever records it may make the call; nobody else may until the attempt is old. */
export type AttemptCommand = {
  readonly type: 'RecordAttempt';
  readonly effectId: EffectId;
  readonly executor: string;
  readonly now: Instant;
};

/** As long as a call whose answer was lost may still land. */
export const landsWithinMs = 5 * 60_000;

/** Whether a call that was attempted then, if any was, may land after `now`. */
export const mayStillLand = (attemptedAt: Instant | undefined, now: Instant): boolean =>
  attemptedAt !== undefined && now - attemptedAt < landsWithinMs;
