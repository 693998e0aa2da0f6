import type { ObservedService, ObservedTask } from '../../events/fleet.ts';
import { type FleetView, serviceOfTask, tasksOfService } from '../fleet/fleetView.ts';
import { once } from '../once.ts';
import type { PackingTask } from '../placement/packing/packing.ts';
import type { PlacementRules, PlacementTask } from '../placement/placementProblem.ts';
import { requirementOf } from '../placement/requirement.ts';
import { placementTaskOf } from '../placement/roomElsewhere.ts';

/** A task that runs nowhere yet; one that ECS has not even made has a made-up id. */
export type WaitingTask = {
  readonly placement: PlacementTask;
  /** `null`: started without a capacity provider strategy, or not made yet. */
  readonly capacityProviderName: string | null;
};

/** What cannot be asked about: the task, or the name of the service, and why. */
export type Unaskable = {
  readonly subject: string;
  readonly reason: 'PlacementUnreadable' | 'TaskNotDescribed';
  readonly detail: string;
};

/**
 * PROVISIONING and nowhere: ECS waits for an instance. One with an instance waits for its network
 * interface alone.
 */
export const provisioningTasks = (view: FleetView): readonly ObservedTask[] =>
  provisioningOf(view.tasks);

const provisioningOf = once((tasks: FleetView['tasks']): readonly ObservedTask[] =>
  [...tasks.values()].filter(
    ({ lastStatus, desiredStatus, containerInstanceArn }) =>
      lastStatus === 'PROVISIONING' &&
      desiredStatus !== 'STOPPED' &&
      containerInstanceArn === undefined,
  ),
);

/**
 * How many tasks a service lacks of what it wants. Without a capacity provider strategy ECS makes
 * no task for which there is no room, so what it could not place shows only here. Judged by what is
 * desired and never by what runs (containers-roadmap#525).
 */
export const missingTasks = (view: FleetView, service: ObservedService): number => {
  if (service.status !== 'ACTIVE' || service.schedulingStrategy !== 'REPLICA') return 0;
  const meant = tasksOfService(view, service.serviceName).filter(
    ({ desiredStatus }) => desiredStatus !== 'STOPPED',
  );
  return Math.max(0, service.desiredCount - meant.length);
};

/** Everything that waits, in the order of ids. */
export const waitingTasks = once((view: FleetView): Waiting => {
  const waiting: WaitingTask[] = [];
  const unaskable: Unaskable[] = [];
  for (const task of provisioningTasks(view)) {
    const placement = placementTaskOf(view, task, '');
    if ('reason' in placement) unaskable.push(asUnaskable(task.taskArn, placement));
    else waiting.push({ placement, capacityProviderName: task.capacityProviderName ?? null });
  }
  for (const service of view.services.values()) {
    const missing = missingTasks(view, service);
    if (missing === 0) continue;
    const placement = placementTaskOf(view, modelOf(service), '');
    if ('reason' in placement) unaskable.push(asUnaskable(service.serviceArn, placement));
    else waiting.push(...copiesOf(placement, service, missing));
  }
  return { waiting, unaskable };
});

type Waiting = {
  readonly waiting: readonly WaitingTask[];
  readonly unaskable: readonly Unaskable[];
};

const asUnaskable = (
  subject: string,
  { reason, detail }: { readonly reason: string; readonly detail: string },
): Unaskable => ({ subject, reason: reason as Unaskable['reason'], detail });

const modelOf = (service: ObservedService): ObservedTask => ({
  taskArn: service.serviceArn as unknown as ObservedTask['taskArn'],
  version: 0,
  taskDefinitionArn: service.taskDefinitionArn,
  group: `service:${service.serviceName}`,
  lastStatus: 'PROVISIONING',
  desiredStatus: 'RUNNING',
  containers: [],
});

const copiesOf = (
  placement: PlacementTask,
  { serviceArn }: ObservedService,
  count: number,
): readonly WaitingTask[] =>
  Array.from({ length: count }, (_, index) => ({
    // A host path of a task that is nowhere yet ties it to nothing.
    placement: { ...placement, id: `${serviceArn}+${index + 1}`, hostVolumeInstanceId: null },
    capacityProviderName: null,
  }));

/** What a task asks of an instance in numbers; `undefined`: no instance could take it. */
export const packingTaskOf = (
  task: PlacementTask,
  rules: PlacementRules,
): PackingTask | undefined => {
  const { fault, ...needs } = requirementOf(task, rules);
  if (fault !== null) return undefined;
  const isDistinct = task.constraints.some(({ type }) => type === 'distinctInstance');
  return { id: task.id, group: task.group, isDistinct, needs };
};

/** Only tasks of daemons are there, or none: ECS calls such an instance empty. */
export const isDaemonTask = (view: FleetView, task: ObservedTask): boolean =>
  serviceOfTask(view, task)?.schedulingStrategy === 'DAEMON';
