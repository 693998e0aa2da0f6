import { assert } from '../../assert.ts';
import {
  type PlacementDecision,
  type PlacementInstance,
  type PlacementProblem,
  type PlacementRules,
  type PlacementTask,
  placementRules,
  type RunningTask,
} from '../placementProblem.ts';
import { type Cells, cellsOf } from './cells.ts';
import { chooseSlot } from './choose.ts';
import { addTask, type Columns, columnsOf, noteChange, removeTask } from './columns.ts';
import { type CandidateSets, candidateSetOf } from './facts.ts';
import {
  cellCountsOf,
  countInGroup,
  countsOf,
  countTasks,
  type GroupCounts,
  type Groups,
  groupsOf,
} from './groups.ts';
import { catchUp, createPool, type Pool } from './pool.ts';
import { type Asked, createRecall, type Recall, recallQuestion } from './recall.ts';

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
  answer(index, task, undefined);

/** Decides, and counts the task as placed. */
export const place = (index: PlacementIndex, task: PlacementTask): PlacementDecision =>
  answer(index, task, (asked, slot, group) => {
    const { id } = task;
    const holds = asked.question.requirement;
    const placed = { id, group: task.group, holds, desiredStatus: 'RUNNING', isProtected: false };
    addTask(index.columns, slot, placed as RunningTask);
    countTasks(group, slot, 1);
    noteChange(index.columns.changes, slot);
  });

type Commit = (asked: Asked, slot: number, group: GroupCounts) => void;

const answer = (
  index: PlacementIndex,
  task: PlacementTask,
  commit: Commit | undefined,
): PlacementDecision => {
  const { columns, groups, countsReasons } = index;
  const asked = recallQuestion(index.recall, task, columns.rules);
  const { fault } = asked.question.requirement;
  const said = { taskId: task.id, consideredCount: columns.instances.length };
  if (fault !== null) {
    return { ...said, removed: countsReasons ? none : [], outcome: 'refused', fault };
  }
  const group = countsOf(groups, columns, task.group);
  const pool = poolOf(index, asked, task.group, group);
  catchUp(pool, columns);
  const counts = cellCountsOf(group, pool.winners.cells);
  const slot = chooseSlot(pool, counts, task.chance);
  const removed = countsReasons ? pool.counts.slice(1) : [];
  const instance = columns.instances[slot];
  if (instance === undefined) return { ...said, removed, outcome: 'refused', fault };
  commit?.(asked, slot, group);
  return { ...said, removed, outcome: 'placed', instanceId: instance.id };
};

const none: readonly number[] = placementRules.map(() => 0);

const poolOf = (
  index: PlacementIndex,
  { question, pools }: Asked,
  groupName: string,
  group: GroupCounts,
): Pool => {
  const key = question.isOfGroup ? groupName : '';
  const found = pools.get(key);
  if (found !== undefined) return found;
  const { columns, candidateSets } = index;
  const members = question.standing.map((query) => candidateSetOf(candidateSets, columns, query));
  const cells = cellsFor(index, question.spreadFields);
  const pool = createPool(columns, question, cells, members, group);
  pools.set(key, pool);
  return pool;
};

const cellsFor = ({ cells, columns }: PlacementIndex, fields: readonly string[]): Cells => {
  const key = JSON.stringify(fields);
  const found = cells.get(key) ?? cellsOf(columns.instances, fields);
  cells.set(key, found);
  return found;
};

/** A task that runs on an instance without having been placed by this index. */
export const addRunning = (index: PlacementIndex, instanceId: string, task: RunningTask): void => {
  const slot = slotOf(index, instanceId);
  addTask(index.columns, slot, task);
  if (task.desiredStatus === 'RUNNING') countInGroup(index.groups, task.group, slot, 1);
  noteChange(index.columns.changes, slot);
};

/** The task has stopped and gives back what it held; one that is not there changes nothing. */
export const release = (index: PlacementIndex, instanceId: string, taskId: string): void => {
  const slot = slotOf(index, instanceId);
  const gone = removeTask(index.columns, slot, taskId);
  if (gone === undefined) return;
  if (gone.desiredStatus === 'RUNNING') countInGroup(index.groups, gone.group, slot, -1);
  noteChange(index.columns.changes, slot);
};

const slotOf = ({ columns }: PlacementIndex, instanceId: string): number => {
  const slot = columns.slotOf.get(instanceId);
  assert(slot !== undefined, `${instanceId} is an instance of the index`);
  return slot;
};
