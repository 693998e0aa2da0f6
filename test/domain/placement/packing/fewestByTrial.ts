import type {
  PackingPlan,
  PackingProblem,
  PackingTask,
} from '../../../../domain/placement/packing/packing.ts';
import { packingFaults } from '../../../../domain/placement/packing/packingFaults.ts';

type Place = { readonly on: string; readonly isNew: boolean; readonly tasks: PackingTask[] };

/**
 * The fewest launches that place all tasks, by trying every place for each; `undefined` if none
 * does. Limits of types are left out, as the bound leaves them out. For a handful of tasks.
 */
export const fewestByTrial = (problem: PackingProblem): number | undefined => {
  const places: Place[] = problem.instances.map(({ id }) => ({ on: id, isNew: false, tasks: [] }));
  let fewest: number | undefined;
  const isSound = (place: Place) =>
    packingFaults(withoutRest(problem, place), planOf(place)).length === 0;
  const tryFrom = (index: number): void => {
    const launches = places.filter(({ isNew }) => isNew).length;
    if (fewest !== undefined && launches >= fewest) return;
    const task = problem.tasks[index];
    if (task === undefined) {
      fewest = launches;
      return;
    }
    for (const place of places) {
      place.tasks.push(task);
      if (isSound(place)) tryFrom(index + 1);
      place.tasks.pop();
    }
    for (const { id } of problem.instanceTypes) {
      const place: Place = { on: id, isNew: true, tasks: [task] };
      places.push(place);
      if (isSound(place)) tryFrom(index + 1);
      places.pop();
    }
  };
  tryFrom(0);
  return fewest;
};

const withoutRest = (problem: PackingProblem, { tasks }: Place): PackingProblem => ({
  ...problem,
  tasks,
  instanceTypes: problem.instanceTypes.map((type) => ({ ...type, countMax: null })),
});

const planOf = ({
  on,
  isNew,
  tasks,
}: Place): Pick<PackingPlan, 'placed' | 'launched' | 'unplaced'> => {
  const taskIds = tasks.map(({ id }) => id);
  return {
    placed: isNew ? [] : [{ instanceId: on, taskIds }],
    launched: isNew ? [{ typeId: on, taskIds }] : [],
    unplaced: [],
  };
};
