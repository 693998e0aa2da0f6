import type { Context } from 'aws-lambda';

/** Enough for what a door does with one message or record, where it says nothing else. */
export const timeToBeginMs = 3_000;

/**
 * Throws where less is left before Lambda ends the function: what is begun then would end in the
 * middle, and a time-out brings the whole batch again, with what was done already.
 */
export const beginOnlyWithTime = (context: Context, neededMs = timeToBeginMs): void => {
  const leftMs = context.getRemainingTimeInMillis();
  if (leftMs < neededMs) throw new Error(`${leftMs} ms are left, too little to begin this`);
};
