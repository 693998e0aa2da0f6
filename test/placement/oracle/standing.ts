import type {
  PlacementInstance,
  PlacementTask,
} from '../../../domain/placement/placementProblem.ts';

/** An instance as it stands between two placements: what is left, and who is to run there. */
export type Standing = {
  readonly instance: PlacementInstance;
  cpu: number;
  memoryMiB: number;
  gpus: number;
  networkInterfaces: number;
  /** Taken. */
  readonly tcpPorts: Set<number>;
  readonly udpPorts: Set<number>;
  /** The group of each task whose desired status is RUNNING, once for each. */
  readonly groups: string[];
};

export const standingOf = (instance: PlacementInstance): Standing => ({
  instance,
  cpu: instance.remaining.cpu,
  memoryMiB: instance.remaining.memoryMiB,
  gpus: instance.remaining.gpus,
  networkInterfaces: instance.remaining.networkInterfaces ?? 0,
  tcpPorts: new Set(instance.remaining.tcpPorts),
  udpPorts: new Set(instance.remaining.udpPorts),
  groups: instance.tasks
    .filter(({ desiredStatus }) => desiredStatus === 'RUNNING')
    .map(({ group }) => group),
});

/** What a task takes from the instance it is placed on. */
export type Needs = {
  readonly cpu: number;
  readonly memoryMiB: number;
  readonly gpus: number;
  readonly networkInterfaces: number;
  /** As often as they are written. */
  readonly tcpPorts: readonly number[];
  readonly udpPorts: readonly number[];
};

export const needsOf = ({ containers, networkMode }: PlacementTask): Needs => {
  const ownsInterface = networkMode === 'awsvpc';
  const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0);
  return {
    cpu: sum(containers.map(({ cpu }) => cpu)),
    memoryMiB: sum(containers.map(({ memoryMiB }) => memoryMiB ?? 0)),
    gpus: sum(containers.map(({ gpus }) => gpus)),
    networkInterfaces: ownsInterface ? 1 : 0,
    tcpPorts: ownsInterface ? [] : containers.flatMap(({ tcpPorts }) => tcpPorts),
    udpPorts: ownsInterface ? [] : containers.flatMap(({ udpPorts }) => udpPorts),
  };
};

export const place = (standing: Standing, needs: Needs, group: string): void => {
  standing.cpu -= needs.cpu;
  standing.memoryMiB -= needs.memoryMiB;
  standing.gpus -= needs.gpus;
  standing.networkInterfaces -= needs.networkInterfaces;
  for (const port of needs.tcpPorts) standing.tcpPorts.add(port);
  for (const port of needs.udpPorts) standing.udpPorts.add(port);
  standing.groups.push(group);
};
