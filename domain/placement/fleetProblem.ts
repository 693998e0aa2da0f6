import type { ObservedInstance, ObservedTask, ObservedTaskDefinition } from '../../events/fleet.ts';
import type { WindowsBuild } from '../../events/ids.ts';
import { freeOn } from '../fleet/capacity.ts';
import { type FleetView, tasksOn } from '../fleet/fleetView.ts';
import { taskInterfacesOf } from '../windows/networkInterfaces.ts';
import type { HeldResources, PlacementInstance, RunningTask } from './placementProblem.ts';

/** What is known of an instance beside what ECS says. */
export type InstanceKnowledge = {
  readonly build: WindowsBuild | null;
  readonly layers: readonly string[] | null;
};

/**
 * An instance of the fleet as the engine asks about it. What remains is the more cautious of two
 * accounts (`freeOn`). Every instance counts as proven: ECS places on one that is new at once.
 */
export const placementInstanceOf = (
  view: FleetView,
  instance: ObservedInstance,
  { build, layers }: InstanceKnowledge,
): PlacementInstance => {
  const tasks = tasksOn(view, instance.containerInstanceArn).map((task) => runningOf(view, task));
  const { cpu, memoryMiB, tcpPorts, udpPorts } = freeOn(view, instance, { osReserveMiB: 0 });
  const interfaces = taskInterfacesOf(instance.attributes['ecs.instance-type'] ?? '');
  const taken = tasks.reduce((sum, { holds }) => sum + holds.networkInterfaces, 0);
  return {
    id: instance.containerInstanceArn,
    ec2InstanceId: instance.ec2InstanceId ?? null,
    status: instance.status,
    agentConnected: instance.agentConnected,
    isProven: true,
    agentVersion: instance.agentVersion ?? null,
    registeredAt: instance.registeredAt ?? null,
    attributes: instance.attributes,
    // Fleet events carry no GPUs: no ECS-optimized Windows AMI has them.
    remaining: {
      cpu,
      memoryMiB,
      gpus: 0,
      networkInterfaces: interfaces === null ? null : Math.max(0, interfaces - taken),
      tcpPorts,
      udpPorts,
    },
    build,
    layers,
    tasks,
  };
};

const runningOf = (view: FleetView, task: ObservedTask): RunningTask => ({
  id: task.taskArn,
  group: task.group,
  desiredStatus: task.desiredStatus === 'STOPPED' ? 'STOPPED' : 'RUNNING',
  holds: heldBy(task, view.taskDefinitions.get(task.taskDefinitionArn)),
  isProtected: false,
});

/** A task whose definition is not known yet holds only the ports that it was given. */
const heldBy = (
  task: ObservedTask,
  definition: ObservedTaskDefinition | undefined,
): HeldResources => {
  const containers = definition?.containers ?? [];
  const ports = [...containers, ...task.containers].flatMap(({ hostPorts }) => hostPorts);
  const portsOf = (wanted: 'tcp' | 'udp') =>
    ports.flatMap(({ protocol, port }) => (protocol === wanted && port > 0 ? [port] : []));
  return {
    cpu: containers.reduce((sum, { cpu }) => sum + cpu, 0),
    memoryMiB: containers.reduce((sum, { memoryMiB }) => sum + (memoryMiB ?? 0), 0),
    gpus: 0,
    networkInterfaces: definition?.networkMode === 'awsvpc' ? 1 : 0,
    tcpPorts: portsOf('tcp'),
    udpPorts: portsOf('udp'),
  };
};
