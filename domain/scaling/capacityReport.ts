import type { ObservedTask } from '../../events/fleet.ts';
import type { Instant } from '../../events/ids.ts';
import type { ObservedAutoScalingGroup } from '../../events/scaling.ts';
import { type FleetView, tasksOn } from '../fleet/fleetView.ts';
import { ecsRules } from '../placement/requirement.ts';
import {
  capacityProviderReservation,
  managedScalingDefaults,
  type Reservation,
} from './capacityProviderReservation.ts';
import type { CapacityState } from './clusterCapacity.ts';
import {
  capacitiesSeen,
  type InstanceGroup,
  instanceGroups,
  type ManagedScaling,
  managedScalingOf,
  typesOf,
} from './instanceGroups.ts';
import { managedScalingOutlook, type Outlook, provisioningMost } from './managedScalingOutlook.ts';
import {
  isDaemonTask,
  missingTasks,
  packingTaskOf,
  provisioningTasks,
  waitingTasks,
} from './waitingTasks.ts';

/** One capacity provider, Auto Scaling group, or the instances of which neither is known. */
export type CapacityRow = {
  readonly capacityProviderName: string | null;
  readonly autoScalingGroupName: string | null;
  readonly managedScaling: ManagedScaling;
  readonly instances: {
    readonly registered: number;
    readonly draining: number;
    readonly disconnected: number;
    /** Nothing there but tasks of daemons. */
    readonly empty: number;
  };
  /** `pending`: placed, not running yet. `provisioning`: waiting for an instance. */
  readonly tasks: {
    readonly running: number;
    readonly pending: number;
    readonly provisioning: number;
  };
  /** `null`: the Auto Scaling group has not been observed. */
  readonly size: {
    readonly desired: number;
    readonly minimum: number;
    readonly maximum: number;
    readonly inService: number;
  } | null;
  /** Version and image of its launch template; `null`: it has none, or EC2 has not said. */
  readonly launchesFrom: {
    readonly launchTemplateId: string;
    readonly version: number;
    /** An AMI, or `resolve:ssm:` and a parameter. */
    readonly image: string;
    /** `null` where it is not Amazon's own. */
    readonly amiName: string | null;
  } | null;
  /** `null`: no capacity provider, so there is no such metric. */
  readonly reservation: Reservation | null;
  /** `null`: not known, or nothing is kept. */
  readonly targetPercent: number | null;
  readonly next: Outlook;
  /** Sentences: what could not be told, and why. */
  readonly unknown: readonly string[];
  /** When its settings and its group were last described; `null`: never. */
  readonly observedAt: Instant | null;
};

export type CapacityReport = {
  readonly rows: readonly CapacityRow[];
  /** Services that want more tasks than there are, so far without a task to show for it. */
  readonly missing: readonly { readonly serviceName: string; readonly tasks: number }[];
  /** PROVISIONING tasks that no capacity provider is asked for. */
  readonly unclaimed: number;
  /** Of all in the cluster; ECS allows `provisioningMost`. */
  readonly provisioning: number;
  readonly provisioningMost: number;
};

/** How full a cluster is, who scales it, and what follows from that. */
export const capacityReport = (
  view: FleetView,
  state: CapacityState,
  now: Instant,
): CapacityReport => {
  const provisioning = provisioningTasks(view);
  const missing = [...view.services.values()]
    .map((service) => ({ serviceName: service.serviceName, tasks: missingTasks(view, service) }))
    .filter(({ tasks }) => tasks > 0)
    .toSorted((a, b) => (a.serviceName < b.serviceName ? -1 : 1));
  return {
    rows: instanceGroups(view, state).map((group) => rowOf(view, group, now)),
    missing,
    unclaimed: provisioning.filter((task) => task.capacityProviderName === undefined).length,
    provisioning: provisioning.length,
    provisioningMost,
  };
};

const groupUnknown = 'its Auto Scaling group has not been observed';

const rowOf = (view: FleetView, each: InstanceGroup, now: Instant): CapacityRow => {
  const { capacityProviderName, provider, group, instances } = each;
  const there = instances.map((instance) => tasksOn(view, instance.containerInstanceArn));
  const isEmpty = (tasks: readonly ObservedTask[]) =>
    tasks.every((task) => isDaemonTask(view, task));
  const meant = there.flat().filter(({ desiredStatus }) => desiredStatus !== 'STOPPED');
  const running = meant.filter(({ lastStatus }) => lastStatus === 'RUNNING').length;
  const unknown: string[] = [];
  const reservation =
    capacityProviderName === null ? null : reservationOf(view, each, there.map(isEmpty), unknown);
  if (reservation === null && group === null) unknown.push(groupUnknown);
  const known = [provider?.observedAt, group?.observedAt].filter((at) => at !== undefined);
  return {
    capacityProviderName,
    autoScalingGroupName: group?.group.name ?? null,
    managedScaling: managedScalingOf(each),
    instances: {
      registered: instances.length,
      draining: instances.filter(({ status }) => status === 'DRAINING').length,
      disconnected: instances.filter(({ agentConnected }) => !agentConnected).length,
      empty: there.filter(isEmpty).length,
    },
    tasks: {
      running,
      pending: meant.length - running,
      provisioning: waitingFor(view, capacityProviderName).length,
    },
    size: group && {
      desired: group.group.desiredCapacity,
      minimum: group.group.minSize,
      maximum: group.group.maxSize,
      inService: group.group.inService.length,
    },
    launchesFrom: launchesFromOf(group?.group),
    reservation,
    targetPercent: targetOf(each),
    next: nextOf(each, reservation, now),
    unknown,
    observedAt: known.length === 0 ? null : (Math.min(...known) as Instant),
  };
};

const launchesFromOf = (
  group: ObservedAutoScalingGroup | undefined,
): CapacityRow['launchesFrom'] => {
  const { id: launchTemplateId, number: version, image, amiName } = group?.launchTemplate ?? {};
  if (launchTemplateId === undefined || version === undefined || image === undefined) return null;
  // One of its overrides names something else.
  if (group?.launchesOtherwise) return null;
  return { launchTemplateId, version, image, amiName: amiName ?? null };
};

const waitingFor = (view: FleetView, name: string | null): readonly ObservedTask[] =>
  name === null
    ? []
    : provisioningTasks(view).filter(({ capacityProviderName }) => capacityProviderName === name);

const targetOf = (each: InstanceGroup): number | null => {
  if (managedScalingOf(each) !== 'on') return null;
  const set = each.provider?.provider.group?.targetCapacityPercent;
  return set ?? managedScalingDefaults.targetCapacityPercent;
};

const reservationOf = (
  view: FleetView,
  each: InstanceGroup,
  areEmpty: readonly boolean[],
  unknown: string[],
): Reservation => {
  const { capacityProviderName, provider, group, instances } = each;
  const settings = provider?.provider.group;
  if (provider === null) unknown.push('its settings have not been observed: defaults are taken');
  if (group === null) unknown.push(groupUnknown);
  else if (group.group.instanceTypes === undefined) {
    unknown.push('which types its group may launch was not read: those that run are taken');
  }
  const { waiting, unaskable } = waitingTasks(view);
  const own = waiting.filter((task) => task.capacityProviderName === capacityProviderName);
  const names = new Set(waitingFor(view, capacityProviderName).map(({ taskArn }) => taskArn));
  for (const { subject, detail } of unaskable) {
    if (names.has(subject as ObservedTask['taskArn'])) unknown.push(`${subject}: ${detail}`);
  }
  const provisioning = own.flatMap(({ placement }) => {
    const task = packingTaskOf(placement, ecsRules);
    if (task === undefined) unknown.push(`${placement.id} wants one host port twice`);
    return task ?? [];
  });
  // How many interfaces a type has is asked only where a task wants one.
  const wantsInterface = provisioning.some(({ needs }) => needs.networkInterfaces > 0);
  const seen = capacitiesSeen(view);
  const capacityOf = (type: string) => {
    const capacity = seen.get(type) ?? null;
    return wantsInterface && capacity?.networkInterfaces === null ? null : capacity;
  };
  return capacityProviderReservation({
    instances: instances.map(({ containerInstanceArn: id }, index) => ({
      id,
      isEmpty: areEmpty[index] === true,
    })),
    provisioning,
    instanceTypes: typesOf(each).map((id) => ({ id, capacity: capacityOf(id) })),
    minimumScalingStepSize:
      settings?.minimumScalingStepSize ?? managedScalingDefaults.minimumScalingStepSize,
    maximumScalingStepSize:
      settings?.maximumScalingStepSize ?? managedScalingDefaults.maximumScalingStepSize,
  });
};

const nextOf = (each: InstanceGroup, reservation: Reservation | null, now: Instant): Outlook => {
  const { provider, group, instances } = each;
  const none = (code: Outlook['code'], detail: string): Outlook => ({
    action: 'none',
    code,
    detail,
  });
  if (reservation === null)
    return none('ManagedScalingOff', 'no capacity provider: ECS scales nothing');
  if (provider === null) {
    const detail = 'whether ECS scales it is not known: its settings have not been observed';
    return { action: 'unknown', code: 'ManagedScalingUnknown', detail };
  }
  const settings = provider.provider.group;
  if (settings === undefined) {
    return none(
      'NoAutoScalingGroup',
      'it has no Auto Scaling group: AWS keeps its capacity itself',
    );
  }
  if (!settings.managedScaling) {
    return none('ManagedScalingOff', 'managed scaling is off: ECS scales nothing');
  }
  const raised = group?.desiredChanges.findLast(({ from, to }) => to > from);
  const warmupSeconds = settings.instanceWarmupSeconds;
  return managedScalingOutlook({
    reservation,
    targetPercent: targetOf(each) ?? managedScalingDefaults.targetCapacityPercent,
    instanceWarmupMs:
      warmupSeconds === undefined ? managedScalingDefaults.instanceWarmupMs : warmupSeconds * 1_000,
    group: group?.group ?? null,
    // Registered some minutes after it was launched: ECS may begin that much sooner.
    launchedAt: instances.map(({ registeredAt }) => registeredAt ?? null),
    lastScaleOutAt: raised?.at ?? null,
    belowSince: null,
    now,
  });
};
