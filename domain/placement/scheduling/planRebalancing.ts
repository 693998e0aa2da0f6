import { createPlacementIndex, decidePlacement } from '../indexed/placementIndex.ts';
import type {
  PlacementInstance,
  PlacementRules,
  PlacementStrategy,
  PlacementTask,
} from '../placementProblem.ts';
import { dependenciesOf } from '../query/dependencies.ts';
import { chooseTaskToStop, type StoppableTask } from './chooseTaskToStop.ts';

const zoneAttribute = 'ecs.availability-zone';

export type RebalancedService = {
  readonly isEnabled: boolean;
  readonly schedulingStrategy: string;
  readonly deploymentController: string;
  readonly maximumPercent: number;
  readonly usesClassicLoadBalancer: boolean;
  readonly isDeploying: boolean;
  /** Has said that it reached a steady state, and nothing has moved since. */
  readonly isSteady: boolean;
  readonly desiredCount: number;
};

export type NotRebalanced =
  | 'NotEnabled'
  | 'NotReplica'
  | 'ExternalDeployment'
  | 'MaximumPercent100'
  | 'ClassicLoadBalancer'
  | 'FirstStrategyNotZoneSpread'
  | 'ZoneConstraint'
  | 'DeploymentInProgress'
  | 'NotSteady'
  | 'OneZone'
  | 'Balanced'
  | 'NoRoomInZone'
  | 'AllProtected';

export type Rebalancing =
  | {
      readonly fromZone: string;
      readonly toZone: string;
      /** Where the new task starts; only when it runs healthily does the old one stop. */
      readonly startOn: string;
      readonly taskToStop: string;
    }
  | { readonly whyNot: NotRebalanced; readonly detail: string };

const no = (whyNot: NotRebalanced, detail: string): Rebalancing => ({ whyNot, detail });

/**
 * The next move of availability-zone rebalancing (Amazon ECS Developer Guide, "Balancing an Amazon
 * ECS service across Availability Zones"): one task more in the zone that has fewest, then one less
 * in the zone that has most, until no two zones differ by more than one. Zones are those of
 * instances that are ACTIVE: on EC2 it launches none. `task` carries the constraints and strategies
 * of the service.
 */
export const planRebalancing = (
  service: RebalancedService,
  task: PlacementTask,
  tasks: readonly StoppableTask[],
  instances: readonly PlacementInstance[],
  rules: PlacementRules,
): Rebalancing => {
  const ineligible = whyIneligible(service, task) ?? whyNotNow(service);
  if (ineligible !== undefined) return ineligible;
  const counts = countByZone(tasks, instances);
  const sorted = [...counts].toSorted(([a, x], [b, y]) => x - y || (a < b ? -1 : 1));
  const [least] = sorted;
  const most = sorted.at(-1);
  if (least === undefined || most === undefined || sorted.length < 2) {
    return no('OneZone', 'all its instances are in one availability zone');
  }
  if (most[1] - least[1] <= 1) {
    return no('Balanced', sorted.map(([zone, count]) => `${zone} ${count}`).join(', '));
  }
  const inZone = instances.filter((each) => zoneOf(each) === least[0]);
  const decision = decidePlacement(createPlacementIndex(inZone, rules), task);
  if (decision.outcome === 'refused') {
    return no('NoRoomInZone', `no instance in ${least[0]} takes one more task`);
  }
  const isThere = new Set(instances.filter((each) => zoneOf(each) === most[0]).map(({ id }) => id));
  const leaving = tasks.filter(({ instanceId }) => isThere.has(instanceId));
  const stop = chooseTaskToStop(leaving, instances, task.strategies, task.chance);
  if ('whyNot' in stop) return no('AllProtected', `every task in ${most[0]} is protected`);
  return {
    fromZone: most[0],
    toZone: least[0],
    startOn: decision.instanceId,
    taskToStop: stop.taskId,
  };
};

/** What has to change at the service before it is ever rebalanced. */
const whyIneligible = (
  service: RebalancedService,
  { strategies, constraints }: PlacementTask,
): Rebalancing | undefined => {
  if (!service.isEnabled) return no('NotEnabled', 'availabilityZoneRebalancing is DISABLED');
  if (service.schedulingStrategy !== 'REPLICA') {
    return no('NotReplica', `its scheduling strategy is ${service.schedulingStrategy}`);
  }
  if (service.deploymentController !== 'ECS') {
    return no('ExternalDeployment', `it is deployed by ${service.deploymentController}`);
  }
  if (service.maximumPercent <= 100) {
    return no('MaximumPercent100', 'a task more than desired is never allowed');
  }
  if (service.usesClassicLoadBalancer) {
    return no('ClassicLoadBalancer', 'it is behind a Classic Load Balancer');
  }
  if (!isZoneSpread(strategies[0])) {
    return no('FirstStrategyNotZoneSpread', 'its first strategy does not spread over zones');
  }
  const isPinned = constraints.some(
    (each) =>
      each.type === 'memberOf' && dependenciesOf(each.query).attributes.includes(zoneAttribute),
  );
  return isPinned ? no('ZoneConstraint', 'a constraint of its names the zone') : undefined;
};

const whyNotNow = ({ isDeploying, isSteady }: RebalancedService): Rebalancing | undefined => {
  if (isDeploying) return no('DeploymentInProgress', 'a deployment is under way');
  return isSteady ? undefined : no('NotSteady', 'it has not reached a steady state');
};

/** No strategy at all is a spread over the zones too. */
const isZoneSpread = (first: PlacementStrategy | undefined): boolean =>
  first === undefined || (first.type === 'spread' && first.field === `attribute:${zoneAttribute}`);

const zoneOf = ({ attributes }: PlacementInstance): string | null =>
  (Object.hasOwn(attributes, zoneAttribute) ? attributes[zoneAttribute] : null) ?? null;

/** Zones with an ACTIVE instance, those without a task of the service among them. */
const countByZone = (
  tasks: readonly StoppableTask[],
  instances: readonly PlacementInstance[],
): ReadonlyMap<string, number> => {
  const zones = new Map<string, number>();
  const zoneByInstance = new Map<string, string>();
  for (const instance of instances) {
    const zone = zoneOf(instance);
    if (zone === null) continue;
    zoneByInstance.set(instance.id, zone);
    if (instance.status === 'ACTIVE') zones.set(zone, zones.get(zone) ?? 0);
  }
  for (const { instanceId } of tasks) {
    const zone = zoneByInstance.get(instanceId);
    if (zone !== undefined && zones.has(zone)) zones.set(zone, (zones.get(zone) ?? 0) + 1);
  }
  return zones;
};
