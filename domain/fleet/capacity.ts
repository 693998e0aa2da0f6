import type { ObservedInstance, ObservedTask, Resources } from '../../events/fleet.ts';
import { type FleetView, tasksOn } from './fleetView.ts';

/**
 * What Windows itself needs. The agent reserves nothing by default (`ECS_RESERVED_MEMORY` is 0 in
 * the Windows agent's configuration), and there is neither overcommit nor an out-of-memory killer
 * to survive a mistake.
 */
export const osReserveDefaultMiB = 2_048;

/**
 * What is free on an instance: CPU units, memory in MiB less the reserve of the operating system
 * and never below 0, and the ports *taken*. Events of tasks and of their instance come in any
 * order, so the more cautious of two accounts counts: what ECS says remains, and what the tasks
 * known to be there have reserved.
 */
export const freeOn = (
  view: FleetView,
  instance: ObservedInstance,
  { osReserveMiB = osReserveDefaultMiB }: { readonly osReserveMiB?: number } = {},
): Resources => {
  const reserved = reservedBy(view, tasksOn(view, instance.containerInstanceArn));
  const cpu = Math.min(instance.remaining.cpu, instance.registered.cpu - reserved.cpu);
  const memoryMiB = Math.min(
    instance.remaining.memoryMiB,
    instance.registered.memoryMiB - reserved.memoryMiB,
  );
  return {
    cpu: Math.max(0, cpu),
    memoryMiB: Math.max(0, memoryMiB - osReserveMiB),
    tcpPorts: union(instance.remaining.tcpPorts, reserved.tcpPorts),
    udpPorts: union(instance.remaining.udpPorts, reserved.udpPorts),
  };
};

/**
 * Summed from their task definitions; a task whose definition is not known yet adds only its ports.
 */
const reservedBy = (view: FleetView, tasks: readonly ObservedTask[]): Resources => {
  const containers = tasks.flatMap(
    ({ taskDefinitionArn }) => view.taskDefinitions.get(taskDefinitionArn)?.containers ?? [],
  );
  const ports = [...containers, ...tasks.flatMap((task) => task.containers)].flatMap(
    ({ hostPorts }) => hostPorts.filter(({ port }) => port > 0),
  );
  return {
    cpu: containers.reduce((sum, { cpu }) => sum + cpu, 0),
    memoryMiB: containers.reduce((sum, { memoryMiB }) => sum + (memoryMiB ?? 0), 0),
    tcpPorts: ports.filter(({ protocol }) => protocol === 'tcp').map(({ port }) => port),
    udpPorts: ports.filter(({ protocol }) => protocol === 'udp').map(({ port }) => port),
  };
};

const union = (a: readonly number[], b: readonly number[]): readonly number[] =>
  b.length === 0 ? a : [...new Set([...a, ...b])].toSorted((x, y) => x - y);
