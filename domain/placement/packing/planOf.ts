import type { Draft, Setting } from './draft.ts';
import { wantsPortTwice } from './kinds.ts';
import { byId, type LowerBound, type PackingPlan, type PackingProblem } from './packing.ts';
import { roomOf } from './room.ts';
import { whyUnplaced } from './whyUnplaced.ts';

/** Gives the tasks of each kind out by id: existing instances, then launches, then the rest. */
export const planOf = (
  { tasks }: PackingProblem,
  { kinds, instances, types }: Setting,
  { onExisting, launches }: Draft,
  lowerBound: LowerBound,
): PackingPlan => {
  const given = kinds.map(() => 0);
  const give = (taken: readonly number[]) =>
    taken
      .flatMap((kind) => {
        const next = given[kind] ?? 0;
        given[kind] = next + 1;
        return kinds[kind]?.taskIds[next] ?? [];
      })
      .toSorted();
  const placed = instances.flatMap(({ id }, index) => {
    const taskIds = give(onExisting[index] ?? []);
    return taskIds.length > 0 ? [{ instanceId: id, taskIds }] : [];
  });
  const launched = launches.map(({ type, taken }) => ({
    typeId: types[type]?.id ?? '',
    taskIds: give(taken),
  }));
  const existing = instances.map(({ remaining, tasks: there }) => roomOf(remaining, there));
  const offered = types.map(({ capacity }) => roomOf(capacity));
  const unplaced = kinds.flatMap((kind, index) => {
    const rest = kind.taskIds.slice(given[index] ?? 0);
    if (rest.length === 0) return [];
    const reason = whyUnplaced(kind, existing, offered);
    return rest.map((id) => ({ id, reason }));
  });
  const faulty = tasks
    .filter(wantsPortTwice)
    .map(({ id }) => ({ id, reason: 'PortTwice' as const }));
  return {
    placed,
    launched,
    launchedByType: types.flatMap(({ id }, type) => {
      const count = launches.filter((each) => each.type === type).length;
      return count > 0 ? [{ typeId: id, count }] : [];
    }),
    unplaced: [...unplaced, ...faulty]
      .toSorted(byId)
      .map(({ id, reason }) => ({ taskId: id, reason })),
    lowerBound,
  };
};
