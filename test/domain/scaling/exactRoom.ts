import type { CapacityQuestion } from '../../../domain/scaling/capacityQuestion.ts';
import type { ObservedTask } from '../../../events/fleet.ts';

// Whether tasks fit at all, in whatever order and wherever: by trying everything. It knows the
// three kinds of tasks of anyQuestion.ts and nothing of the placement engine.

export type Kinds = { readonly small: number; readonly large: number; readonly port: number };
const needs = {
  small: { cpu: 1_024, memoryMiB: 2_048 },
  large: { cpu: 2_048, memoryMiB: 15_500 },
  port: { cpu: 512, memoryMiB: 1_024 },
};
const kinds = ['large', 'port', 'small'] as const;

type Room = { cpu: number; memoryMiB: number; hasPort: boolean };

const tasksOn = ({ fleet }: CapacityQuestion, arn: string): readonly ObservedTask[] =>
  [...fleet.view.tasks.values()].filter((task) => task.containerInstanceArn === arn);

const roomsWithout = (question: CapacityQuestion, leaving: ReadonlySet<string>): Room[] => {
  const { fleet, osReserveMiB } = question;
  return [...fleet.view.instances.values()]
    .filter(({ status, agentConnected }) => status === 'ACTIVE' && agentConnected)
    .filter(({ containerInstanceArn }) => !leaving.has(containerInstanceArn))
    .map(({ containerInstanceArn, registered }) => {
      const tasks = tasksOn(question, containerInstanceArn);
      const room = {
        cpu: registered.cpu,
        memoryMiB: registered.memoryMiB - osReserveMiB,
        hasPort: !tasks.some(({ group }) => group === 'service:port'),
      };
      for (const { taskDefinitionArn } of tasks) {
        for (const each of fleet.view.taskDefinitions.get(taskDefinitionArn)?.containers ?? []) {
          room.cpu -= each.cpu;
          room.memoryMiB -= each.memoryMiB ?? 0;
        }
      }
      return room;
    });
};

/** What moves off these instances: not daemons, and not what no service replaces. */
export const kindsOn = (question: CapacityQuestion, arns: Iterable<string>): Kinds => {
  const groups = [...arns].flatMap((arn) => tasksOn(question, arn).map(({ group }) => group));
  const count = (kind: string) => groups.filter((group) => group === `service:${kind}`).length;
  return { small: count('small'), large: count('large'), port: count('port') };
};

export const drainingNow = ({ fleet }: CapacityQuestion): readonly string[] =>
  [...fleet.view.instances.values()]
    .filter(({ status }) => status === 'DRAINING')
    .map(({ containerInstanceArn }) => containerInstanceArn);

/** Whether everything on `leaving`, on what is draining, and `more` fits the rest. */
export const fitsExactly = (
  question: CapacityQuestion,
  leaving: Iterable<string>,
  more: Kinds = { small: 0, large: 0, port: 0 },
): boolean => {
  const gone = new Set([...leaving, ...drainingNow(question)]);
  const moved = kindsOn(question, gone);
  const wanted = kinds.flatMap((kind) =>
    Array.from({ length: moved[kind] + more[kind] }, () => kind),
  );
  return place(roomsWithout(question, gone), wanted, 0, 0);
};

/** The same kind is placed from left to right only: their order means nothing. */
const place = (
  rooms: Room[],
  wanted: readonly (typeof kinds)[number][],
  at: number,
  from: number,
): boolean => {
  const kind = wanted[at];
  if (kind === undefined) return true;
  const { cpu, memoryMiB } = needs[kind];
  if (kind === 'small') {
    const left = rooms.reduce(
      // One may be fuller than Windows would have it: it takes nothing, and gives nothing back.
      (sum, room) =>
        sum + Math.max(0, Math.floor(Math.min(room.cpu / cpu, room.memoryMiB / memoryMiB))),
      0,
    );
    return left >= wanted.length - at;
  }
  for (let index = from; index < rooms.length; index += 1) {
    const room = rooms[index];
    if (room === undefined || room.cpu < cpu || room.memoryMiB < memoryMiB) continue;
    if (kind === 'port' && !room.hasPort) continue;
    const before = { ...room };
    room.cpu -= cpu;
    room.memoryMiB -= memoryMiB;
    if (kind === 'port') room.hasPort = false;
    const isDone = place(rooms, wanted, at + 1, wanted[at + 1] === kind ? index : 0);
    Object.assign(room, before);
    if (isDone) return true;
  }
  return false;
};
