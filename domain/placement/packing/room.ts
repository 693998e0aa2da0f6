import type { RemainingResources } from '../placementProblem.ts';
import { dimensions, type Kind, portNumbers } from './kinds.ts';
import type { PackingTask } from './packing.ts';

/** What is free on one instance while a plan is made; `take` lessens it. */
export type Room = {
  readonly free: number[];
  readonly ports: Set<number>;
  /** Whether the tasks there of a group include a distinct one. */
  readonly groups: Map<string, boolean>;
};

export const capacityOf = (resources: RemainingResources): readonly number[] =>
  dimensions.map((each) => resources[each] ?? 0);

export const roomOf = (
  resources: RemainingResources,
  tasks: readonly Pick<PackingTask, 'group' | 'isDistinct'>[] = [],
): Room => {
  const groups = new Map<string, boolean>();
  for (const { group, isDistinct } of tasks) {
    groups.set(group, isDistinct || groups.get(group) === true);
  }
  return { free: [...capacityOf(resources)], ports: new Set(portNumbers(resources)), groups };
};

export const hasSpace = ({ free }: Room, { needs }: Kind): boolean => {
  for (let d = 0; d < needs.length; d += 1) {
    if ((needs[d] ?? 0) > (free[d] ?? 0)) return false;
  }
  return true;
};

export const hasPorts = (room: Room, kind: Kind): boolean =>
  kind.ports.length === 0 || kind.ports.every((port) => !room.ports.has(port));

export const hasCompany = ({ groups }: Room, { group, isDistinct }: Kind): boolean => {
  if (group === null || !groups.has(group)) return true;
  return !isDistinct && groups.get(group) === false;
};

export const fits = (room: Room, kind: Kind): boolean =>
  hasSpace(room, kind) && hasPorts(room, kind) && hasCompany(room, kind);

export const take = (room: Room, kind: Kind): void => {
  kind.needs.forEach((need, d) => {
    room.free[d] = (room.free[d] ?? 0) - need;
  });
  for (const port of kind.ports) room.ports.add(port);
  if (kind.group !== null) {
    room.groups.set(kind.group, kind.isDistinct || room.groups.get(kind.group) === true);
  }
};
