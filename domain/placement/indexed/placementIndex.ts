import {
  type PlacementDecision,
  type PlacementInstance,
  type PlacementProblem,
  type PlacementRule,
  type PlacementRules,
  type PlacementTask,
  placementRules,
} from '../placementProblem.ts';
import { type Cells, cellsOf } from './cells.ts';
import { chooseSlot } from './choose.ts';
import { type Columns, columnsOf, noteChange, take } from './columns.ts';
import { type CandidateSets, candidateSetOf } from './facts.ts';
import {
  countsOf,
  countTask,
  type GroupCounts,
  type Groups,
  groupsOf,
  inCellsOf,
} from './groups.ts';
import { catchUp, createPool, removedBy } from './pool.ts';
import { type Asked, createRecall, isSame, type Recall, recallQuestion } from './recall.ts';

/**
 * Decides placements without looking at every instance: what it knows of the question of a service
 * it keeps, and looks again only at instances that changed. Not persistent: `place`, `addRunning`,
 * `release` and `tell` change it.
 */
export type PlacementIndex = {
  readonly columns: Columns;
  readonly groups: Groups;
  readonly cells: Map<string, Cells>;
  readonly candidateSets: CandidateSets;
  readonly recall: Recall;
  readonly countsReasons: boolean;
};

/**
 * `countsReasons: false` leaves `removed` empty in every decision. Building costs one look at each
 * instance and each task on it.
 */
export const createPlacementIndex = (
  instances: readonly PlacementInstance[],
  rules: PlacementRules,
  { countsReasons = true }: { readonly countsReasons?: boolean } = {},
): PlacementIndex => {
  const columns = columnsOf(instances, rules);
  return {
    columns,
    groups: groupsOf(columns),
    cells: new Map(),
    candidateSets: new Map(),
    recall: createRecall(),
    countsReasons,
  };
};

/** Every task of the problem, one after the other. */
export const planPlacements = ({
  instances,
  tasks,
  rules,
}: PlacementProblem): readonly PlacementDecision[] => {
  const index = createPlacementIndex(instances, rules);
  return tasks.map((task) => place(index, task));
};

/** Where `task` would go now; nothing is changed. */
export const decidePlacement = (index: PlacementIndex, task: PlacementTask): PlacementDecision =>
  answer(index, task, false);

/** The first rule that removes each instance; `null` where it may take the task. */
export const rulesOnInstances = (
  index: PlacementIndex,
  task: PlacementTask,
): readonly { readonly instanceId: string; readonly rule: PlacementRule | null }[] => {
  const { columns, groups } = index;
  const { pool } = poolFor(index, task, countsOf(groups, task.group));
  catchUp(pool, columns);
  return columns.instances.map(({ id }, slot) => ({
    instanceId: id,
    rule: placementRules[(pool.rule[slot] ?? 0) - 1] ?? null,
  }));
};

/** Decides, and counts the task as placed. */
export const place = (index: PlacementIndex, task: PlacementTask): PlacementDecision =>
  answer(index, task, true);

const stay = (
  { columns }: PlacementIndex,
  { question }: Asked,
  task: PlacementTask,
  slot: number,
  counts: GroupCounts,
): void => {
  take(columns, slot, question.requirement);
  columns.placed[slot]?.push(task);
  countTask(counts, slot, 1);
  noteChange(columns.changes, slot);
};

const answer = (
  index: PlacementIndex,
  task: PlacementTask,
  isToStay: boolean,
): PlacementDecision => {
  const { columns, groups, countsReasons } = index;
  const group = countsOf(groups, task.group);
  const { asked, pool } = poolFor(index, task, group);
  const { fault } = asked.question.requirement;
  const taskId = task.id;
  const consideredCount = columns.instances.length;
  if (fault !== null) {
    const removed = countsReasons ? none : [];
    return { taskId, consideredCount, removed, outcome: 'refused', fault };
  }
  catchUp(pool, columns);
  const slot = chooseSlot(pool, inCellsOf(group, pool.winners.cells), task.chance);
  const removed = countsReasons ? removedBy(pool) : [];
  const instance = columns.instances[slot];
  if (instance === undefined) {
    return { taskId, consideredCount, removed, outcome: 'refused', fault };
  }
  if (isToStay) stay(index, asked, task, slot, group);
  return { taskId, consideredCount, removed, outcome: 'placed', instanceId: instance.id };
};

const none: readonly number[] = placementRules.map(() => 0);

const poolFor = (index: PlacementIndex, task: PlacementTask, group: GroupCounts) => {
  const { recent } = group;
  if (recent !== undefined && isSame(recent.parts, task)) return recent;
  const { columns, candidateSets, recall } = index;
  const asked = recallQuestion(recall, task, columns.rules);
  const { question, pools } = asked;
  const key = question.isOfGroup ? task.group : '';
  let pool = pools.get(key);
  if (pool === undefined) {
    const members = question.standing.map((query) => candidateSetOf(candidateSets, columns, query));
    const cells = cellsFor(index, question.spreadFields);
    pool = createPool(columns, question, cells, members, group);
    pools.set(key, pool);
  }
  group.recent = { parts: task, asked, pool };
  return group.recent;
};

const cellsFor = ({ cells, columns }: PlacementIndex, fields: readonly string[]): Cells => {
  const key = JSON.stringify(fields);
  const found = cells.get(key) ?? cellsOf(columns.instances, fields);
  cells.set(key, found);
  return found;
};
