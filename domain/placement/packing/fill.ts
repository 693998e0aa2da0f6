import type { Kind } from './kinds.ts';
import { hasCompany, hasPorts, type Room, take } from './room.ts';

/** What a dimension counts for when a place is filled, in the order of `dimensions`. */
export type Weighting = readonly number[];

/** A way to fill one place after the other; `mixedPart`: see `takeOverdue`. */
export type Way = { readonly weighting: Weighting; readonly mixedPart: number };

const even: Weighting = [1, 1, 1, 1];
const lessMemory: Weighting = [1, 0.1, 1, 1];

/**
 * Which resource is scarce, and whether it is so to the end, differs from problem to problem, and
 * filling is quick: all are tried and the best plan is kept. The first ones do for any problem,
 * because not all are tried on a very large one.
 */
export const ways: readonly Way[] = [
  { weighting: even, mixedPart: 0 },
  { weighting: even, mixedPart: 0.7 },
  { weighting: lessMemory, mixedPart: 0 },
  { weighting: lessMemory, mixedPart: 0.7 },
  { weighting: even, mixedPart: 0.5 },
  { weighting: [1, 0.5, 1, 1], mixedPart: 0 },
  { weighting: [0.5, 1, 1, 1], mixedPart: 0 },
  { weighting: [1, 1, 0.5, 1], mixedPart: 0 },
  { weighting: [0.1, 1, 1, 1], mixedPart: 0 },
];

/** How many tasks of each kind are still to be placed. */
export type Left = Int32Array;

export type Filling = {
  readonly weighting: Weighting;
  readonly scale: readonly number[];
  readonly table: KindTable;
};

/** What filling asks of all kinds, in rows: it reads this more often than all else together. */
export type KindTable = {
  readonly needs: Float64Array;
  /** 1 where ports or company could keep a kind out. */
  readonly isChoosy: Uint8Array;
};

export const tableOf = (kinds: readonly Kind[]): KindTable => ({
  needs: Float64Array.from(kinds.flatMap(({ needs }) => needs)),
  isChoosy: Uint8Array.from(kinds, (k) => (k.ports.length > 0 || k.group !== null ? 1 : 0)),
});

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
  { weighting, scale, table: { needs, isChoosy } }: Filling,
): number[] => {
  const factors = scale.map((most, d) => (most > 0 ? (weighting[d] ?? 1) / (most * most) : 0));
  const taken: number[] = [];
  const candidates = new Int32Array(kinds.length);
  let count = 0;
  for (let kind = 0; kind < kinds.length; kind += 1) {
    if (left[kind] === 0) continue;
    candidates[count] = kind;
    count += 1;
  }
  for (;;) {
    let best = -1;
    let least = Number.POSITIVE_INFINITY;
    // What does not fit now will not fit later: the room only shrinks.
    let still = 0;
    for (let index = 0; index < count; index += 1) {
      const each = candidates[index] ?? 0;
      const space = freeAfter(room.free, needs, each, factors);
      if (space < 0 || left[each] === 0) continue;
      if (isChoosy[each] === 1 && !isWelcome(room, kinds[each])) continue;
      candidates[still] = each;
      still += 1;
      if (space < least) {
        least = space;
        best = each;
      }
    }
    const kind = kinds[best];
    if (kind === undefined) return taken;
    take(room, kind);
    left[best] = (left[best] ?? 0) - 1;
    taken.push(best);
    count = still;
  }
};

/** Whether ports and company let it in. */
const isWelcome = (room: Room, kind: Kind | undefined): boolean =>
  kind !== undefined && hasPorts(room, kind) && hasCompany(room, kind);

/** Negative where it does not fit. */
const freeAfter = (
  free: readonly number[],
  needs: Float64Array,
  kind: number,
  factors: readonly number[],
): number => {
  let space = 0;
  for (let d = 0; d < factors.length; d += 1) {
    const after = (free[d] ?? 0) - (needs[kind * factors.length + d] ?? 0);
    if (after < 0) return -1;
    space += (factors[d] ?? 0) * after * after;
  }
  return space;
};
