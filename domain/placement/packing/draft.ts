import { fillRoom, type KindTable, type Left, tableOf, type Way } from './fill.ts';
import { type Kind, portNumbers } from './kinds.ts';
import { takeOverdue } from './pace.ts';
import type { OfferedType, PackingInstance, PackingProblem } from './packing.ts';
import type { Column } from './restrictedMaster.ts';
import { capacityOf, fits, type Room, roomOf, take } from './room.ts';

/** What a plan is made of, told apart by index only. */
export type Setting = {
  readonly kinds: readonly Kind[];
  readonly table: KindTable;
  readonly instances: readonly PackingInstance[];
  readonly types: readonly OfferedType[];
  /** By index: types that no other, unlimited one is as large as in everything. */
  readonly largest: readonly number[];
  /** What is large, by dimension: the largest type, or the largest instance if there is none. */
  readonly scale: readonly number[];
  /** What all tasks need of each dimension, in units of `scale`. */
  readonly load: readonly number[];
};

/** Kinds by index, one for each task there. */
export type Launch = { readonly type: number; readonly taken: readonly number[] };
export type Draft = {
  readonly onExisting: readonly (readonly number[])[];
  readonly launches: readonly Launch[];
  readonly left: Left;
};

export const settingOf = (
  { instances, instanceTypes }: Pick<PackingProblem, 'instances' | 'instanceTypes'>,
  kinds: readonly Kind[],
): Setting => {
  const places = instanceTypes.length > 0 ? instanceTypes.map((each) => each.capacity) : undefined;
  const sizes = (places ?? instances.map(({ remaining }) => remaining)).map(capacityOf);
  const scale = [0, 1, 2, 3].map((d) => Math.max(0, ...sizes.map((size) => size[d] ?? 0)));
  const load = scale.map((most, d) => {
    const needed = kinds.reduce((sum, each) => sum + (each.needs[d] ?? 0) * each.taskIds.length, 0);
    return most > 0 ? needed / most : 0;
  });
  const largest = instanceTypes.flatMap((type, index) =>
    instanceTypes.some((other, o) => covers(other, type) && (o < index || !covers(type, other)))
      ? []
      : [index],
  );
  const table = tableOf(kinds);
  return { kinds, table, instances, types: instanceTypes, largest, scale, load };
};

/** Whatever goes onto `type` goes onto `other` too, as often as is asked. */
const covers = (other: OfferedType, type: OfferedType): boolean => {
  const mine = capacityOf(other.capacity);
  return (
    other !== type &&
    other.countMax === null &&
    capacityOf(type.capacity).every((size, d) => size <= (mine[d] ?? 0)) &&
    portNumbers(other.capacity).every((port) => portNumbers(type.capacity).includes(port))
  );
};

/** Existing instances first, then new ones, all in one way. */
export const draftBy = (setting: Setting, way: Way): Draft => {
  const { kinds, table, instances, scale } = setting;
  const left = Int32Array.from(kinds, ({ taskIds }) => taskIds.length);
  const onExisting = instances.map(({ remaining, tasks }) => {
    const room = roomOf(remaining, tasks);
    const overdue = takeOverdue(room, setting, left, way.mixedPart);
    return [...overdue, ...fillRoom(room, kinds, left, { ...way, scale, table })];
  });
  return { onExisting, launches: launchRest(setting, left, way, []), left };
};

/**
 * `draft`, but for its launches: each column as often as it is used in whole, the most used first,
 * and what is left over in one `way`. What a column may not hold, because kinds share a port or
 * a group, is left out of it and the place filled with others.
 */
export const draftByColumns = (
  setting: Setting,
  { onExisting }: Draft,
  solution: readonly { readonly column: Column; readonly times: number }[],
  way: Way,
): Draft => {
  const { kinds, table, types, scale } = setting;
  const left = Int32Array.from(kinds, ({ taskIds }) => taskIds.length);
  for (const kind of onExisting.flat()) left[kind] = (left[kind] ?? 0) - 1;
  const launches: Launch[] = [];
  for (const { column, times } of solution.toSorted((a, b) => b.times - a.times)) {
    const type = types[column.type];
    if (type === undefined) continue;
    for (let time = Math.floor(times + 1e-6); time > 0; time -= 1) {
      if (!mayLaunch(setting, column.type, launches)) break;
      const room = roomOf(type.capacity);
      const taken = takePattern(room, kinds, left, column);
      taken.push(...fillRoom(room, kinds, left, { ...way, scale, table }));
      if (taken.length === 0) break;
      launches.push({ type: column.type, taken });
    }
  }
  launches.push(...launchRest(setting, left, way, launches));
  return { onExisting, launches, left };
};

const takePattern = (room: Room, kinds: readonly Kind[], left: Left, { counts }: Column) => {
  const taken: number[] = [];
  kinds.forEach((kind, index) => {
    for (let count = counts[index] ?? 0; count > 0; count -= 1) {
      if ((left[index] ?? 0) === 0 || !fits(room, kind)) return;
      take(room, kind);
      left[index] = (left[index] ?? 0) - 1;
      taken.push(index);
    }
  });
  return taken;
};

const launchRest = (
  setting: Setting,
  left: Left,
  way: Way,
  before: readonly Launch[],
): Launch[] => {
  const { kinds, table, types, largest, scale } = setting;
  const launches: Launch[] = [];
  for (;;) {
    let best: { readonly launch: Launch; readonly value: number } | undefined;
    for (const type of largest) {
      const capacity = types[type]?.capacity;
      if (capacity === undefined || !mayLaunch(setting, type, before, launches)) continue;
      const room = roomOf(capacity);
      const rest = left.slice();
      const overdue = takeOverdue(room, setting, rest, way.mixedPart);
      const taken = [...overdue, ...fillRoom(room, kinds, rest, { ...way, scale, table })];
      const value = workDone(setting, taken);
      if (taken.length > 0 && (best === undefined || value > best.value)) {
        best = { launch: { type, taken }, value };
      }
    }
    if (best === undefined) return launches;
    const { launch } = best;
    // The same choices would be made again as long as all it took are there again.
    for (let time = timesLeft(left, launch.taken); time > 0; time -= 1) {
      if (!mayLaunch(setting, launch.type, before, launches)) break;
      for (const kind of launch.taken) left[kind] = (left[kind] ?? 0) - 1;
      launches.push(launch);
    }
  }
};

const timesLeft = (left: Left, taken: readonly number[]): number => {
  const counts = new Map<number, number>();
  for (const kind of taken) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return Math.min(...[...counts].map(([kind, count]) => Math.floor((left[kind] ?? 0) / count)));
};

const mayLaunch = (
  { types }: Setting,
  type: number,
  ...launches: readonly (readonly Launch[])[]
) => {
  const countMax = types[type]?.countMax ?? null;
  if (countMax === null) return true;
  const count = launches.flat().filter((each) => each.type === type).length;
  return count < countMax;
};

/** How much of the work is done by placing these, scarce dimensions counting for more. */
const workDone = ({ kinds, scale, load }: Setting, taken: readonly number[]): number =>
  taken.reduce(
    (sum, index) =>
      (kinds[index]?.needs ?? []).reduce(
        (value, need, d) => value + ((load[d] ?? 0) * need) / Math.max(1, scale[d] ?? 1),
        sum,
      ),
    0,
  );
