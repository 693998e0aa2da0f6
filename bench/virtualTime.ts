/**
 * A clock that stands still while anything can be done and jumps to the next wake-up when not: what
 * waits for one another interleaves as it would over the network, the same way at every run.
 */
export const virtualTime = () => {
  let nowMs = 0;
  let turn = 0;
  const sleepers: { readonly atMs: number; readonly turn: number; readonly wake: () => void }[] =
    [];
  return {
    nowMs: () => nowMs,
    sleepMs: (delayMs: number): Promise<void> =>
      new Promise((wake) => {
        turn += 1;
        sleepers.push({ atMs: nowMs + delayMs, turn, wake });
      }),
    /** Runs until `work` is done. */
    run: async <Answer>(work: Promise<Answer>): Promise<Answer> => {
      let done = false;
      const settled = work.finally(() => {
        done = true;
      });
      settled.catch(() => {}); // answered for below
      for (;;) {
        await new Promise(setImmediate);
        if (done) return settled;
        sleepers.sort((a, b) => a.atMs - b.atMs || a.turn - b.turn);
        const next = sleepers.shift();
        if (next === undefined) continue;
        nowMs = next.atMs;
        next.wake();
      }
    },
  };
};
