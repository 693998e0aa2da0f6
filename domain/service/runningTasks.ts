import type { ObservedService } from '../../events/fleet.ts';
import { type FleetView, tasksOfService } from '../fleet/fleetView.ts';
import { once } from '../once.ts';
import { deploymentBounds } from './deploymentBounds.ts';

/**
 * Tasks of a service that run and are meant to, as far as anyone can say. Counted from the tasks,
 * because a service says its own number only when it is described, and tasks say theirs at once.
 * Not those on an instance whose agent is disconnected: ECS goes on counting them as running, also
 * where the machine is gone (containers-roadmap#2040).
 */
export const runningTasks = (view: FleetView, service: ObservedService): number => {
  // Planners ask for every task of a service in turn.
  const counts = counted(view.tasks)(view.instances);
  const count = counts.get(service.serviceName) ?? countRunning(view, service);
  counts.set(service.serviceName, count);
  return count;
};

/** A view may be another and hold the same tasks and instances. */
const counted = once((_tasks: FleetView['tasks']) =>
  once((_instances: FleetView['instances']) => new Map<string, number>()),
);

const countRunning = (view: FleetView, service: ObservedService): number =>
  tasksOfService(view, service.serviceName).filter(
    ({ lastStatus, desiredStatus, containerInstanceArn: host }) =>
      lastStatus === 'RUNNING' &&
      desiredStatus === 'RUNNING' &&
      (host === undefined || view.instances.get(host)?.agentConnected === true),
  ).length;

/** "orders runs 2 tasks, its minimum is 4", or `undefined` where it runs enough. */
export const whyBelowMinimum = (view: FleetView, service: ObservedService): string | undefined => {
  const running = runningTasks(view, service);
  const { lower } = deploymentBounds(service);
  if (running >= lower) return undefined;
  return `${service.serviceName} runs ${running} tasks, its minimum is ${lower}`;
};
