import { type Kind, kindsOf } from '../domain/placement/packing/kinds.ts';
import type { PackingProblem } from '../domain/placement/packing/packing.ts';
import { capacityOf, fits, type Room, roomOf, take } from '../domain/placement/packing/room.ts';

// The usual ways, task after task onto instances of the one type that is offered. None looks back.

/** Of two instances that both hold the task the one with less is taken; the first where equal. */
type Score = (room: Room, capacity: readonly number[]) => number;

const free = (room: Room, capacity: readonly number[]) =>
  room.free.reduce((sum, each, d) => sum + each / Math.max(1, capacity[d] ?? 1), 0);

/** How many instances each needs. */
export const peersOn = (problem: PackingProblem): Readonly<Record<string, number>> => {
  const [type] = problem.instanceTypes;
  if (type === undefined) throw new Error('one type is offered');
  const capacity = capacityOf(type.capacity);
  const kindOf = new Map(kindsOf(problem).flatMap((k) => k.taskIds.map((id) => [id, k] as const)));
  const arriving = problem.tasks.flatMap(({ id }) => kindOf.get(id) ?? []);
  const share = ({ needs }: Kind) =>
    Math.max(...needs.map((need, d) => need / Math.max(1, capacity[d] ?? 1)));
  const decreasing = arriving.toSorted((a, b) => share(b) - share(a));
  const online = (kinds: readonly Kind[], score: Score): number => {
    const rooms: Room[] = [];
    for (const kind of kinds) {
      let best: Room | undefined;
      let least = Number.POSITIVE_INFINITY;
      for (const room of rooms) {
        if (!fits(room, kind)) continue;
        const points = score(room, capacity);
        if (points >= least) continue;
        least = points;
        best = room;
        if (score === first) break;
      }
      if (best === undefined) {
        best = roomOf(type.capacity);
        rooms.push(best);
      }
      take(best, kind);
    }
    return rooms.length;
  };
  return {
    firstFit: online(arriving, first),
    firstFitDecreasing: online(decreasing, first),
    bestFit: online(arriving, free),
    ecsBinpackMemory: online(arriving, (room) => room.free[1] ?? 0),
  };
};

const first: Score = () => 0;
