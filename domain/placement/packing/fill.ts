import type { Kind } from './kinds.ts';
import { fits, type Room, take } from './room.ts';

/** What a dimension counts for when a place is filled, in the order of `dimensions`. */
export type Weighting = readonly number[];

/**
 * Which resource is the scarce one differs from problem to problem, and filling is quick: all are
 * tried and the best plan is kept.
 */
export const weightings: readonly Weighting[] = [
  [1, 1, 1, 1],
  [1, 0.1, 1, 1],
  [1, 0.5, 1, 1],
  [0.5, 1, 1, 1],
  [1, 1, 0.5, 1],
  [0.1, 1, 1, 1],
  [1, 1, 0.1, 1],
];

/** How many tasks of each kind are still to be placed. */
export type Left = Int32Array;

export type Filling = { readonly weighting: Weighting; readonly scale: readonly number[] };

/**
 * Takes tasks into `room` until nothing fits, each time one that leaves the least free space, as
 * the square of its weighted parts of `scale` (the "L2 norm" of Panigrahy et al., Heuristics for
 * vector bin packing, 2011: by place and not by task). Lessens `left`; answers the kinds taken.
 * Ties go to the first kind.
 */
export const fillRoom = (
  room: Room,
  kinds: readonly Kind[],
  left: Left,
  { weighting, scale }: Filling,
): number[] => {
  const factors = scale.map((most, d) => (most > 0 ? (weighting[d] ?? 1) / (most * most) : 0));
  const taken: number[] = [];
  let candidates: number[] = [];
  for (let kind = 0; kind < kinds.length; kind += 1) if (left[kind] !== 0) candidates.push(kind);
  for (;;) {
    let best = -1;
    let least = Number.POSITIVE_INFINITY;
    // What does not fit now will not fit later: the room only shrinks.
    const still: number[] = [];
    for (const index of candidates) {
      const kind = kinds[index];
      if (kind === undefined || left[index] === 0 || !fits(room, kind)) continue;
      still.push(index);
      const space = freeAfter(room, kind, factors);
      if (space < least) {
        least = space;
        best = index;
      }
    }
    const kind = kinds[best];
    if (kind === undefined) return taken;
    take(room, kind);
    left[best] = (left[best] ?? 0) - 1;
    taken.push(best);
    candidates = still;
  }
};

const freeAfter = ({ free }: Room, { needs }: Kind, factors: readonly number[]): number => {
  let space = 0;
  for (let d = 0; d < needs.length; d += 1) {
    const after = (free[d] ?? 0) - (needs[d] ?? 0);
    space += (factors[d] ?? 0) * after * after;
  }
  return space;
};
