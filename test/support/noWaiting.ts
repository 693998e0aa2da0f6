import type { Retries } from '../../infra/eventStore/dynamoRetries.ts';

/** A clock that only sleeping moves, so that waiting takes no time; chance says the middle. */
export const noWaiting = (deadlineMs = 1_000) => {
  const sleptMs: number[] = [];
  let nowMs = 0;
  const retries: Retries = {
    nowMs: () => nowMs,
    random: () => 0.5,
    sleepMs: async (delayMs) => {
      sleptMs.push(delayMs);
      nowMs += delayMs;
    },
    deadlineMs,
  };
  return { sleptMs, retries };
};
