import type { Kind } from './kinds.ts';
import { bestPattern } from './knapsack.ts';
import { type Column, columnOf, createMaster, worthOf } from './restrictedMaster.ts';

export type Generated = {
  /** Columns and how often each is used, in fractions; `[]` where it was not tried. */
  readonly solution: readonly { readonly column: Column; readonly times: number }[];
  /** See `generateColumns`. */
  readonly atLeast: number;
};

/** Limits of the work, as counts and not by a clock, so that a problem has one answer. */
export const kindsMax = 250;
const pivotWorkMax = 50_000_000;
const patternsMax = 500;
const nodesMax = 3_000;

const heldMost = 0.8;

/** Prices are made whole numbers by this factor, so that the bound is added up exactly. */
const whole = 2 ** 24;

/**
 * Column generation (Gilmore and Gomory, 1961) over instances of unlimited number: which patterns,
 * in which proportion, need the fewest instances. Begins with the patterns `known`.
 *
 * `atLeast` is Farley's bound (1990). Whatever the prices, no instance holds tasks worth more than
 * `atMost` of `bestPattern`, so all tasks together need at least their worth over that. Nothing is
 * asked of the linear program: bad prices give a low bound and never a false one. Prices are whole
 * numbers, the sums are exact, and a division rounds to no side of a whole number that the true
 * quotient is not on.
 */
export const generateColumns = (
  allKinds: readonly Kind[],
  capacities: readonly (readonly number[])[],
  known: readonly Column[],
  enough: number,
): Generated => {
  // Tasks that need nothing go anywhere; without them the bound is one on fewer tasks.
  const chosen = allKinds.flatMap((kind, index) => (kind.needs.some((n) => n > 0) ? [index] : []));
  if (chosen.length === 0) return { solution: [], atLeast: 0 };
  const kinds = chosen.flatMap((index) => allKinds[index] ?? []);
  const narrowed = known.map(({ type, counts }) =>
    columnOf(
      type,
      Int32Array.from(chosen, (index) => counts[index] ?? 0),
    ),
  );
  const { solution, atLeast } = generate(kinds, capacities, narrowed, enough);
  const widened = solution.map(({ column: { type, counts }, times }) => {
    const wide = new Int32Array(allKinds.length);
    chosen.forEach((index, k) => {
      wide[index] = counts[k] ?? 0;
    });
    return { column: columnOf(type, wide), times };
  });
  return { solution: widened, atLeast };
};

const generate = (
  kinds: readonly Kind[],
  capacities: readonly (readonly number[])[],
  known: readonly Column[],
  enough: number,
): Generated => {
  const demand = kinds.map(({ taskIds }) => taskIds.length);
  const pool = distinct(known);
  const pivotsMax = Math.floor(pivotWorkMax / (kinds.length * kinds.length));
  const alone = kinds.map((_, kind) => onlyOf(kinds, kind, capacities));
  const master = createMaster(demand, alone, pivotsMax);
  master.optimise(pool);
  let centre = scarcest(kinds, demand, capacities);
  let atLeast = 0;
  // Prices swing while few columns are known. Asking between them and the prices that gave the
  // best bound so far damps that (Wentges, 1997): `held` is the part of the latter.
  let held = 1;
  for (let asked = 0; asked < patternsMax && !master.isSpent(); asked += capacities.length) {
    const prices = Float64Array.from(master.prices(), (price, k) =>
      Math.floor((held * (centre[k] ?? 0) + (1 - held) * Math.max(0, price)) * whole),
    );
    const { column, atMost } = bestColumn(kinds, capacities, prices);
    if (atMost === 0) break;
    const bound = worth(demand, prices) / atMost;
    if (bound > atLeast) {
      atLeast = bound;
      centre = prices.map((price) => price / atMost);
    }
    if (Math.ceil(atLeast) >= Math.min(enough, master.objective() - 1e-6)) break;
    if (worthOf(column, master.prices()) > 1 + 1e-6) {
      pool.push(column);
      master.optimise(pool);
      held = Math.min(heldMost, held + 0.1);
    } else if (held === 0) {
      break;
    } else {
      held = held < 0.2 ? 0 : held - 0.2;
    }
  }
  return { solution: master.solution(), atLeast: Math.ceil(atLeast) };
};

/** The best over all types; `atMost` holds for an instance of any of them. */
const bestColumn = (
  kinds: readonly Kind[],
  capacities: readonly (readonly number[])[],
  prices: Float64Array,
): { readonly column: Column; readonly atMost: number } => {
  let column = columnOf(0, new Int32Array(kinds.length));
  let most = -1;
  let atMost = 0;
  capacities.forEach((capacity, type) => {
    const found = bestPattern(kinds, capacity, prices, nodesMax);
    atMost = Math.max(atMost, found.atMost);
    if (found.value <= most) return;
    most = found.value;
    column = columnOf(type, found.counts);
  });
  return { column, atMost };
};

const worth = (demand: readonly number[], prices: Float64Array): number =>
  demand.reduce((sum, count, k) => sum + count * (prices[k] ?? 0), 0);

/** Prices to begin with: what a task needs of the resource that all together need most of. */
const scarcest = (
  kinds: readonly Kind[],
  demand: readonly number[],
  capacities: readonly (readonly number[])[],
): Float64Array => {
  let best = new Float64Array(kinds.length);
  let most = -1;
  capacities[0]?.forEach((_, d) => {
    const capacity = Math.max(...capacities.map((each) => each[d] ?? 0));
    if (capacity <= 0) return;
    const prices = Float64Array.from(kinds, ({ needs }) => (needs[d] ?? 0) / capacity);
    const total = worth(demand, prices);
    if (total <= most) return;
    most = total;
    best = prices;
  });
  return best;
};

/** As many of one kind as any type holds. */
const onlyOf = (
  kinds: readonly Kind[],
  kind: number,
  capacities: readonly (readonly number[])[],
): Column => {
  const one = new Float64Array(kinds.length);
  one[kind] = 1;
  return bestColumn(kinds, capacities, one).column;
};

const distinct = (columns: readonly Column[]): Column[] => [
  ...new Map(columns.map((each) => [`${each.type}:${each.counts.join()}`, each])).values(),
];
