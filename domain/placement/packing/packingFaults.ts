import type { HeldResources, RemainingResources } from '../placementProblem.ts';
import type { PackingPlan, PackingProblem, PackingTask } from './packing.ts';

/**
 * What is wrong with a plan, a sentence each; `[]` if it may be carried out. Counts anew from the
 * problem and shares nothing with what makes plans.
 */
export const packingFaults = (
  problem: PackingProblem,
  plan: Pick<PackingPlan, 'placed' | 'launched' | 'unplaced'>,
): readonly string[] => {
  const { tasks, instances, instanceTypes } = problem;
  const byTaskId = new Map(tasks.map((task) => [task.id, task]));
  const tasksOf = (ids: readonly string[]) => ids.flatMap((id) => byTaskId.get(id) ?? []);
  const onExisting = plan.placed.flatMap(({ instanceId, taskIds }) => {
    const instance = instances.find(({ id }) => id === instanceId);
    if (instance === undefined) return [`${instanceId} is not an instance of the problem`];
    return faultsOn(instanceId, instance.remaining, tasksOf(taskIds), instance.tasks);
  });
  const onLaunched = plan.launched.flatMap(({ typeId, taskIds }, index) => {
    const type = instanceTypes.find(({ id }) => id === typeId);
    if (type === undefined) return [`${typeId} is not offered`];
    return faultsOn(`launch ${index} of ${typeId}`, type.capacity, tasksOf(taskIds), []);
  });
  return [
    ...faultsOfMentions(problem, plan),
    ...onExisting,
    ...onLaunched,
    ...instanceTypes.flatMap(({ id, countMax }) => {
      const count = plan.launched.filter(({ typeId }) => typeId === id).length;
      return countMax !== null && count > countMax ? [`${id} is launched ${count} times`] : [];
    }),
  ];
};

const faultsOfMentions = (
  { tasks }: PackingProblem,
  { placed, launched, unplaced }: Pick<PackingPlan, 'placed' | 'launched' | 'unplaced'>,
): readonly string[] => {
  const mentions = new Map<string, number>(tasks.map(({ id }) => [id, 0]));
  const ids = [...placed, ...launched].flatMap(({ taskIds }) => taskIds);
  for (const id of [...ids, ...unplaced.map(({ taskId }) => taskId)]) {
    mentions.set(id, (mentions.get(id) ?? -1) + 1);
  }
  const twice = new Set(
    placed.map(({ instanceId }) => instanceId).filter((id, i, all) => all.indexOf(id) !== i),
  );
  return [
    ...[...mentions].flatMap(([id, count]) =>
      count === 1 ? [] : [`${id} is told ${count} times`],
    ),
    ...[...twice].map((id) => `${id} is listed twice`),
  ];
};

const faultsOn = (
  place: string,
  free: RemainingResources,
  added: readonly PackingTask[],
  there: readonly PackingTask[],
): readonly string[] => {
  const total = (of: 'cpu' | 'memoryMiB' | 'gpus' | 'networkInterfaces') =>
    added.reduce((sum, { needs }) => sum + needs[of], 0);
  const over = (['cpu', 'memoryMiB', 'gpus', 'networkInterfaces'] as const).filter(
    (each) => total(each) > Math.max(0, free[each] ?? 0),
  );
  const portTwice = (protocol: keyof Pick<HeldResources, 'tcpPorts' | 'udpPorts'>) => {
    const wanted = added.flatMap(({ needs }) => needs[protocol]);
    const taken = new Set(free[protocol]);
    return wanted.some((port, i) => taken.has(port) || wanted.indexOf(port) !== i);
  };
  const all = [...added, ...there];
  const crowded = added.filter((task) =>
    all.some(
      (other) =>
        other !== task && other.group === task.group && (other.isDistinct || task.isDistinct),
    ),
  );
  return [
    ...over.map((each) => `${place}: ${each} is exceeded`),
    ...(portTwice('tcpPorts') ? [`${place}: a TCP port is taken twice`] : []),
    ...(portTwice('udpPorts') ? [`${place}: a UDP port is taken twice`] : []),
    ...crowded.map(({ id, group }) => `${place}: ${id} is not alone of ${group}`),
  ];
};
