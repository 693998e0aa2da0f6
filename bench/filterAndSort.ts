import type { PlacementProblem, PlacementTask } from '../domain/placement/placementProblem.ts';

type Host = {
  readonly id: string;
  readonly zone: string;
  cpu: number;
  memoryMiB: number;
  readonly ports: Set<number>;
};

/**
 * The peer of the index: `filter` those that fit, `sort` by the strategies, take the first. What
 * one writes at first, for the tasks of `placementFleet` without constraints.
 */
export const filterAndSort = ({ instances }: PlacementProblem) => {
  const hosts = instances.map(
    ({ id, attributes, remaining }): Host => ({
      id,
      zone: attributes['ecs.availability-zone'] ?? '',
      cpu: remaining.cpu,
      memoryMiB: remaining.memoryMiB,
      ports: new Set(),
    }),
  );
  const counts = new Map<string, number>();
  const inZone = (group: string, zone: string) => counts.get(`${group} ${zone}`) ?? 0;
  return (task: PlacementTask): string | undefined => {
    const [container] = task.containers;
    const { cpu = 0, memoryMiB = 0, tcpPorts = [] } = container ?? {};
    const needed = memoryMiB ?? 0;
    const [best] = hosts
      .filter(
        (host) =>
          host.cpu >= cpu &&
          host.memoryMiB >= needed &&
          tcpPorts.every((port) => !host.ports.has(port)),
      )
      .sort(
        (a, b) =>
          inZone(task.group, a.zone) - inZone(task.group, b.zone) ||
          a.memoryMiB - b.memoryMiB ||
          (a.id < b.id ? -1 : 1),
      );
    if (best === undefined) return undefined;
    best.cpu -= cpu;
    best.memoryMiB -= needed;
    for (const port of tcpPorts) best.ports.add(port);
    counts.set(`${task.group} ${best.zone}`, inZone(task.group, best.zone) + 1);
    return best.id;
  };
};
