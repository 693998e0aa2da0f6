import { defaultServiceStrategies } from '../defaultStrategies.ts';
import type { PlacementInstance, PlacementStrategy } from '../placementProblem.ts';

/** A task of the service that is to run. */
export type StoppableTask = {
  readonly id: string;
  readonly instanceId: string;
  /** Task scale-in protection. */
  readonly isProtected: boolean;
  readonly cpu: number;
  readonly memoryMiB: number;
};

export type TaskToStop =
  | { readonly taskId: string; readonly scores: readonly number[] }
  | { readonly whyNot: 'NoTasks' | 'AllProtected' };

/**
 * Which task of a service goes when it scales in (Amazon ECS Developer Guide, "Use strategies to
 * define Amazon ECS task placement"; "Amazon ECS services"): with `spread` one where most are, with
 * `binpack` the one that leaves most of the resource free, by `random` any; without a strategy one
 * of the fullest zone and in it of the fullest instance. Strategies narrow in their order, and what
 * is equal after all of them goes by `chance`, from [0, 1). Protected tasks count where they are
 * and never go.
 */
export const chooseTaskToStop = (
  tasks: readonly StoppableTask[],
  instances: readonly PlacementInstance[],
  strategies: readonly PlacementStrategy[],
  chance: number,
): TaskToStop => {
  if (tasks.length === 0) return { whyNot: 'NoTasks' };
  const free = tasks.filter(({ isProtected }) => !isProtected);
  if (free.length === 0) return { whyNot: 'AllProtected' };
  const byId = new Map(instances.map((instance) => [instance.id, instance]));
  const chain = strategies.length === 0 ? defaultServiceStrategies : strategies;
  const scores = chain
    .filter(({ type }) => type !== 'random')
    .map((strategy, index) => scorer(strategy, chain.slice(0, index + 1), tasks, byId));
  const scored = free.map((task) => ({ task, scores: scores.map((score) => score(task)) }));
  const [first] = scored.toSorted((a, b) => mostFirst(a.scores, b.scores));
  const equal = scored
    .filter((each) => first !== undefined && mostFirst(each.scores, first.scores) === 0)
    .toSorted((a, b) => (a.task.id < b.task.id ? -1 : 1));
  const chosen = equal[Math.floor(chance * equal.length)] ?? equal[0];
  if (chosen === undefined) return { whyNot: 'NoTasks' };
  return { taskId: chosen.task.id, scores: chosen.scores };
};

const mostFirst = (a: readonly number[], b: readonly number[]): number => {
  for (const [index, score] of a.entries()) {
    const difference = (b[index] ?? 0) - score;
    if (difference !== 0) return difference;
  }
  return 0;
};

type Instances = ReadonlyMap<string, PlacementInstance>;

/** More goes sooner. `chain` ends with `strategy`: nested spreads count within one another. */
const scorer = (
  strategy: PlacementStrategy,
  chain: readonly PlacementStrategy[],
  tasks: readonly StoppableTask[],
  instances: Instances,
): ((task: StoppableTask) => number) => {
  if (strategy.type === 'random') return () => 0;
  if (strategy.type === 'binpack') {
    return ({ instanceId, cpu, memoryMiB }) => {
      const remaining = instances.get(instanceId)?.remaining;
      return strategy.field === 'cpu'
        ? (remaining?.cpu ?? 0) + cpu
        : (remaining?.memoryMiB ?? 0) + memoryMiB;
    };
  }
  const keyOf =
    strategy.field === 'instanceId' || strategy.field === 'host'
      ? ({ instanceId }: StoppableTask) => instanceId
      : cellReader(chain, instances);
  const counts = new Map<string, number>();
  for (const task of tasks) counts.set(keyOf(task), (counts.get(keyOf(task)) ?? 0) + 1);
  return (task) => counts.get(keyOf(task)) ?? 0;
};

const cellReader = (chain: readonly PlacementStrategy[], instances: Instances) => {
  const names = chain.flatMap((each) =>
    each.type === 'spread' && each.field.startsWith('attribute:')
      ? [each.field.slice('attribute:'.length)]
      : [],
  );
  return ({ instanceId }: StoppableTask): string => {
    const attributes = instances.get(instanceId)?.attributes ?? {};
    return JSON.stringify(
      names.map((name) => (Object.hasOwn(attributes, name) ? attributes[name] : null)),
    );
  };
};
