import type { EcsBucket } from './ecsLimits.ts';

/** The time, and a way to let some of it pass. Both in milliseconds. */
export type Pacing = {
  readonly now: () => number;
  readonly pause: (milliseconds: number) => Promise<void>;
};

/**
 * Full at the beginning; a call takes one token, and waits its turn where there is none. Calls that
 * wait are served in the order in which they came.
 */
export const createTokenBucket = ({ burst, perSecond }: EcsBucket, { now, pause }: Pacing) => {
  let tokens = burst;
  let filledAt = now();
  return {
    take: async (): Promise<void> => {
      const at = now();
      tokens = Math.min(burst, tokens + ((at - filledAt) / 1_000) * perSecond);
      filledAt = at;
      tokens -= 1;
      // Below zero stand those that wait already: each waits until its own token is there.
      if (tokens < 0) await pause(Math.ceil((-tokens / perSecond) * 1_000));
    },
  };
};
