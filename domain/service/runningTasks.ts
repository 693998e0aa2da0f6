import type { ObservedService, ObservedTask } from '../../events/fleet.ts';
import type { FleetView } from '../fleet/fleetView.ts';
import { once } from '../once.ts';
import { deploymentBounds } from './deploymentBounds.ts';

/**
 * Tasks of a service that run healthily and are meant to, as far as anyone can say. Counted from
 * the tasks, because a service says its own number only when it is described, and tasks say theirs
 * at once.
 */
export const runningTasks = (view: FleetView, service: ObservedService): number =>
  countsOf(view.tasks)(view.instances)(view.taskDefinitions).get(
    `service:${service.serviceName}`,
  ) ?? 0;

/** By group. Counted for all at once: planners ask for every service, over and over. */
const countsOf = once((tasks: FleetView['tasks']) =>
  once((instances: FleetView['instances']) =>
    once((taskDefinitions: FleetView['taskDefinitions']): ReadonlyMap<string, number> => {
      const counts = new Map<string, number>();
      for (const task of tasks.values()) {
        if (!countsAsHealthy({ instances, taskDefinitions }, task)) continue;
        counts.set(task.group, (counts.get(task.group) ?? 0) + 1);
      }
      return counts;
    }),
  ),
);

/**
 * As ECS counts for the bounds of a service (API, minimumHealthyPercent): it runs, and where a
 * container has a health check, that says HEALTHY; no signal is no health (amazon-ecs-agent#730).
 * Not on an instance whose agent is disconnected: ECS goes on counting it as running, also where
 * the machine is gone (containers-roadmap#2040).
 */
export const countsAsHealthy = (
  { instances, taskDefinitions }: Pick<FleetView, 'instances' | 'taskDefinitions'>,
  task: ObservedTask,
): boolean => {
  const { lastStatus, desiredStatus, containerInstanceArn: host, healthStatus } = task;
  if (lastStatus !== 'RUNNING' || desiredStatus !== 'RUNNING') return false;
  if (host !== undefined && instances.get(host)?.agentConnected !== true) return false;
  if (healthStatus !== undefined) return healthStatus === 'HEALTHY';
  const definition = taskDefinitions.get(task.taskDefinitionArn);
  return definition?.containers.some(({ hasHealthCheck }) => hasHealthCheck) !== true;
};

/** "orders runs 2 tasks, its minimum is 4", or `undefined` where it runs enough. */
export const whyBelowMinimum = (view: FleetView, service: ObservedService): string | undefined => {
  const running = runningTasks(view, service);
  const { lower } = deploymentBounds(service);
  if (running >= lower) return undefined;
  return `${service.serviceName} runs ${running} tasks, its minimum is ${lower}`;
};
