import type {
  OfferedType,
  PackingInstance,
  PackingTask,
} from '../../../../domain/placement/packing/packing.ts';
import type {
  HeldResources,
  RemainingResources,
} from '../../../../domain/placement/placementProblem.ts';

const nothing = {
  cpu: 0,
  memoryMiB: 0,
  gpus: 0,
  networkInterfaces: 0,
  tcpPorts: [],
  udpPorts: [],
};

export const task = (
  id: string,
  needs: Partial<HeldResources> = {},
  more: Partial<Pick<PackingTask, 'group' | 'isDistinct'>> = {},
): PackingTask => ({
  id,
  group: 'service:shop',
  isDistinct: false,
  needs: { ...nothing, ...needs },
  ...more,
});

/** `count` alike, by ids that sort as they are numbered. */
export const tasksOf = (count: number, ...like: Parameters<typeof task>): readonly PackingTask[] =>
  Array.from({ length: count }, (_, index) =>
    task(`${like[0]}-${String(index).padStart(3, '0')}`, like[1], like[2]),
  );

export const instance = (
  id: string,
  remaining: Partial<RemainingResources> = {},
  tasks: readonly PackingTask[] = [],
): PackingInstance => ({ id, remaining: { ...nothing, ...remaining }, tasks });

export const offered = (
  id: string,
  capacity: Partial<RemainingResources>,
  more: Partial<Pick<OfferedType, 'countMax' | 'cost'>> = {},
): OfferedType => ({
  id,
  capacity: { ...nothing, ...capacity },
  countMax: null,
  cost: null,
  ...more,
});
