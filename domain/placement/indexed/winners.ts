import type { Cells } from './cells.ts';

/**
 * For every cell a tournament among the instances that may take the task: each node names the slot
 * that is best below it, -1 where there is none. A slot whose standing changed plays again only
 * against those that it meets on its way up.
 */
export type Winners = {
  readonly cells: Cells;
  readonly nodes: Int16Array | Int32Array;
  /** Compared in order, less is better; what is equal in all of them goes to the lesser slot. */
  readonly keys: readonly Float64Array[];
};

export const winnersOf = (
  cells: Cells,
  keys: readonly Float64Array[],
  mayTake: (slot: number) => boolean,
): Winners => {
  // Half the memory where slots are small numbers: trees are many, and the cache is not large.
  const isSmall = cells.leafOf.length < 2 ** 15;
  const nodes = isSmall ? new Int16Array(cells.nodeCount) : new Int32Array(cells.nodeCount);
  const winners: Winners = { cells, keys, nodes: nodes.fill(-1) };
  for (const [cell, slots] of cells.slots.entries()) {
    const start = cells.treeAt[cell] ?? 0;
    const leaves = cells.leaves[cell] ?? 1;
    for (let place = 0; place < slots.length; place += 1) {
      const slot = slots[place] ?? -1;
      if (mayTake(slot)) nodes[start + leaves + place] = slot;
    }
    for (let node = leaves - 1; node >= 1; node -= 1) {
      nodes[start + node] = better(keys, nodes, start + 2 * node);
    }
  }
  return winners;
};

/** The best slot of a cell, or -1. */
export const winnerOf = ({ cells, nodes }: Winners, cell: number): number =>
  nodes[(cells.treeAt[cell] ?? 0) + 1] ?? -1;

/** After the keys of `slot`, or whether it may take the task, have changed. */
export const playAgain = (
  { cells, nodes, keys }: Winners,
  slot: number,
  mayTake: boolean,
): void => {
  const start = cells.treeOf[slot] ?? 0;
  let node = cells.leafOf[slot] ?? 1;
  nodes[start + node] = mayTake ? slot : -1;
  for (node >>= 1; node >= 1; node >>= 1) {
    const winner = better(keys, nodes, start + 2 * node);
    // Who won before and wins now, and is not the one that changed, wins further up as before.
    if (nodes[start + node] === winner && winner !== slot) return;
    nodes[start + node] = winner;
  }
};

const better = (keys: readonly Float64Array[], nodes: Winners['nodes'], left: number): number => {
  const one = nodes[left] ?? -1;
  const other = nodes[left + 1] ?? -1;
  if (one < 0) return other;
  if (other < 0) return one;
  return compareKeys(keys, one, other) <= 0 ? one : other;
};

/** Slots in one tree ascend from left to right, so that the left one wins what is equal. */
export const compareKeys = (keys: readonly Float64Array[], one: number, other: number): number => {
  for (let index = 0; index < keys.length; index += 1) {
    const key = keys[index];
    if (key === undefined) continue;
    const difference = (key[one] ?? 0) - (key[other] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
};

/**
 * Of the slots of a cell that are equal to its winner in all keys, the first from `from` up; -1
 * where there is none.
 */
export const firstEqualFrom = (winners: Winners, cell: number, from: number): number => {
  const { cells, nodes, keys } = winners;
  const best = winnerOf(winners, cell);
  const start = cells.treeAt[cell] ?? 0;
  const leaves = cells.leaves[cell] ?? 1;
  const slots = cells.slots[cell] ?? new Int32Array();
  const search = (node: number, place: number, width: number): number => {
    const winner = nodes[start + node] ?? -1;
    const lastSlot = slots[Math.min(place + width, slots.length) - 1] ?? -1;
    if (winner < 0 || lastSlot < from || compareKeys(keys, winner, best) !== 0) return -1;
    if (node >= leaves) return winner;
    const half = width / 2;
    const found = search(2 * node, place, half);
    return found >= 0 ? found : search(2 * node + 1, place + half, half);
  };
  return search(1, 0, leaves);
};
