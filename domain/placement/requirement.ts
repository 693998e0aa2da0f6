import { reservedPorts } from '../windows/reservedPorts.ts';
import type {
  HeldResources,
  ImageLayer,
  PlacementContainer,
  PlacementInstance,
  PlacementRules,
  PlacementTask,
  RunningTask,
  TaskFault,
} from './placementProblem.ts';

/**
 * Where Windows assigns ports that a task does not name (Amazon ECS API Reference, PortMapping:
 * 49152 to 65535).
 */
export const dynamicPortsFrom = 49_152;

/** Host ports that one instance may have reserved (the same page). */
export const reservedPortsMax = 100;

/** Whether a port counts towards that limit; one that is assigned does not (the same page). */
export const isCountedPort = (port: number): boolean => port < dynamicPortsFrom;

/** The credential proxy of task roles listens there (amazon-ecs-agent, Windows configuration). */
export const taskRolePort = 80;
export const taskRoleAttribute = 'com.amazonaws.ecs.capability.task-iam-role';

/** What ECS itself goes by. */
export const ecsRules: PlacementRules = {
  reservedTcpPorts: [...reservedPorts.keys()],
  windows: null,
};

/** Sums over all containers, and what keeps the task off every instance. */
export type Requirement = HeldResources & { readonly fault: TaskFault | null };

export const requirementOf = (task: PlacementTask, rules: PlacementRules): Requirement => {
  const { containers } = task;
  const hasOwnInterface = task.networkMode === 'awsvpc';
  const tcpPorts = hasOwnInterface ? [] : containers.flatMap((each) => each.tcpPorts);
  const udpPorts = hasOwnInterface ? [] : containers.flatMap((each) => each.udpPorts);
  return {
    cpu: sumOf(containers, ({ cpu }) => cpu),
    memoryMiB: sumOf(containers, ({ memoryMiB }) => memoryMiB ?? 0),
    gpus: sumOf(containers, ({ gpus }) => gpus),
    networkInterfaces: hasOwnInterface ? 1 : 0,
    tcpPorts,
    udpPorts,
    fault: faultOf(containers, tcpPorts, udpPorts, rules),
  };
};

const sumOf = (
  containers: readonly PlacementContainer[],
  amount: (container: PlacementContainer) => number,
): number => containers.reduce((sum, container) => sum + amount(container), 0);

const faultOf = (
  containers: readonly PlacementContainer[],
  tcpPorts: readonly number[],
  udpPorts: readonly number[],
  { windows }: PlacementRules,
): TaskFault | null => {
  const isTwice = (ports: readonly number[]) => new Set(ports).size < ports.length;
  if (isTwice(tcpPorts) || isTwice(udpPorts)) return 'PortTwice';
  if (windows === null) return null;
  if (containers.some(({ memoryMiB }) => memoryMiB === null)) return 'NoMemoryLimit';
  if ([...tcpPorts, ...udpPorts].some((port) => port >= dynamicPortsFrom)) return 'DynamicPort';
  const isUnknown = containers.some(({ imageBuild }) => imageBuild === null);
  return windows.compatibility !== null && isUnknown ? 'ImageBuildUnknown' : null;
};

/** TCP ports that nobody gets on an instance with these attributes. */
export const keptTcpPorts = (
  { attributes }: Pick<PlacementInstance, 'attributes'>,
  { reservedTcpPorts, windows }: PlacementRules,
): readonly number[] =>
  windows !== null && Object.hasOwn(attributes, taskRoleAttribute)
    ? [...reservedTcpPorts, taskRolePort]
    : reservedTcpPorts;

/** Every layer once; `null` if those of one container are not known. */
export const layersOf = ({ containers }: PlacementTask): readonly ImageLayer[] | null => {
  const byDiffId = new Map<string, ImageLayer>();
  for (const { layers } of containers) {
    if (layers === null) return null;
    for (const layer of layers) byDiffId.set(layer.diffId, layer);
  }
  return [...byDiffId.values()];
};

/** What `layers` lack on an instance, in bytes; what it holds is counted as nothing if unknown. */
export const bytesToPull = (layers: readonly ImageLayer[], held: ReadonlySet<string>): number =>
  layers.reduce((sum, { diffId, bytes }) => sum + (held.has(diffId) ? 0 : bytes), 0);

/** `task` once it is placed. */
export const runningTaskOf = (
  { id, group }: PlacementTask,
  { fault: _, ...holds }: Requirement,
): RunningTask => ({ id, group, desiredStatus: 'RUNNING', holds, isProtected: false });

/** `instance` with `task` on it. */
export const withTask = (instance: PlacementInstance, task: RunningTask): PlacementInstance => {
  const { remaining, tasks } = instance;
  const { holds } = task;
  const { networkInterfaces } = remaining;
  return {
    ...instance,
    tasks: [...tasks, task],
    remaining: {
      cpu: remaining.cpu - holds.cpu,
      memoryMiB: remaining.memoryMiB - holds.memoryMiB,
      gpus: remaining.gpus - holds.gpus,
      networkInterfaces:
        networkInterfaces === null ? null : networkInterfaces - holds.networkInterfaces,
      tcpPorts: [...new Set([...remaining.tcpPorts, ...holds.tcpPorts])],
      udpPorts: [...new Set([...remaining.udpPorts, ...holds.udpPorts])],
    },
  };
};

/** `instance` once the task of that id has stopped and given back what it held. */
export const withoutTask = (instance: PlacementInstance, taskId: string): PlacementInstance => {
  const { remaining, tasks } = instance;
  const gone = tasks.find(({ id }) => id === taskId);
  if (gone === undefined) return instance;
  const { holds } = gone;
  const { networkInterfaces } = remaining;
  return {
    ...instance,
    tasks: tasks.filter((task) => task !== gone),
    remaining: {
      cpu: remaining.cpu + holds.cpu,
      memoryMiB: remaining.memoryMiB + holds.memoryMiB,
      gpus: remaining.gpus + holds.gpus,
      networkInterfaces:
        networkInterfaces === null ? null : networkInterfaces + holds.networkInterfaces,
      tcpPorts: remaining.tcpPorts.filter((port) => !holds.tcpPorts.includes(port)),
      udpPorts: remaining.udpPorts.filter((port) => !holds.udpPorts.includes(port)),
    },
  };
};
