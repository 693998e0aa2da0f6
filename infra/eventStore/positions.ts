import { assert } from '../../domain/assert.ts';
import type { Position } from './eventStore.ts';

/**
 * The positions that one store has given out. The type keeps others from writing one down; this
 * keeps out the one that was copied, sent over a wire or taken from another store.
 */
export const issuePositions = () => {
  const issued = new WeakSet<Position>();
  return {
    issue: (stream: string, version: number): Position => {
      const position = Object.freeze({ stream, version }) as Position;
      issued.add(position);
      return position;
    },
    check: (position: Position): void =>
      assert(issued.has(position), 'a position comes from load or append of the same store'),
  };
};
