import type { Kind } from './kinds.ts';
import type { LowerBound } from './packing.ts';
import { fits, type Room } from './room.ts';

/**
 * Tasks of which no two share an instance need one each: distinct tasks of one group, and tasks
 * that want one port. An existing instance takes one of them off the bound if it could take any.
 */
export const cliqueBounds = (
  kinds: readonly Kind[],
  rooms: readonly Room[],
): readonly LowerBound[] => {
  const byGroup = new Map<string, Kind[]>();
  const byPort = new Map<number, Kind[]>();
  for (const kind of kinds) {
    if (kind.isDistinct && kind.group !== null) add(byGroup, kind.group, kind);
    for (const port of kind.ports) add(byPort, port, kind);
  }
  const needed = (clique: readonly Kind[]) => {
    const tasks = clique.reduce((sum, { taskIds }) => sum + taskIds.length, 0);
    const taking = rooms.filter((room) => clique.some((kind) => fits(room, kind))).length;
    return Math.max(0, tasks - taking);
  };
  return [
    ...[...byGroup].map(
      ([of, clique]): LowerBound => ({ instances: needed(clique), by: 'DistinctGroup', of }),
    ),
    ...[...byPort].map(
      ([port, clique]): LowerBound => ({ instances: needed(clique), by: 'Port', of: nameOf(port) }),
    ),
  ];
};

const nameOf = (port: number) => (port < 65_536 ? `tcp/${port}` : `udp/${port - 65_536}`);

const add = <Key>(to: Map<Key, Kind[]>, key: Key, kind: Kind): void => {
  const others = to.get(key);
  if (others === undefined) to.set(key, [kind]);
  else others.push(kind);
};
