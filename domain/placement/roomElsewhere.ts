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
  readonly containerInstanceArn: string;
  readonly cpu: number;
  readonly memoryMiB: number;
  readonly tcpPorts: readonly number[];
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
  const isLeaving = ({ containerInstanceArn, status }: ObservedInstance) =>
    containerInstanceArn === instance.containerInstanceArn ||
    status === 'DRAINING' ||
    alsoLeaving.has(containerInstanceArn);
  const needs: Need[] = [];
  const leaving = new Set<string>();
  for (const each of view.instances.values()) {
    if (!isLeaving(each)) continue;
    leaving.add(each.containerInstanceArn);
    const found = needsOn(view, each.containerInstanceArn);
    if (typeof found === 'string') return found;
    needs.push(...found);
  }
  const taken = new Map<string, Room>();
  const rooms = roomsOf(view, osReserveMiB);
  for (const need of needs.toSorted(largestFirst)) {
    let found: Room | undefined;
    for (const each of rooms) {
      if (leaving.has(each.containerInstanceArn)) continue;
      const room = taken.get(each.containerInstanceArn) ?? each;
      if (!fits(need, room)) continue;
      found = room;
      break;
    }
    if (found === undefined) {
      const rest = rooms.filter((each) => !leaving.has(each.containerInstanceArn));
      return noRoom(
        need,
        rest.map((each) => taken.get(each.containerInstanceArn) ?? each),
      );
    }
    taken.set(found.containerInstanceArn, without(found, need));
  }
  return undefined;
};

const largestFirst = (a: Need, b: Need) =>
  b.memoryMiB - a.memoryMiB || b.cpu - a.cpu || (a.taskArn < b.taskArn ? -1 : 1);

const without = (room: Room, need: Need): Room => ({
  ...room,
  cpu: room.cpu - need.cpu,
  memoryMiB: room.memoryMiB - need.memoryMiB,
  tcpPorts: [...room.tcpPorts, ...need.tcpPorts],
});

/** What the tasks of services on an instance need, or which of them nobody has described. */
const needsOn = (view: FleetView, containerInstanceArn: string): readonly Need[] | string => {
  const needs: Need[] = [];
  for (const task of tasksOn(view, containerInstanceArn)) {
    const definition = view.taskDefinitions.get(task.taskDefinitionArn);
    if (definition === undefined) return `${task.taskDefinitionArn} has not been described yet`;
    if (task.group.startsWith('service:')) needs.push(needOf(task, definition));
  }
  return needs;
};

// A planner asks about one view for every instance in turn: what is free is found once.
const known = new WeakMap<FleetView, { readonly osReserveMiB: number; readonly rooms: Room[] }>();

/** Instances that may take a task, in the order of their ARNs. */
const roomsOf = (view: FleetView, osReserveMiB: number): readonly Room[] => {
  const found = known.get(view);
  if (found?.osReserveMiB === osReserveMiB) return found.rooms;
  const rooms = [...view.instances.values()]
    .filter(({ status, agentConnected }) => status === 'ACTIVE' && agentConnected)
    .toSorted((a, b) => (a.containerInstanceArn < b.containerInstanceArn ? -1 : 1))
    .map((each) => roomOf(view, each, osReserveMiB));
  known.set(view, { osReserveMiB, rooms });
  return rooms;
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
  const { cpu, memoryMiB, tcpPorts } = freeOn(view, instance, { osReserveMiB });
  const operatingSystemFamily = instance.attributes['ecs.os-family'];
  const { containerInstanceArn } = instance;
  return { containerInstanceArn, cpu, memoryMiB, tcpPorts, operatingSystemFamily };
};

const fits = (need: Need, room: Room): boolean =>
  need.cpu <= room.cpu &&
  need.memoryMiB <= room.memoryMiB &&
  (need.operatingSystemFamily === undefined ||
    need.operatingSystemFamily === room.operatingSystemFamily) &&
  need.tcpPorts.every((port) => !room.tcpPorts.includes(port));

const noRoom = (need: Need, rooms: readonly Room[]): string => {
  const alike = rooms.filter((room) => room.operatingSystemFamily === need.operatingSystemFamily);
  const largest = alike.reduce((most, room) => Math.max(most, room.memoryMiB), 0);
  const wants = `${need.taskArn} needs ${need.memoryMiB} MiB and ${need.cpu} CPU units`;
  return `${wants}; of ${alike.length} other instances of its system the freest has ${largest} MiB`;
};
