import type { ObservedInstance } from '../../events/fleet.ts';

type Counts = Pick<ObservedInstance, 'runningTasksCount' | 'pendingTasksCount'>;

/** Tasks that ECS itself counts on an instance; of what it did not tell, none. */
export const countedTasks = ({ runningTasksCount = 0, pendingTasksCount = 0 }: Counts): number =>
  runningTasksCount + pendingTasksCount;

/** ECS itself says that no task is there. Absent counts are not zero. */
export const isCountedEmpty = ({ runningTasksCount, pendingTasksCount }: Counts): boolean =>
  runningTasksCount === 0 && pendingTasksCount === 0;
