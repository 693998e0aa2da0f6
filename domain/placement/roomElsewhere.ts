import type { ObservedInstance, ObservedTask, ObservedTaskDefinition } from '../../events/fleet.ts';
import { freeOn } from '../fleet/capacity.ts';
import { type FleetView, tasksOn } from '../fleet/fleetView.ts';

type Need = {
  readonly taskArn: string;
  readonly cpu: number;
  readonly memoryMiB: number;
  readonly tcpPorts: readonly number[];
  readonly operatingSystemFamily: string | undefined;
};

type Room = {
  cpu: number;
  memoryMiB: number;
  readonly tcpPorts: Set<number>;
  readonly operatingSystemFamily: string | null | undefined;
};

/**
 * Whether everything on `instance`, and everything still on instances that are being emptied, would
 * fit on the rest. `alsoLeaving` names instances whose drain was asked for and is not seen yet.
 * First fit, largest first: a no may be wrong by a little, a yes is a placement that exists. Memory
 * keeps the reserve of the operating system, because Windows has neither overcommit nor an
 * out-of-memory killer. Answers `undefined` where all fits, else a sentence that names the first
 * task that does not.
 */
export const whyNoRoomElsewhere = (
  view: FleetView,
  instance: ObservedInstance,
  osReserveMiB: number,
  alsoLeaving: ReadonlySet<string> = new Set(),
): string | undefined => {
  const leaving = [...view.instances.values()].filter(
    (each) =>
      each.containerInstanceArn === instance.containerInstanceArn ||
      each.status === 'DRAINING' ||
      alsoLeaving.has(each.containerInstanceArn),
  );
  const needs: Need[] = [];
  for (const task of leaving.flatMap((each) => tasksOn(view, each.containerInstanceArn))) {
    const definition = view.taskDefinitions.get(task.taskDefinitionArn);
    if (definition === undefined) return `${task.taskDefinitionArn} has not been described yet`;
    if (task.group.startsWith('service:')) needs.push(needOf(task, definition));
  }
  const rooms = [...view.instances.values()]
    .filter((each) => !leaving.includes(each) && each.status === 'ACTIVE' && each.agentConnected)
    .toSorted((a, b) => (a.containerInstanceArn < b.containerInstanceArn ? -1 : 1))
    .map((each) => roomOf(view, each, osReserveMiB));
  const largestFirst = needs.toSorted(
    (a, b) => b.memoryMiB - a.memoryMiB || b.cpu - a.cpu || (a.taskArn < b.taskArn ? -1 : 1),
  );
  for (const need of largestFirst) {
    const room = rooms.find((each) => fits(need, each));
    if (room === undefined) return noRoom(need, rooms);
    room.cpu -= need.cpu;
    room.memoryMiB -= need.memoryMiB;
    for (const port of need.tcpPorts) room.tcpPorts.add(port);
  }
  return undefined;
};

const needOf = (task: ObservedTask, definition: ObservedTaskDefinition): Need => ({
  taskArn: task.taskArn,
  cpu: definition.containers.reduce((sum, { cpu }) => sum + cpu, 0),
  memoryMiB: definition.containers.reduce((sum, { memoryMiB }) => sum + (memoryMiB ?? 0), 0),
  tcpPorts: definition.containers.flatMap(({ hostPorts }) =>
    hostPorts.filter(({ protocol, port }) => protocol === 'tcp' && port > 0).map((p) => p.port),
  ),
  operatingSystemFamily: definition.operatingSystemFamily,
});

const roomOf = (view: FleetView, instance: ObservedInstance, osReserveMiB: number): Room => {
  const free = freeOn(view, instance, { osReserveMiB });
  return {
    cpu: free.cpu,
    memoryMiB: free.memoryMiB,
    tcpPorts: new Set(free.tcpPorts),
    operatingSystemFamily: instance.attributes['ecs.os-family'],
  };
};

const fits = (need: Need, room: Room): boolean =>
  need.cpu <= room.cpu &&
  need.memoryMiB <= room.memoryMiB &&
  (need.operatingSystemFamily === undefined ||
    need.operatingSystemFamily === room.operatingSystemFamily) &&
  need.tcpPorts.every((port) => !room.tcpPorts.has(port));

const noRoom = (need: Need, rooms: readonly Room[]): string => {
  const alike = rooms.filter((room) => room.operatingSystemFamily === need.operatingSystemFamily);
  const largest = alike.reduce((most, room) => Math.max(most, room.memoryMiB), 0);
  const wants = `${need.taskArn} needs ${need.memoryMiB} MiB and ${need.cpu} CPU units`;
  return `${wants}; of ${alike.length} other instances of its system the freest has ${largest} MiB`;
};
