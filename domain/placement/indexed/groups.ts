import type { Cells } from './cells.ts';
import type { Columns } from './columns.ts';
import type { Pool } from './pool.ts';
import type { Asked, Parts } from './recall.ts';

/** The tasks of one group that are to run; what is counted is counted once somebody asks. */
export type GroupCounts = {
  /** One slot for each task, in no order. */
  readonly slots: number[];
  onInstance: Float64Array | undefined;
  inCells: { readonly cells: Cells; readonly byDepth: readonly Float64Array[] }[];
  /** What its last task asked: the next one most often asks the same. */
  recent: { readonly parts: Parts; readonly asked: Asked; readonly pool: Pool } | undefined;
};

export type Groups = Map<string, GroupCounts>;

export const groupsOf = ({ tasks }: Columns): Groups => {
  const groups: Groups = new Map();
  for (const [slot, there] of tasks.entries()) {
    for (const { group, desiredStatus } of there) {
      if (desiredStatus === 'RUNNING') countsOf(groups, group).slots.push(slot);
    }
  }
  return groups;
};

export const countsOf = (groups: Groups, group: string): GroupCounts => {
  const found = groups.get(group);
  if (found !== undefined) return found;
  const counts: GroupCounts = { slots: [], onInstance: undefined, inCells: [], recent: undefined };
  groups.set(group, counts);
  return counts;
};

/** By slot. The same array from then on, kept up to date. */
export const onInstanceOf = (counts: GroupCounts, instanceCount: number): Float64Array => {
  if (counts.onInstance !== undefined) return counts.onInstance;
  const onInstance = new Float64Array(instanceCount);
  for (const slot of counts.slots) onInstance[slot] = (onInstance[slot] ?? 0) + 1;
  counts.onInstance = onInstance;
  return onInstance;
};

/** By the depth of the spread, then by cell. The same arrays from then on, kept up to date. */
export const inCellsOf = (counts: GroupCounts, cells: Cells): readonly Float64Array[] => {
  for (const each of counts.inCells) if (each.cells === cells) return each.byDepth;
  const byDepth = cells.cellAt.map((cellOf, depth) => {
    const sums = new Float64Array(cells.sizes[depth] ?? 0);
    for (const slot of counts.slots) {
      const cell = cellOf[slot] ?? 0;
      sums[cell] = (sums[cell] ?? 0) + 1;
    }
    return sums;
  });
  counts.inCells.push({ cells, byDepth });
  return byDepth;
};

/** One task more on a slot, or one less. */
export const countTask = (counts: GroupCounts, slot: number, by: 1 | -1): void => {
  const { slots, onInstance, inCells } = counts;
  if (by === 1) slots.push(slot);
  else slots.splice(slots.indexOf(slot), 1);
  if (onInstance !== undefined) onInstance[slot] = (onInstance[slot] ?? 0) + by;
  for (let place = 0; place < inCells.length; place += 1) {
    const { cells, byDepth } = inCells[place] ?? nowhere;
    for (let depth = 0; depth < byDepth.length; depth += 1) {
      const sums = byDepth[depth];
      const cell = cells?.cellAt[depth]?.[slot];
      if (sums !== undefined && cell !== undefined) sums[cell] = (sums[cell] ?? 0) + by;
    }
  }
};

const nowhere = { cells: undefined, byDepth: [] } as const;
