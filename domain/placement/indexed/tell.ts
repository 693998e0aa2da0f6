import type { PlacementInstance } from '../placementProblem.ts';
import { noteChange, writeInstance } from './columns.ts';
import { countsOf, countTask } from './groups.ts';
import { createPlacementIndex, type PlacementIndex } from './placementIndex.ts';
import { forget } from './recall.ts';

/**
 * `index` brought to what is known of the instances now, which are compared by identity: who keeps
 * them must not change them. Where one came or went the index is built anew; otherwise only the
 * instances that changed are looked at again.
 */
export const toldOf = (
  index: PlacementIndex,
  instances: readonly PlacementInstance[],
): PlacementIndex => {
  const { columns } = index;
  const isSameFleet =
    instances.length === columns.instances.length &&
    instances.every(({ id }) => columns.slotOf.has(id));
  if (!isSameFleet) {
    const { countsReasons } = index;
    return createPlacementIndex(instances, columns.rules, { countsReasons });
  }
  for (const instance of instances) tell(index, instance);
  return index;
};

const tell = (index: PlacementIndex, instance: PlacementInstance): void => {
  const { columns, candidateSets, groups, recall } = index;
  const slot = columns.slotOf.get(instance.id) ?? -1;
  const before = columns.instances[slot];
  if (before === undefined || before === instance) return;
  countTasksOf(index, slot, -1);
  writeInstance(columns, slot, instance);
  countTasksOf(index, slot, 1);
  noteChange(columns.changes, slot);
  columns.changes.factsChangedAt[slot] = columns.changes.moment;
  for (const { holds, ask } of candidateSets.values()) holds[slot] = ask(instance) ? 1 : 0;
  // Cells and bytes to pull are laid out once: what they rest on changes seldom.
  const moved = [...index.cells].filter(([, { fields }]) =>
    fields.some((name) => attributeOf(before, name) !== attributeOf(instance, name)),
  );
  for (const [key, cells] of moved) {
    index.cells.delete(key);
    for (const counts of groups.values()) {
      counts.inCells = counts.inCells.filter((each) => each.cells !== cells);
    }
  }
  if (moved.length === 0 && before.layers === instance.layers) return;
  forget(recall);
  for (const counts of groups.values()) counts.recent = undefined;
};

const attributeOf = ({ attributes }: PlacementInstance, name: string): string | null =>
  (Object.hasOwn(attributes, name) ? attributes[name] : null) ?? null;

const countTasksOf = ({ columns, groups }: PlacementIndex, slot: number, by: 1 | -1): void => {
  for (const { group, desiredStatus } of columns.tasks[slot] ?? []) {
    if (desiredStatus === 'RUNNING') countTask(countsOf(groups, group), slot, by);
  }
  for (const { group } of columns.placed[slot] ?? []) countTask(countsOf(groups, group), slot, by);
};
