import { assert } from '../../assert.ts';
import type { PlacementInstance, PlacementTask, RunningTask } from '../placementProblem.ts';
import { type Columns, giveBack, noteChange, take } from './columns.ts';
import { countsOf, countTask } from './groups.ts';
import type { PlacementIndex } from './placementIndex.ts';
import { recallQuestion } from './recall.ts';

/** A task that runs on an instance without having been placed by this index. */
export const addRunning = (index: PlacementIndex, instanceId: string, task: RunningTask): void => {
  const { columns, groups } = index;
  const slot = slotOf(columns, instanceId);
  take(columns, slot, task.holds);
  columns.tasks[slot]?.push(task);
  if (task.desiredStatus === 'RUNNING') countTask(countsOf(groups, task.group), slot, 1);
  noteChange(columns.changes, slot);
};

/** As `place`, on an instance that the caller names, whatever the rules say of it. */
export const placeOn = (index: PlacementIndex, instanceId: string, task: PlacementTask): void => {
  const { columns, groups, recall } = index;
  const slot = slotOf(columns, instanceId);
  take(columns, slot, recallQuestion(recall, task, columns.rules).question.requirement);
  columns.placed[slot]?.push(task);
  countTask(countsOf(groups, task.group), slot, 1);
  noteChange(columns.changes, slot);
};

/** The task has stopped and gives back what it held; one that is not there changes nothing. */
export const release = (index: PlacementIndex, instanceId: string, taskId: string): void => {
  const { columns, groups, recall } = index;
  const slot = slotOf(columns, instanceId);
  const placed = removeById(columns.placed[slot] ?? [], taskId);
  const running = placed ? undefined : removeById(columns.tasks[slot] ?? [], taskId);
  if (placed !== undefined) {
    giveBack(columns, slot, recallQuestion(recall, placed, columns.rules).question.requirement);
    countTask(countsOf(groups, placed.group), slot, -1);
  } else if (running !== undefined) {
    giveBack(columns, slot, running.holds);
    if (running.desiredStatus === 'RUNNING') countTask(countsOf(groups, running.group), slot, -1);
  } else {
    return;
  }
  noteChange(columns.changes, slot);
};

/** Sets what ECS would call the status of an instance: anything but ACTIVE takes no task. */
export const setStatus = (
  { columns }: PlacementIndex,
  instanceId: string,
  status: string,
): void => {
  const slot = slotOf(columns, instanceId);
  const instance = columns.instances[slot];
  if (instance === undefined || instance.status === status) return;
  columns.instances[slot] = { ...instance, status };
  noteChange(columns.changes, slot);
  columns.changes.factsChangedAt[slot] = columns.changes.moment;
};

/** The instances as they stand after all that was placed and released, ordered by id. */
export const instancesNow = ({ columns, recall }: PlacementIndex): readonly PlacementInstance[] =>
  columns.instances.map((instance, slot) => ({
    ...instance,
    remaining: {
      cpu: columns.cpu[slot] ?? 0,
      memoryMiB: columns.memoryMiB[slot] ?? 0,
      gpus: columns.gpus[slot] ?? 0,
      networkInterfaces:
        instance.remaining.networkInterfaces === null
          ? null
          : (columns.networkInterfaces[slot] ?? 0),
      tcpPorts: [...(columns.tcpPorts[slot] ?? [])],
      udpPorts: [...(columns.udpPorts[slot] ?? [])],
    },
    tasks: [
      ...(columns.tasks[slot] ?? []),
      ...(columns.placed[slot] ?? []).map((task) => runningOf(task, columns, recall)),
    ],
  }));

const runningOf = (
  task: PlacementTask,
  { rules }: Columns,
  recall: PlacementIndex['recall'],
): RunningTask => ({
  id: task.id,
  group: task.group,
  desiredStatus: 'RUNNING',
  holds: recallQuestion(recall, task, rules).question.requirement,
  isProtected: false,
});

const removeById = <Task extends { readonly id: string }>(
  tasks: Task[],
  taskId: string,
): Task | undefined => {
  const place = tasks.findIndex(({ id }) => id === taskId);
  return place < 0 ? undefined : tasks.splice(place, 1)[0];
};

const slotOf = ({ slotOf: slots }: Columns, instanceId: string): number => {
  const slot = slots.get(instanceId);
  assert(slot !== undefined, `${instanceId} is an instance of the index`);
  return slot;
};
