import type {
  ObservedInstance,
  ObservedService,
  ObservedTask,
  ObservedTaskDefinition,
} from '../../events/fleet.ts';
import { valuesOf } from './buckets.ts';
import type { Ec2Notices, Ec2NoticesState } from './ec2Notices.ts';
import { type FleetShardState, isStopped } from './fleetShard.ts';

export type { Ec2Notices, Ec2NoticesState } from './ec2Notices.ts';

/**
 * What runs where in one cluster, as far as it was told. What is missing here is unknown, not gone.
 */
export type FleetView = {
  readonly clusterName: string;
  /** By containerInstanceArn; deregistered ones are absent. */
  readonly instances: ReadonlyMap<string, ObservedInstance>;
  /** By taskArn, those stopped within the last hour included. */
  readonly tasks: ReadonlyMap<string, ObservedTask>;
  /** By serviceArn; deleted (INACTIVE) ones are absent. */
  readonly services: ReadonlyMap<string, ObservedService>;
  readonly taskDefinitions: ReadonlyMap<string, ObservedTaskDefinition>;
  /** By ec2InstanceId. */
  readonly notices: ReadonlyMap<string, Ec2Notices>;
};

/** Joins the shards of a cluster. Where two shards know one resource the higher version wins. */
export const fleetView = (
  clusterName: string,
  shards: readonly FleetShardState[],
  ec2: readonly Ec2NoticesState[],
): FleetView => {
  const instances = shards.flatMap((s) => valuesOf(s.instances).map(({ instance }) => instance));
  const services = shards
    .flatMap((s) => valuesOf(s.services))
    .filter(({ status }) => status !== 'INACTIVE');
  const taskDefinitions = shards.flatMap((s) => valuesOf(s.taskDefinitions));
  return {
    clusterName,
    instances: highest(instances, (i) => [i.containerInstanceArn, i.version]),
    tasks: highest(
      shards.flatMap((s) => valuesOf(s.tasks)),
      (task) => [task.taskArn, task.version],
    ),
    services: highest(services, (service) => [service.serviceArn, service.describedAt]),
    taskDefinitions: highest(taskDefinitions, (definition) => [definition.taskDefinitionArn, 0]),
    notices: new Map(ec2.flatMap(({ byInstance }) => Object.entries(byInstance))),
  };
};

/**
 * One of each key, the highest; in the order of keys, so that the order of arrival shows nowhere.
 */
const highest = <Value>(
  values: readonly Value[],
  rank: (value: Value) => readonly [key: string, order: number],
): ReadonlyMap<string, Value> => {
  const best = new Map<string, { readonly value: Value; readonly order: number }>();
  for (const value of values) {
    const [key, order] = rank(value);
    const known = best.get(key);
    if (known === undefined || order > known.order) best.set(key, { value, order });
  }
  const byKey = [...best].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return new Map(byKey.map(([key, { value }]) => [key, value]));
};

type Index = {
  readonly byInstance: ReadonlyMap<string, readonly ObservedTask[]>;
  readonly byGroup: ReadonlyMap<string, readonly ObservedTask[]>;
  readonly serviceByName: ReadonlyMap<string, ObservedService>;
};

// A view never changes, so its index is computed once: planners ask for every instance in turn.
const indexes = new WeakMap<FleetView, Index>();

const indexOf = (view: FleetView): Index => {
  const known = indexes.get(view);
  if (known !== undefined) return known;
  const live = [...view.tasks.values()]
    .filter((task) => !isStopped(task))
    .toSorted((a, b) => (a.taskArn < b.taskArn ? -1 : 1));
  const index: Index = {
    byInstance: Map.groupBy(live, ({ containerInstanceArn }) => containerInstanceArn ?? ''),
    byGroup: Map.groupBy(live, ({ group }) => group),
    serviceByName: new Map([...view.services.values()].map((s) => [s.serviceName, s])),
  };
  indexes.set(view, index);
  return index;
};

/**
 * Tasks that still hold room on an instance, on their way out included; in the order of their ARNs.
 */
export const tasksOn = (view: FleetView, containerInstanceArn: string): readonly ObservedTask[] =>
  indexOf(view).byInstance.get(containerInstanceArn) ?? [];

/** Tasks of a service that have not stopped, in the order of their ARNs. */
export const tasksOfService = (view: FleetView, serviceName: string): readonly ObservedTask[] =>
  indexOf(view).byGroup.get(`service:${serviceName}`) ?? [];

/** `undefined` for a standalone task, and where the service was not described yet. */
export const serviceOfTask = (
  view: FleetView,
  { group }: Pick<ObservedTask, 'group'>,
): ObservedService | undefined =>
  group.startsWith('service:')
    ? indexOf(view).serviceByName.get(group.slice('service:'.length))
    : undefined;
