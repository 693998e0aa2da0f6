import type { PlacementInstance } from '../placementProblem.ts';

/**
 * Instances that a chain of attribute spreads cannot tell apart lie in one cell. Depth 0 is the
 * first spread alone, the last depth all of them, and its cells are those with a tree of their own.
 * With no attribute to spread over, all instances are one cell.
 */
export type Cells = {
  readonly fields: readonly string[];
  /** By depth: the cell of each slot. */
  readonly cellAt: readonly Int32Array[];
  /** By depth: how many cells there are. */
  readonly sizes: readonly number[];
  /** By cell of the last depth: the cell of each depth that it lies in. */
  readonly above: readonly (readonly number[])[];
  /** By cell of the last depth: its slots, ascending. */
  readonly slots: readonly Int32Array[];
  /** By slot: its leaf in the tree of its cell, and where in the memory that tree begins. */
  readonly leafOf: Int32Array;
  readonly treeOf: Int32Array;
  /** By cell: where its tree begins, and how many leaves it has room for (a power of two). */
  readonly treeAt: readonly number[];
  readonly leaves: readonly number[];
  /** Of all trees together. */
  readonly nodeCount: number;
};

export const cellsOf = (
  instances: readonly PlacementInstance[],
  fields: readonly string[],
): Cells => {
  const depths = fields.map((_, depth) => numbered(instances, fields.slice(0, depth + 1)));
  const last = depths.at(-1) ?? { cellOf: new Int32Array(instances.length), size: 1 };
  const slots: number[][] = Array.from({ length: last.size }, () => []);
  last.cellOf.forEach((cell, slot) => {
    slots[cell]?.push(slot);
  });
  const leaves = slots.map((each) => powerOfTwoFrom(each.length));
  let nodeCount = 0;
  const treeAt = leaves.map((count) => {
    const start = nodeCount;
    nodeCount += 2 * count;
    return start;
  });
  const leafOf = new Int32Array(instances.length);
  const treeOf = new Int32Array(instances.length);
  for (const [cell, inCell] of slots.entries()) {
    for (const [place, slot] of inCell.entries()) {
      leafOf[slot] = (leaves[cell] ?? 0) + place;
      treeOf[slot] = treeAt[cell] ?? 0;
    }
  }
  return {
    fields,
    cellAt: depths.map(({ cellOf }) => cellOf),
    sizes: depths.map(({ size }) => size),
    above: slots.map(([slot]) => depths.map(({ cellOf }) => cellOf[slot ?? 0] ?? 0)),
    slots: slots.map((each) => Int32Array.from(each)),
    leafOf,
    treeOf,
    treeAt,
    leaves,
    nodeCount,
  };
};

const numbered = (instances: readonly PlacementInstance[], fields: readonly string[]) => {
  const cells = new Map<string, number>();
  const cellOf = Int32Array.from(instances, ({ attributes }) => {
    const values = fields.map((name) =>
      Object.hasOwn(attributes, name) ? attributes[name] : null,
    );
    const key = JSON.stringify(values);
    const cell = cells.get(key) ?? cells.size;
    cells.set(key, cell);
    return cell;
  });
  return { cellOf, size: cells.size };
};

const powerOfTwoFrom = (count: number): number => {
  let power = 1;
  while (power < count) power *= 2;
  return power;
};
