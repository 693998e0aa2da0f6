import type { PackingTask } from '../placement/packing/packing.ts';
import type { RemainingResources } from '../placement/placementProblem.ts';

const amounts = ['cpu', 'memoryMiB', 'gpus', 'networkInterfaces'] as const;

/**
 * The least of each parameter over all types: ECS sorts them by each parameter on its own (ECS
 * Developer Guide, "managed-scaling-behavior"), so this need be no type that exists. A port that
 * any type keeps is taken.
 */
export const smallestOf = (capacities: readonly RemainingResources[]): RemainingResources =>
  combined(capacities, Math.min, true);

/** The most of each parameter; a port is free that any type leaves free. */
export const largestOf = (capacities: readonly RemainingResources[]): RemainingResources =>
  combined(capacities, Math.max, false);

const combined = (
  capacities: readonly RemainingResources[],
  choose: (...values: number[]) => number,
  takesAny: boolean,
): RemainingResources => {
  const of = (name: (typeof amounts)[number]) =>
    capacities.length === 0 ? 0 : choose(...capacities.map((each) => each[name] ?? 0));
  const ports = (name: 'tcpPorts' | 'udpPorts') => {
    const all = [...new Set(capacities.flatMap((each) => each[name]))];
    if (takesAny) return all;
    return all.filter((port) => capacities.every((each) => each[name].includes(port)));
  };
  return {
    cpu: of('cpu'),
    memoryMiB: of('memoryMiB'),
    gpus: of('gpus'),
    networkInterfaces: of('networkInterfaces'),
    tcpPorts: ports('tcpPorts'),
    udpPorts: ports('udpPorts'),
  };
};

/** Tasks with the same key are alike to ECS when it counts instances for them. */
export const requirementKey = ({ needs, group, isDistinct }: PackingTask): string => {
  const ports = [needs.tcpPorts.toSorted(ascending), needs.udpPorts.toSorted(ascending)];
  return JSON.stringify([amounts.map((each) => needs[each]), ports, isDistinct ? group : null]);
};

const ascending = (a: number, b: number) => a - b;

/**
 * How many instances of `capacity` hold these tasks, all alike, as many on each as go;
 * `undefined` where not one goes.
 */
export const instancesFor = (
  alike: readonly PackingTask[],
  capacity: RemainingResources,
): number | undefined => {
  const [first] = alike;
  if (first === undefined) return 0;
  const { needs, isDistinct } = first;
  const isTaken =
    needs.tcpPorts.some((port) => capacity.tcpPorts.includes(port)) ||
    needs.udpPorts.some((port) => capacity.udpPorts.includes(port));
  const perAmount = amounts.map((each) =>
    needs[each] === 0 ? Number.POSITIVE_INFINITY : Math.floor((capacity[each] ?? 0) / needs[each]),
  );
  const isAlone = isDistinct || needs.tcpPorts.length + needs.udpPorts.length > 0;
  const perInstance = Math.min(...perAmount, isAlone ? 1 : Number.POSITIVE_INFINITY);
  if (isTaken || perInstance < 1) return undefined;
  return perInstance === Number.POSITIVE_INFINITY ? 1 : Math.ceil(alike.length / perInstance);
};
