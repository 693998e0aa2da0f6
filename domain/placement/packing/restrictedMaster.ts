import type { Pattern } from './knapsack.ts';

/** A pattern, and the offered type (by index) that it fills. */
export type Column = {
  readonly type: number;
  readonly counts: Pattern;
  /** The few kinds in it, so that the many others need not be looked at. */
  readonly kinds: readonly number[];
};

export const columnOf = (type: number, counts: Pattern): Column => {
  const kinds: number[] = [];
  for (let kind = 0; kind < counts.length; kind += 1) if (counts[kind] !== 0) kinds.push(kind);
  return { type, counts, kinds };
};

/**
 * The linear program of the cutting-stock problem over the columns known so far: the fewest
 * instances, in fractions, so that `demand` is covered. Solved by the revised simplex method with
 * an explicit inverse, which is small here: one row a kind.
 */
export type RestrictedMaster = {
  /** Lets columns enter until none improves, or `pivotsMax` were made in all. */
  readonly optimise: (columns: readonly Column[]) => void;
  /** What one more task of each kind would cost; may be a little below zero. */
  readonly prices: () => Float64Array;
  readonly objective: () => number;
  readonly solution: () => readonly { readonly column: Column; readonly times: number }[];
  readonly isSpent: () => boolean;
};

/** One basic variable: a column, or how far the demand of a kind is exceeded. */
type Basic = Column | { readonly surplusOf: number };

const improvesBy = 1e-7;
const zero = 1e-9;

/** `first[k]` covers kind `k` and no other. */
export const createMaster = (
  demand: readonly number[],
  first: readonly Column[],
  pivotsMax: number,
): RestrictedMaster => {
  const size = demand.length;
  const basis: Basic[] = [...first];
  const inverse = first.map(({ counts }, row) => {
    const values = new Float64Array(size);
    values[row] = 1 / (counts[row] ?? 1);
    return values;
  });
  const amounts = Float64Array.from(demand, (n, row) => n * (inverse[row]?.[row] ?? 0));
  const prices = new Float64Array(size);
  let pivots = 0;

  const reprice = () => {
    prices.fill(0);
    inverse.forEach((row, index) => {
      if (isColumn(basis[index])) addTimes(prices, row, 1);
    });
  };
  const enter = (variable: Basic): boolean => {
    const steps = inverse.map((row) => stepOf(row, variable));
    const leaving = leastRatio(steps, amounts);
    const pivotRow = inverse[leaving];
    if (pivotRow === undefined) return false;
    const pivot = steps[leaving] ?? 1;
    const amount = (amounts[leaving] ?? 0) / pivot;
    for (let k = 0; k < size; k += 1) pivotRow[k] = (pivotRow[k] ?? 0) / pivot;
    inverse.forEach((row, index) => {
      const step = steps[index] ?? 0;
      if (index === leaving || step === 0) return;
      addTimes(row, pivotRow, -step);
      amounts[index] = Math.max(0, (amounts[index] ?? 0) - step * amount);
    });
    amounts[leaving] = amount;
    basis[leaving] = variable;
    pivots += 1;
    reprice();
    return true;
  };

  reprice();
  return {
    optimise: (columns) => {
      while (pivots < pivotsMax) {
        const best = mostImproving(prices, columns);
        if (best === undefined || !enter(best)) return;
      }
    },
    prices: () => prices,
    objective: () => amounts.reduce((sum, n, row) => sum + (isColumn(basis[row]) ? n : 0), 0),
    solution: () =>
      basis.flatMap((basic, row) =>
        isColumn(basic) ? [{ column: basic, times: amounts[row] ?? 0 }] : [],
      ),
    isSpent: () => pivots >= pivotsMax,
  };
};

const isColumn = (basic: Basic | undefined): basic is Column =>
  basic !== undefined && 'counts' in basic;

/** The value of a column at `prices`. */
export const worthOf = ({ counts, kinds }: Column, prices: Float64Array): number => {
  let value = 0;
  for (const kind of kinds) value += (counts[kind] ?? 0) * (prices[kind] ?? 0);
  return value;
};

const mostImproving = (prices: Float64Array, columns: readonly Column[]): Basic | undefined => {
  let best: Basic | undefined;
  let gain = improvesBy;
  prices.forEach((price, kind) => {
    if (-price <= gain) return;
    gain = -price;
    best = { surplusOf: kind };
  });
  for (const column of columns) {
    const reduced = worthOf(column, prices) - 1;
    if (reduced <= gain) continue;
    gain = reduced;
    best = column;
  }
  return best;
};

const stepOf = (row: Float64Array, variable: Basic): number =>
  isColumn(variable) ? worthOf(variable, row) : -(row[variable.surplusOf] ?? 0);

/** Which basic variable reaches zero first; of those that do so together, the steepest. */
const leastRatio = (steps: readonly number[], amounts: Float64Array): number => {
  let leaving = -1;
  let least = Number.POSITIVE_INFINITY;
  steps.forEach((step, row) => {
    if (step <= zero) return;
    const ratio = (amounts[row] ?? 0) / step;
    const isTie = Math.abs(ratio - least) <= zero;
    if (isTie ? step <= (steps[leaving] ?? 0) : ratio > least) return;
    leaving = row;
    least = ratio;
  });
  return leaving;
};

const addTimes = (to: Float64Array, from: Float64Array, factor: number): void => {
  for (let k = 0; k < to.length; k += 1) to[k] = (to[k] ?? 0) + factor * (from[k] ?? 0);
};
