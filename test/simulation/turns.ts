import { type Chance, drawBetween } from '../../domain/simulation/chance.ts';

/** The process is gone: thrown out of a port, and out of every port that it calls after that. */
export class CrashSignal extends Error {
  override readonly name = 'CrashSignal';
}

export type Turns = {
  /** Resolves when this port call may be made. */
  readonly next: () => Promise<void>;
  /**
   * Runs handlers at once and lets one port call of theirs go on at a time, in an order that is
   * drawn. Settles when all have.
   */
  readonly together: (bodies: readonly (() => Promise<void>)[]) => Promise<void>;
};

const idleMax = 1000;

export const createTurns = (chance: Chance): Turns => {
  const waiting: (() => void)[] = [];
  let crowded = false;
  return {
    next: () => {
      if (!crowded) return Promise.resolve();
      return new Promise((resolve) => {
        waiting.push(resolve);
      });
    },
    together: async (bodies) => {
      crowded = bodies.length > 1;
      let open = bodies.length;
      const all = Promise.all(
        bodies.map((body) =>
          body().finally(() => {
            open -= 1;
          }),
        ),
      );
      for (let idle = 0; crowded && open > 0; ) {
        await new Promise((resolve) => {
          setImmediate(resolve);
        });
        idle = waiting.length === 0 ? idle + 1 : 0;
        if (idle > idleMax) throw new Error('a handler waits for something that is no port');
        if (waiting.length > 0)
          waiting.splice(drawBetween(chance, 0, waiting.length - 1), 1)[0]?.();
      }
      await all;
      crowded = false;
    },
  };
};
