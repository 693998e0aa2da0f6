import type { Instant } from '../../events/ids.ts';
import type { PlacementInstance, RunningTask } from '../placement/placementProblem.ts';
import { agentVersion } from './instanceQuery.ts';
import type { Instance, Task, World } from './world.ts';

/**
 * A registered instance as the simulated ECS places on it. Every one is proven to ECS, and network
 * interfaces are not counted (docs/fidelity.md).
 */
export const placementInstanceOf = (world: World, instance: Instance): PlacementInstance => ({
  id: instance.arn ?? '',
  ec2InstanceId: instance.ec2InstanceId,
  status: instance.status,
  agentConnected: instance.agentConnected,
  isProven: true,
  agentVersion,
  registeredAt: instance.registeredAt as Instant,
  attributes: instance.attributes,
  remaining: {
    cpu: instance.cpu - instance.cpuUsed,
    memoryMiB: instance.memoryMiB - instance.memoryUsedMiB,
    gpus: 0,
    networkInterfaces: Number.MAX_SAFE_INTEGER,
    tcpPorts: [...instance.tcpPorts],
    udpPorts: [],
  },
  build: null,
  layers: null,
  tasks: instance.tasks.flatMap((arn) => world.tasks[arn] ?? []).map(runningTaskOf),
});

/** What it holds is given back in the world, not in the index. */
const runningTaskOf = ({ arn, group, desiredStatus }: Task): RunningTask => ({
  id: arn,
  group,
  desiredStatus,
  holds: nothing,
  isProtected: false,
});

const nothing = {
  cpu: 0,
  memoryMiB: 0,
  gpus: 0,
  networkInterfaces: 0,
  tcpPorts: [],
  udpPorts: [],
};
