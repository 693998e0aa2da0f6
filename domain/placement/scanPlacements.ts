import { type Question, questionOf, whyRemoved } from './obstacles.ts';
import {
  type PlacementDecision,
  type PlacementInstance,
  type PlacementProblem,
  type PlacementRules,
  type PlacementTask,
  placementRules,
  type RemovedByRule,
} from './placementProblem.ts';
import { bytesToPull, layersOf, requirementOf, runningTaskOf, withTask } from './requirement.ts';

/** An instance that may take the task, and how it stands in each strategy. */
export type Candidate = {
  readonly instance: PlacementInstance;
  /** One number for each strategy, in order; less is better. */
  readonly score: readonly number[];
  /** `null`: the layers of the task are not known, or the rules do not ask. */
  readonly bytesToPull: number | null;
};

export type Scan = {
  readonly question: Question;
  readonly removed: RemovedByRule;
  /** The best first. Empty for a task with a fault. */
  readonly candidates: readonly Candidate[];
};

/**
 * Asks every instance about `task` and sorts those that are left: what the index answers without
 * looking at all of them, and the ground for explaining one decision.
 */
export const scan = (
  instances: readonly PlacementInstance[],
  task: PlacementTask,
  rules: PlacementRules,
): Scan => {
  const requirement = requirementOf(task, rules);
  const question = questionOf(task, requirement, rules);
  const removed = placementRules.map(() => 0);
  if (requirement.fault !== null) return { question, removed, candidates: [] };
  const byId = sortedById(instances);
  const left = byId.filter((instance) => {
    const rule = whyRemoved(instance, question);
    if (rule === undefined) return true;
    const index = placementRules.indexOf(rule);
    removed[index] = (removed[index] ?? 0) + 1;
    return false;
  });
  const scores = scoresOf(byId, task);
  const layers = rules.windows === null ? null : layersOf(task);
  const candidates = left.map((instance) => ({
    instance,
    score: scores.map((score) => score(instance)),
    bytesToPull: layers && bytesToPull(layers, new Set(instance.layers ?? [])),
  }));
  return { question, removed, candidates: candidates.toSorted(bestFirst) };
};

/** Decides every task of the problem by looking at every instance. */
export const scanPlacements = ({
  instances,
  tasks,
  rules,
}: PlacementProblem): readonly PlacementDecision[] => {
  const now = new Map(instances.map((instance) => [instance.id, instance]));
  return tasks.map((task) => {
    const { question, removed, candidates } = scan([...now.values()], task, rules);
    const [best] = candidates;
    const said = { taskId: task.id, consideredCount: instances.length, removed };
    if (best === undefined) {
      return { ...said, outcome: 'refused', fault: question.requirement.fault };
    }
    const { id } = best.instance;
    now.set(id, withTask(best.instance, runningTaskOf(task, question.requirement)));
    return { ...said, outcome: 'placed', instanceId: id };
  });
};

export const sortedById = (instances: readonly PlacementInstance[]): readonly PlacementInstance[] =>
  instances.toSorted((a, b) => (a.id < b.id ? -1 : 1));

const bestFirst = (a: Candidate, b: Candidate): number => {
  for (const [index, score] of a.score.entries()) {
    const difference = score - (b.score[index] ?? 0);
    if (difference !== 0) return difference;
  }
  const pulled = (a.bytesToPull ?? 0) - (b.bytesToPull ?? 0);
  return pulled || (a.instance.id < b.instance.id ? -1 : 1);
};

type Score = (instance: PlacementInstance) => number;

const scoresOf = (
  byId: readonly PlacementInstance[],
  { strategies, group, chance }: PlacementTask,
): readonly Score[] => {
  const fields: string[] = [];
  return strategies.map((strategy): Score => {
    switch (strategy.type) {
      case 'binpack':
        return strategy.field === 'cpu'
          ? ({ remaining }) => remaining.cpu
          : ({ remaining }) => remaining.memoryMiB;
      case 'random': {
        const start = Math.floor(chance * byId.length);
        const places = new Map(byId.map(({ id }, index) => [id, index]));
        return ({ id }) => ((places.get(id) ?? 0) - start + byId.length) % byId.length;
      }
      case 'spread': {
        const { field } = strategy;
        if (field === 'instanceId' || field === 'host') return (each) => runningOf(each, group);
        fields.push(field.slice('attribute:'.length));
        return countedBy([...fields], byId, group);
      }
      default:
        return strategy satisfies never;
    }
  });
};

/** Tasks of a group that are to run on an instance. */
export const runningOf = ({ tasks }: PlacementInstance, group: string): number =>
  tasks.filter((task) => task.group === group && task.desiredStatus === 'RUNNING').length;

const countedBy = (
  fields: readonly string[],
  byId: readonly PlacementInstance[],
  group: string,
): Score => {
  const keyOf = ({ attributes }: PlacementInstance) =>
    JSON.stringify(
      fields.map((name) => (Object.hasOwn(attributes, name) ? attributes[name] : null)),
    );
  const counts = new Map<string, number>();
  for (const instance of byId) {
    const key = keyOf(instance);
    counts.set(key, (counts.get(key) ?? 0) + runningOf(instance, group));
  }
  return (instance) => counts.get(keyOf(instance)) ?? 0;
};
