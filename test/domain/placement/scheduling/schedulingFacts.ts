import type {
  PlacementInstance,
  PlacementTask,
  RunningTask,
} from '../../../../domain/placement/placementProblem.ts';
import type { StoppableTask } from '../../../../domain/placement/scheduling/chooseTaskToStop.ts';

export const zoneSpread = { type: 'spread', field: 'attribute:ecs.availability-zone' } as const;

/** `a1` is the first instance in zone a. */
export const anInstance = (
  id: string,
  fields: Partial<PlacementInstance> = {},
): PlacementInstance => ({
  id,
  ec2InstanceId: `i-${id}`,
  status: 'ACTIVE',
  agentConnected: true,
  isProven: true,
  agentVersion: null,
  registeredAt: null,
  attributes: { 'ecs.availability-zone': id.slice(0, 1) },
  remaining: {
    cpu: 4_096,
    memoryMiB: 8_192,
    gpus: 0,
    networkInterfaces: 3,
    tcpPorts: [],
    udpPorts: [],
  },
  build: null,
  layers: null,
  tasks: [],
  ...fields,
});

export const aTask = (fields: Partial<PlacementTask> = {}): PlacementTask => ({
  id: 'next',
  group: 'service:orders',
  containers: [
    {
      name: 'app',
      cpu: 512,
      memoryMiB: 1_024,
      gpus: 0,
      tcpPorts: [],
      udpPorts: [],
      imageBuild: null,
      layers: null,
    },
  ],
  networkMode: 'default',
  requiredAttributes: [],
  constraints: [],
  strategies: [],
  hostVolumeInstanceId: null,
  chance: 0,
  ...fields,
});

/** `t1 on a1`. */
export const on = (id: string, instanceId: string, isProtected = false): StoppableTask => ({
  id,
  instanceId,
  isProtected,
  cpu: 512,
  memoryMiB: 1_024,
});

export const running = (id: string, group = 'service:other'): RunningTask => ({
  id,
  group,
  desiredStatus: 'RUNNING',
  holds: { cpu: 0, memoryMiB: 0, gpus: 0, networkInterfaces: 0, tcpPorts: [], udpPorts: [] },
  isProtected: false,
});
