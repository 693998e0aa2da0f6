import type { Cells } from './cells.ts';
import type { Columns } from './columns.ts';

/**
 * The tasks of one group that are to run: on each instance, and in each cell of the spreads that
 * were asked about.
 */
export type GroupCounts = {
  readonly onInstance: Float64Array;
  inCells: { readonly cells: Cells; readonly byDepth: readonly Float64Array[] }[];
};

export type Groups = {
  readonly known: Map<string, GroupCounts>;
  /** Slots, one for each task, of groups that nobody has asked about yet. */
  readonly unasked: Map<string, number[]>;
};

export const groupsOf = ({ tasks }: Columns): Groups => {
  const unasked = new Map<string, number[]>();
  for (const [slot, there] of tasks.entries()) {
    for (const { group, desiredStatus } of there) {
      if (desiredStatus !== 'RUNNING') continue;
      const slots = unasked.get(group);
      if (slots === undefined) unasked.set(group, [slot]);
      else slots.push(slot);
    }
  }
  return { known: new Map(), unasked };
};

export const countsOf = (groups: Groups, columns: Columns, group: string): GroupCounts => {
  const found = groups.known.get(group);
  if (found !== undefined) return found;
  const onInstance = new Float64Array(columns.instances.length);
  for (const slot of groups.unasked.get(group) ?? []) {
    onInstance[slot] = (onInstance[slot] ?? 0) + 1;
  }
  groups.unasked.delete(group);
  const counts = { onInstance, inCells: [] };
  groups.known.set(group, counts);
  return counts;
};

/** Counts by the depth of the spread, then by cell. */
export const cellCountsOf = (counts: GroupCounts, cells: Cells): readonly Float64Array[] => {
  for (const each of counts.inCells) if (each.cells === cells) return each.byDepth;
  const byDepth = cells.cellAt.map((cellOf, depth) => {
    const sums = new Float64Array(cells.sizes[depth] ?? 0);
    const { onInstance } = counts;
    for (let slot = 0; slot < onInstance.length; slot += 1) {
      const count = onInstance[slot] ?? 0;
      const cell = cellOf[slot] ?? 0;
      if (count > 0) sums[cell] = (sums[cell] ?? 0) + count;
    }
    return sums;
  });
  counts.inCells.push({ cells, byDepth });
  return byDepth;
};

/** `by` tasks more, or less, of a group that was asked about. */
export const countTasks = (counts: GroupCounts, slot: number, by: number): void => {
  counts.onInstance[slot] = (counts.onInstance[slot] ?? 0) + by;
  for (const { cells, byDepth } of counts.inCells) {
    const { cellAt } = cells;
    for (let depth = 0; depth < byDepth.length; depth += 1) {
      const sums = byDepth[depth];
      const cell = cellAt[depth]?.[slot];
      if (sums !== undefined && cell !== undefined) sums[cell] = (sums[cell] ?? 0) + by;
    }
  }
};

/** The same for any group. */
export const countInGroup = (groups: Groups, group: string, slot: number, by: 1 | -1): void => {
  const known = groups.known.get(group);
  if (known !== undefined) {
    countTasks(known, slot, by);
    return;
  }
  const slots = groups.unasked.get(group) ?? [];
  if (by === 1) slots.push(slot);
  else slots.splice(slots.indexOf(slot), 1);
  groups.unasked.set(group, slots);
};
