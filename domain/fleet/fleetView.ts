import type {
  ObservedInstance,
  ObservedService,
  ObservedTask,
  ObservedTaskDefinition,
} from '../../events/fleet.ts';
import type { Instant } from '../../events/ids.ts';
import { once } from '../once.ts';
import { type Buckets, entriesOf, valuesOf } from './buckets.ts';
import type { Ec2Notices, Ec2NoticesState } from './ec2Notices.ts';
import { type FleetShardState, isStopped } from './fleetShard.ts';
import type { InstanceRecord, Protection, TargetGroup } from './fleetShardState.ts';

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
  /** By target group ARN, seconds that a target goes on serving; absent: not read. */
  readonly deregistrationDelays: ReadonlyMap<string, number>;
  /** By task ARN, until when it is protected; `null`: ECS did not say. */
  readonly protectedUntil: ReadonlyMap<string, Instant | null>;
  /** By ec2InstanceId. */
  readonly notices: ReadonlyMap<string, Ec2Notices>;
};

/** Joins the shards of a cluster. Where two shards know one resource the higher version wins. */
export const fleetView = (
  clusterName: string,
  shards: readonly FleetShardState[],
  ec2: readonly Ec2NoticesState[],
): FleetView => {
  return {
    clusterName,
    instances: instancesOf(shards.map(({ instances }) => instances)),
    tasks: tasksOf(shards.map(({ tasks }) => tasks)),
    services: servicesOf(shards.map(({ services }) => services)),
    taskDefinitions: taskDefinitionsOf(shards.map(({ taskDefinitions }) => taskDefinitions)),
    deregistrationDelays: delaysOf(shards.map(({ targetGroups }) => targetGroups)),
    protectedUntil: protectionsOf(shards.map(({ protections }) => protections)),
    notices: noticesOf(ec2.map(({ byInstance }) => byInstance)),
  };
};

/**
 * Joins buckets of several shards. The last join is remembered: most commits change the tasks alone
 * and leave the other buckets as they are.
 */
const joining = <Stored, Joined>(join: (stored: readonly Stored[]) => Joined) =>
  rememberingLast((from: readonly Buckets<Stored>[]) => join(from.flatMap(valuesOf)));

const rememberingLast = <Stored, Joined>(join: (from: readonly Buckets<Stored>[]) => Joined) => {
  let last: { readonly from: readonly Buckets<Stored>[]; readonly joined: Joined } | undefined;
  return (from: readonly Buckets<Stored>[]): Joined => {
    const isLast =
      last?.from.length === from.length && from.every((each, index) => each === last?.from[index]);
    if (last !== undefined && isLast) return last.joined;
    last = { from, joined: join(from) };
    return last.joined;
  };
};

const instancesOf = joining((records: readonly InstanceRecord[]) =>
  highest(
    records.map(({ instance }) => instance),
    (each) => [each.containerInstanceArn, each.version],
  ),
);

const noticesOf = rememberingLast(
  (notices: readonly Buckets<Ec2Notices>[]) => new Map(notices.flatMap(entriesOf)),
);

const tasksOf = joining((tasks: readonly ObservedTask[]) =>
  highest(tasks, (task) => [task.taskArn, task.version]),
);

const servicesOf = joining((services: readonly ObservedService[]) =>
  highest(
    services.filter(({ status }) => status !== 'INACTIVE'),
    (service) => [service.serviceArn, service.describedAt],
  ),
);

const taskDefinitionsOf = joining((definitions: readonly ObservedTaskDefinition[]) =>
  highest(definitions, (definition) => [definition.taskDefinitionArn, 0]),
);

const delaysOf = joining(
  (groups: readonly TargetGroup[]) =>
    new Map(groups.map((group) => [group.targetGroupArn, group.deregistrationDelaySeconds])),
);

const protectionsOf = joining(
  (protections: readonly Protection[]) =>
    new Map(protections.map(({ taskArn, expiresAt = null }) => [taskArn as string, expiresAt])),
);

/**
 * One of each key, the highest; in the order of keys, so that the order of arrival shows nowhere.
 */
const highest = <Value>(
  values: readonly Value[],
  rank: (value: Value) => readonly [key: string, order: number],
): ReadonlyMap<string, Value> => {
  const best = new Map<string, Value>();
  for (const value of values) {
    const [key, order] = rank(value);
    const known = best.get(key);
    if (known === undefined || order > rank(known)[1]) best.set(key, value);
  }
  const inOrder = new Map<string, Value>();
  for (const key of [...best.keys()].sort()) inOrder.set(key, best.get(key) as Value);
  return inOrder;
};

type TaskIndex = {
  readonly byInstance: ReadonlyMap<string, readonly ObservedTask[]>;
  readonly byGroup: ReadonlyMap<string, readonly ObservedTask[]>;
};

const byArn = (a: ObservedTask, b: ObservedTask): number => (a.taskArn < b.taskArn ? -1 : 1);

const taskIndexOf = once((tasks: FleetView['tasks']): TaskIndex => {
  const live = [...tasks.values()].filter((task) => !isStopped(task)).toSorted(byArn);
  return {
    byInstance: Map.groupBy(live, ({ containerInstanceArn }) => containerInstanceArn ?? ''),
    byGroup: Map.groupBy(live, ({ group }) => group),
  };
});

const serviceByName = once(
  (services: FleetView['services']): ReadonlyMap<string, ObservedService> =>
    new Map([...services.values()].map((service) => [service.serviceName, service])),
);

/**
 * Tasks that still hold room on an instance, on their way out included; in the order of their ARNs.
 */
export const tasksOn = (view: FleetView, containerInstanceArn: string): readonly ObservedTask[] =>
  taskIndexOf(view.tasks).byInstance.get(containerInstanceArn) ?? [];

/** Tasks of a service that have not stopped, in the order of their ARNs. */
export const tasksOfService = (view: FleetView, serviceName: string): readonly ObservedTask[] =>
  taskIndexOf(view.tasks).byGroup.get(`service:${serviceName}`) ?? [];

const byStarter = once(
  (tasks: FleetView['tasks']): ReadonlyMap<string | undefined, ObservedTask> =>
    // The first of them stays.
    new Map([...tasks.values()].reverse().map((task) => [task.startedBy, task])),
);

/** The task that was started under this name, stopped ones included. */
export const taskStartedBy = (view: FleetView, startedBy: string): ObservedTask | undefined =>
  byStarter(view.tasks).get(startedBy);

/** `undefined` for a standalone task, and where the service was not described yet. */
export const serviceOfTask = (
  view: FleetView,
  { group }: Pick<ObservedTask, 'group'>,
): ObservedService | undefined =>
  group.startsWith('service:')
    ? serviceByName(view.services).get(group.slice('service:'.length))
    : undefined;
