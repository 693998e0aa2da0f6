import { dimensions, type Kind } from './kinds.ts';
import type { LowerBound } from './packing.ts';

type Amount = { readonly need: number; readonly count: number };

/**
 * For each resource alone, with the largest offered type in it. What holds for one resource holds
 * for all together, because every plan keeps to each.
 *
 * - `Sum`: what all tasks need, less what is free on existing instances, over the capacity.
 * - `MartelloToth`: the bound L2 of Martello and Toth (1990), which counts what cannot share. It
 *   is about equal bins, so each existing instance is counted as one of the largest type, and then
 *   taken off; it is left out where one is larger.
 */
export const sumBounds = (
  kinds: readonly Kind[],
  capacities: readonly (readonly number[])[],
  free: readonly (readonly number[])[],
): readonly LowerBound[] =>
  dimensions.flatMap((of, d): readonly LowerBound[] => {
    const capacity = Math.max(0, ...capacities.map((each) => each[d] ?? 0));
    const amounts = kinds.flatMap(({ needs, taskIds }): Amount[] => {
      const need = needs[d] ?? 0;
      return need > 0 ? [{ need, count: taskIds.length }] : [];
    });
    if (amounts.length === 0 || capacity === 0) return [];
    const needed = amounts.reduce((sum, { need, count }) => sum + need * count, 0);
    const left = free.reduce((sum, each) => sum + Math.max(0, each[d] ?? 0), 0);
    const sum = Math.max(0, Math.ceil((needed - left) / capacity));
    const isLarger = free.some((each) => (each[d] ?? 0) > capacity);
    const usable = free.filter((each) => (each[d] ?? 0) > 0).length;
    const bins = isLarger ? 0 : martelloToth(amounts, capacity) - usable;
    return [
      { instances: sum, by: 'Sum', of },
      { instances: Math.max(0, bins), by: 'MartelloToth', of },
    ];
  });

/** Each threshold gives a bound of its own, so leaving some out is safe. */
const thresholdsMax = 200;

/**
 * For a threshold `small` up to half the capacity: tasks over `capacity - small` share with none
 * that need `small` or more; those over one half not with each other; the rest from `small` up go
 * into what the latter leave, and beyond that into bins of their own. The best threshold counts.
 */
const martelloToth = (amounts: readonly Amount[], capacity: number): number => {
  const halves = [...new Set(amounts.map(({ need }) => need))].filter((n) => n <= capacity / 2);
  const each = Math.ceil(halves.length / thresholdsMax);
  const thresholds = [0, ...halves.toSorted((a, b) => a - b).filter((_, i) => i % each === 0)];
  let most = 0;
  for (const small of thresholds) {
    let alone = 0;
    let overHalf = 0;
    let leftBeside = 0;
    let rest = 0;
    for (const { need, count } of amounts) {
      if (need > capacity - small) alone += count;
      else if (need > capacity / 2) {
        overHalf += count;
        leftBeside += count * (capacity - need);
      } else if (need >= small) rest += need * count;
    }
    const beyond = Math.max(0, Math.ceil((rest - leftBeside) / capacity));
    most = Math.max(most, alone + overHalf + beyond);
  }
  return most;
};
