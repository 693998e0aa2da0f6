import { cliqueBounds } from './cliqueBounds.ts';
import { type Generated, generateColumns, kindsMax } from './columnGeneration.ts';
import type { Draft, Setting } from './draft.ts';
import type { Kind } from './kinds.ts';
import type { LowerBound } from './packing.ts';
import { columnOf } from './restrictedMaster.ts';
import { capacityOf, fits, type Room, roomOf } from './room.ts';
import { sumBounds } from './sumBounds.ts';

/** The kinds that some offered type would hold, by index; the bounds speak of these alone. */
export type Launchable = {
  readonly kinds: readonly Kind[];
  readonly indexes: readonly number[];
  readonly existing: readonly Room[];
};

export const launchableOf = ({ kinds, types, instances }: Setting): Launchable => {
  const offered = types.map(({ capacity }) => roomOf(capacity));
  const indexes = kinds.flatMap((kind, index) =>
    offered.some((room) => fits(room, kind)) ? [index] : [],
  );
  return {
    kinds: indexes.flatMap((index) => kinds[index] ?? []),
    indexes,
    existing: instances.map(({ remaining, tasks }) => roomOf(remaining, tasks)),
  };
};

/** Every bound that asks for no search. */
export const boundsOf = ({ types }: Setting, launchable: Launchable): readonly LowerBound[] => {
  const { kinds, existing } = launchable;
  const capacities = types.map(({ capacity }) => capacityOf(capacity));
  // Instances that take none of the tasks give them no room, however much is free there.
  const taking = existing.filter((room) => kinds.some((kind) => fits(room, kind)));
  const free = taking.map((room) => room.free);
  const one: LowerBound = { instances: taking.length === 0 ? 1 : 0, by: 'Sum', of: null };
  return [
    ...(kinds.length === 0 ? [] : [one]),
    ...sumBounds(kinds, capacities, free),
    ...cliqueBounds(kinds, existing),
  ];
};

/** The first of the greatest. */
export const greatest = (bounds: readonly LowerBound[]): LowerBound =>
  bounds.reduce((best, each) => (each.instances > best.instances ? each : best), {
    instances: 0,
    by: 'None',
    of: null,
  });

/**
 * Columns for what `draft` has not put on existing instances, beginning with those of `drafts`.
 * Their bound is one on the whole problem only where no existing instance takes any of its tasks;
 * elsewhere it is 0.
 */
export const columnBound = (
  { types, kinds: allKinds }: Setting,
  { kinds, indexes, existing }: Launchable,
  draft: Draft,
  drafts: readonly Draft[],
): { readonly solution: Generated['solution']; readonly bound: LowerBound } => {
  const capacities = types.map(({ capacity }) => capacityOf(capacity));
  const onExisting = countsOf(allKinds.length, draft.onExisting.flat());
  const rest = kinds.map((kind, k) => ({
    ...kind,
    taskIds: kind.taskIds.slice(onExisting[indexes[k] ?? -1] ?? 0),
  }));
  const remaining = rest.flatMap(({ taskIds }, k) => (taskIds.length > 0 ? [k] : []));
  const chosen = remaining.map((k) => indexes[k] ?? -1);
  if (chosen.length > kindsMax) return { solution: [], bound: greatest([]) };
  const known = drafts
    .flatMap(({ launches }) => launches)
    .map(({ type, taken }) => {
      const counts = countsOf(allKinds.length, taken);
      return columnOf(
        type,
        Int32Array.from(chosen, (index) => counts[index] ?? 0),
      );
    });
  const { solution, atLeast } = generateColumns(
    remaining.flatMap((k) => rest[k] ?? []),
    capacities,
    known,
    draft.launches.length,
  );
  const widened = solution.map(({ column: { type, counts }, times }) => {
    const wide = new Int32Array(allKinds.length);
    chosen.forEach((index, k) => {
      wide[index] = counts[k] ?? 0;
    });
    return { column: columnOf(type, wide), times };
  });
  const isWhole = !existing.some((room) => kinds.some((kind) => fits(room, kind)));
  const bound = { instances: isWhole ? atLeast : 0, by: 'ColumnGeneration', of: null } as const;
  return { solution: widened, bound };
};

const countsOf = (size: number, taken: readonly number[]): Int32Array => {
  const counts = new Int32Array(size);
  for (const kind of taken) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
};
