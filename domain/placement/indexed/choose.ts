import type { Pool } from './pool.ts';
import { firstEqualFrom, winnerOf } from './winners.ts';

/**
 * The best slot for a task of a group with these counts by cell; -1 where no instance may take it.
 * Looks at the winner of every cell, because the counts of cells that are equal decide nothing.
 */
export const chooseSlot = (pool: Pool, counts: readonly Float64Array[], chance: number): number => {
  const { winners, question } = pool;
  const { cells } = winners;
  const cellCount = cells.treeAt.length;
  if (question.steps.some(({ type }) => type === 'random'))
    return chooseByChance(pool, counts, chance);
  let best = -1;
  let bestCell = -1;
  for (let cell = 0; cell < cellCount; cell += 1) {
    const slot = winnerOf(winners, cell);
    if (slot < 0) continue;
    if (best >= 0) {
      const difference = compareCells(pool, counts, cell, slot, bestCell, best);
      if (difference > 0 || (difference === 0 && slot > best)) continue;
    }
    best = slot;
    bestCell = cell;
  }
  return best;
};

/** Among all that are equal the first from the drawn place up, and round. */
const chooseByChance = (pool: Pool, counts: readonly Float64Array[], chance: number): number => {
  const { winners, rule } = pool;
  let tied: number[] = [];
  for (let cell = 0; cell < winners.cells.treeAt.length; cell += 1) {
    const slot = winnerOf(winners, cell);
    if (slot < 0) continue;
    const [first] = tied;
    const against = first === undefined ? slot : winnerOf(winners, first);
    const difference = compareCells(pool, counts, cell, slot, first ?? cell, against);
    if (difference > 0) continue;
    if (difference < 0) tied = [];
    tied.push(cell);
  }
  const start = Math.floor(chance * rule.length);
  for (const from of [start, 0]) {
    const found = tied
      .map((cell) => firstEqualFrom(winners, cell, from))
      .filter((slot) => slot >= 0);
    if (found.length > 0) return Math.min(...found);
  }
  return -1;
};

const compareCells = (
  { question, winners }: Pool,
  counts: readonly Float64Array[],
  cell: number,
  slot: number,
  otherCell: number,
  other: number,
): number => {
  const { above } = winners.cells;
  const { keys } = winners;
  let keyIndex = 0;
  for (const step of question.steps) {
    if (step.type === 'random') return 0;
    let difference: number;
    if (step.type === 'cell') {
      const inCells = counts[step.depth];
      const here = inCells?.[above[cell]?.[step.depth] ?? 0] ?? 0;
      difference = here - (inCells?.[above[otherCell]?.[step.depth] ?? 0] ?? 0);
    } else {
      const key = keys[keyIndex];
      keyIndex += 1;
      difference = (key?.[slot] ?? 0) - (key?.[other] ?? 0);
    }
    if (difference !== 0) return difference;
  }
  const pulled = keys[keyIndex];
  return (pulled?.[slot] ?? 0) - (pulled?.[other] ?? 0);
};
