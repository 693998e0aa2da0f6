import { type Answer, invalid } from './answers.ts';
import { drawOne } from './chance.ts';
import { type InstanceQuery, instanceQuery } from './instanceQuery.ts';
import { reservedPorts, sum } from './shapes.ts';
import type { ContainerDefinition, Instance, TaskDefinition, World } from './world.ts';

export type Needs = {
  readonly cpu: number;
  readonly memoryMiB: number;
  readonly hostPorts: readonly number[];
  readonly operatingSystemFamily: string | null;
  readonly constraints: readonly InstanceQuery[];
};

export const needsOf = (
  world: World,
  definition: TaskDefinition,
  constraints: readonly { readonly type: string; readonly expression?: string }[],
): Needs => ({
  cpu: sum(definition.containerDefinitions, ({ cpu }) => cpu ?? 0),
  memoryMiB: sum(definition.containerDefinitions, memoryOf),
  hostPorts: definition.containerDefinitions.flatMap(staticPorts),
  operatingSystemFamily: definition.operatingSystemFamily,
  constraints: constraints.flatMap(({ expression }) => {
    const query = expression === undefined ? undefined : instanceQuery(world, expression);
    return query !== undefined && 'ok' in query ? [query.ok] : [];
  }),
});

/** ECS refuses a request with an expression that it cannot read; so does this. */
export const refusedConstraint = (
  world: World,
  constraints: readonly { readonly expression: string }[],
): Answer | undefined => {
  for (const { expression } of constraints) {
    const query = instanceQuery(world, expression);
    if ('ok' in query) continue;
    return invalid(`Invalid placement constraint expression. ${query.refused.message}`);
  }
  return undefined;
};

export const memoryOf = ({ memory, memoryReservation }: ContainerDefinition): number =>
  memory ?? memoryReservation ?? 0;

const staticPorts = ({ portMappings }: ContainerDefinition): number[] =>
  (portMappings ?? []).flatMap(({ hostPort }) => (hostPort ? [hostPort] : []));

/**
 * The first thing that keeps a task off an instance, in the words of RunTask's `failures`;
 * `undefined` when it fits.
 */
export const whyNotPlaced = (instance: Instance, needs: Needs): string | undefined => {
  if (instance.status !== 'ACTIVE') return 'INACTIVE';
  if (!instance.agentConnected) return 'AGENT';
  if (instance.cpu - instance.cpuUsed < needs.cpu) return 'RESOURCE:CPU';
  if (instance.memoryMiB - instance.memoryUsedMiB < needs.memoryMiB) return 'RESOURCE:MEMORY';
  const taken = (port: number) => instance.tcpPorts.includes(port) || reservedPorts.includes(port);
  if (needs.hostPorts.some(taken)) return 'RESOURCE:PORTS';
  const family = needs.operatingSystemFamily;
  if (family !== null && instance.attributes['ecs.os-family'] !== family) return 'ATTRIBUTE';
  if (!needs.constraints.every((holds) => holds(instance))) {
    return 'MemberOf placement constraint unsatisfied.';
  }
  return undefined;
};

/**
 * Where ECS puts a service's task that has no strategy: the zone with the fewest tasks of the
 * service, in it the instance with the fewest; ties by chance (Amazon ECS Developer Guide, "Amazon
 * ECS services").
 */
export const chooseForService = (
  world: World,
  needs: Needs,
  tasksOfService: readonly { readonly zone: string; readonly ec2InstanceId: string }[],
): Instance | undefined => {
  const candidates = registered(world).filter(
    (instance) => whyNotPlaced(instance, needs) === undefined,
  );
  const inZone = fewest(candidates, ({ zone }) =>
    count(tasksOfService, (task) => task.zone === zone),
  );
  const best = fewest(inZone, ({ ec2InstanceId }) =>
    count(tasksOfService, (task) => task.ec2InstanceId === ec2InstanceId),
  );
  return best.length === 0 ? undefined : drawOne(world.chance, best);
};

/** A standalone task has no default strategy: any instance that fits. */
export const chooseAny = (world: World, needs: Needs): Instance | undefined => {
  const candidates = registered(world).filter(
    (instance) => whyNotPlaced(instance, needs) === undefined,
  );
  return candidates.length === 0 ? undefined : drawOne(world.chance, candidates);
};

export const registered = (world: World): Instance[] =>
  Object.values(world.instances).filter(
    ({ status }) => status === 'ACTIVE' || status === 'DRAINING',
  );

const count = <Item>(items: readonly Item[], holds: (item: Item) => boolean): number =>
  sum(items, (item) => (holds(item) ? 1 : 0));

const fewest = <Item>(items: readonly Item[], amount: (item: Item) => number): Item[] => {
  const amounts = items.map(amount);
  const least = Math.min(...amounts);
  return items.filter((_, index) => amounts[index] === least);
};
