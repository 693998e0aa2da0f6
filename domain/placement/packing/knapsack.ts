import type { Kind } from './kinds.ts';

/** How many of each kind go together on one instance. */
export type Pattern = Int32Array;

export type BestPattern = {
  readonly counts: Pattern;
  readonly value: number;
  /** No set of tasks that fits on the instance is worth more. */
  readonly atMost: number;
};

type Item = {
  readonly kind: number;
  readonly price: number;
  readonly needs: readonly number[];
  readonly perInstanceMax: number;
  /** Its needs as one number, each dimension by its multiplier. */
  readonly surrogate: number;
};

/**
 * The most valuable set of tasks that fits into `capacity`, by branch and bound over at most
 * `nodesMax` nodes. `prices` are whole numbers.
 *
 * `atMost` holds whether or not the search came to its end. Any set that fits also fits when the
 * dimensions are added up with any non-negative multipliers, and then is worth no more than if
 * tasks could be cut and the dearest per space were taken (Dantzig); a branch that is given up
 * counts as that. The one that is added on top covers the rounding of the products, whose error is
 * far below it. Ports and groups that two kinds share are not looked at: that leaves more sets, so
 * the number only rises. A kind that needs nothing must have no price.
 */
export const bestPattern = (
  kinds: readonly Kind[],
  capacity: readonly number[],
  prices: ArrayLike<number>,
  nodesMax: number,
): BestPattern => {
  const priced = kinds.flatMap(({ needs, perInstanceMax }, kind) => {
    const price = prices[kind] ?? 0;
    const isHeld = needs.every((need, d) => need <= (capacity[d] ?? 0));
    return price > 0 && isHeld ? [{ kind, price, needs, perInstanceMax }] : [];
  });
  const multipliers = tightest(priced, capacity);
  const items = priced
    .map((each) => ({ ...each, surrogate: dot(each.needs, multipliers) }))
    .toSorted((a, b) => b.price / b.surrogate - a.price / a.surrogate || a.kind - b.kind);
  return search(items, capacity, dot(capacity, multipliers), kinds.length, nodesMax);
};

const search = (
  items: readonly Item[],
  capacity: readonly number[],
  space: number,
  kindCount: number,
  nodesMax: number,
): BestPattern => {
  const free = [...capacity];
  const counts = new Int32Array(items.length);
  let best = { value: 0, counts: counts.slice() };
  let nodes = 0;
  let givenUp = 0;
  const descend = (from: number, value: number, spaceLeft: number): void => {
    if (value > best.value) best = { value, counts: counts.slice() };
    for (let index = from; index < items.length; index += 1) {
      const item = items[index];
      if (item === undefined) return;
      const atMost = value + Math.floor(worthOfSpace(items, index, spaceLeft)) + 1;
      if (atMost <= best.value) return;
      if (nodes > nodesMax) {
        givenUp = Math.max(givenUp, atMost);
        return;
      }
      for (let count = mostOf(item, free); count > 0; count -= 1) {
        nodes += 1;
        lessen(free, item.needs, count);
        counts[index] = count;
        descend(index + 1, value + count * item.price, spaceLeft - count * item.surrogate);
        lessen(free, item.needs, -count);
        counts[index] = 0;
      }
    }
  };
  descend(0, 0, space);
  const pattern = new Int32Array(kindCount);
  items.forEach(({ kind }, index) => {
    pattern[kind] = best.counts[index] ?? 0;
  });
  return { counts: pattern, value: best.value, atMost: Math.max(best.value, givenUp) };
};

/** As if tasks could be cut, dearest per space first, of each no more than may be there. */
const worthOfSpace = (items: readonly Item[], from: number, space: number): number => {
  let worth = 0;
  let left = space;
  for (let index = from; index < items.length && left > 0; index += 1) {
    const item = items[index];
    if (item === undefined) break;
    const count = Math.min(item.perInstanceMax, left / item.surrogate);
    worth += count * item.price;
    left -= count * item.surrogate;
  }
  return worth;
};

const mostOf = ({ needs, perInstanceMax }: Item, free: readonly number[]): number => {
  let most = perInstanceMax;
  for (let d = 0; d < needs.length; d += 1) {
    const need = needs[d] ?? 0;
    if (need > 0) most = Math.min(most, Math.floor((free[d] ?? 0) / need));
  }
  return most;
};

const lessen = (free: number[], needs: readonly number[], count: number): void => {
  for (let d = 0; d < needs.length; d += 1) free[d] = (free[d] ?? 0) - count * (needs[d] ?? 0);
};

const dot = (values: readonly number[], multipliers: readonly number[]): number => {
  let sum = 0;
  for (let d = 0; d < values.length; d += 1) sum += (values[d] ?? 0) * (multipliers[d] ?? 0);
  return sum;
};

/** Multipliers by which the bound is low: one dimension at a time, in ever smaller steps. */
const tightest = (items: readonly Omit<Item, 'surrogate'>[], capacity: readonly number[]) => {
  const boundBy = (multipliers: readonly number[]) => {
    let best = 0;
    for (const { price, needs } of items) best = Math.max(best, price / dot(needs, multipliers));
    return best * dot(capacity, multipliers);
  };
  let multipliers = capacity.map((most) => (most > 0 ? 1 / most : 0));
  let bound = boundBy(multipliers);
  for (let step = 0.3; step > 0.02; ) {
    const before = bound;
    for (let d = 0; d < capacity.length; d += 1) {
      if (capacity[d] === 0) continue;
      for (const factor of [1 + step, 1 / (1 + step)]) {
        const tried = multipliers.with(d, (multipliers[d] ?? 0) * factor);
        const bySuch = boundBy(tried);
        if (bySuch >= bound) continue;
        bound = bySuch;
        multipliers = tried;
      }
    }
    if (bound === before) step /= 2;
  }
  return multipliers;
};
