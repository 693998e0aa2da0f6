import { type Kind, kindsOf } from './kinds.ts';
import { byId, type PackingInstance, type PackingTask } from './packing.ts';
import { capacityOf, fits, type Room, roomOf, take } from './room.ts';

/**
 * `emptied` is an order to go by: after any number of its steps the moves made so far fit, with
 * nothing that comes later needed for it.
 */
export type Consolidation = {
  readonly emptied: readonly { readonly instanceId: string; readonly moves: readonly Move[] }[];
};
export type Move = { readonly taskId: string; readonly toInstanceId: string };

export type ConsolidationRequest = {
  readonly instances: readonly PackingInstance[];
  /** Instances that may receive tasks but are not emptied: protected, or too new to judge. */
  readonly keep: ReadonlySet<string>;
};

/**
 * Which instances could be emptied, everything on them fitting into the rest. Tried one after the
 * other, those first that move the least: fewest tasks, then least memory, then id. Each task of
 * one, largest first, goes to the instance on which it leaves the least free; an instance that got
 * a task stays, so that no task moves twice. An instance without tasks is emptied by no moves.
 *
 * A yes is a set of moves that exists. A no may be wrong: another order or other targets could
 * empty more.
 */
export const consolidate = ({ instances, keep }: ConsolidationRequest): Consolidation => {
  const sorted = instances.toSorted(byId);
  const hosts = sorted.map(({ id, remaining, tasks }) => ({ id, room: roomOf(remaining, tasks) }));
  const kindOf = kindsByTask(sorted);
  const scale = [0, 1, 2, 3].map((d) =>
    Math.max(1, ...sorted.map(({ remaining }) => capacityOf(remaining)[d] ?? 0)),
  );
  const closed = new Set<string>();
  const receivers = new Set<string>();
  const emptied: { instanceId: string; moves: Move[] }[] = [];
  for (const { id, tasks } of sorted.toSorted(leastMoving)) {
    if (keep.has(id) || receivers.has(id)) continue;
    const open = hosts.filter((host) => host.id !== id && !closed.has(host.id));
    const moves = movesOff(tasks, kindOf, open, scale);
    if (moves === undefined) continue;
    closed.add(id);
    for (const { toInstanceId } of moves) receivers.add(toInstanceId);
    emptied.push({ instanceId: id, moves });
  }
  return { emptied };
};

type Host = { readonly id: string; room: Room };

const memoryOf = ({ tasks }: PackingInstance) =>
  tasks.reduce((sum, { needs }) => sum + needs.memoryMiB, 0);

const leastMoving = (a: PackingInstance, b: PackingInstance) =>
  a.tasks.length - b.tasks.length || memoryOf(a) - memoryOf(b) || byId(a, b);

const kindsByTask = (instances: readonly PackingInstance[]): ReadonlyMap<string, Kind> => {
  const tasks = instances.flatMap((each) => each.tasks);
  const kinds = kindsOf({ tasks, instances: [], instanceTypes: [] });
  return new Map(kinds.flatMap((kind) => kind.taskIds.map((id) => [id, kind] as const)));
};

/** All tasks or none: `undefined` leaves the hosts as they were. */
const movesOff = (
  tasks: readonly PackingTask[],
  kindOf: ReadonlyMap<string, Kind>,
  open: readonly Host[],
  scale: readonly number[],
): Move[] | undefined => {
  const before = new Map<Host, Room>();
  const moves: Move[] = [];
  for (const { id } of tasks.toSorted(largestFirst)) {
    const kind = kindOf.get(id);
    const target = kind && tightest(open, kind, scale);
    if (kind === undefined || target === undefined) {
      for (const [host, room] of before) host.room = room;
      return undefined;
    }
    if (!before.has(target)) before.set(target, copyOf(target.room));
    take(target.room, kind);
    moves.push({ taskId: id, toInstanceId: target.id });
  }
  return moves;
};

const largestFirst = (a: PackingTask, b: PackingTask) =>
  b.needs.memoryMiB - a.needs.memoryMiB || b.needs.cpu - a.needs.cpu || byId(a, b);

const tightest = (open: readonly Host[], kind: Kind, scale: readonly number[]) => {
  let best: Host | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const host of open) {
    if (!fits(host.room, kind)) continue;
    const free = host.room.free.reduce((sum, each, d) => {
      const part = (each - (kind.needs[d] ?? 0)) / (scale[d] ?? 1);
      return sum + part * part;
    }, 0);
    if (free >= least) continue;
    least = free;
    best = host;
  }
  return best;
};

const copyOf = ({ free, ports, groups }: Room): Room => ({
  free: [...free],
  ports: new Set(ports),
  groups: new Map(groups),
});
