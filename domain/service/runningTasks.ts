import type { ObservedService } from '../../events/fleet.ts';
import type { FleetView } from '../fleet/fleetView.ts';
import { once } from '../once.ts';
import { deploymentBounds } from './deploymentBounds.ts';

/**
 * Tasks of a service that run and are meant to, as far as anyone can say. Counted from the tasks,
 * because a service says its own number only when it is described, and tasks say theirs at once.
 * Not those on an instance whose agent is disconnected: ECS goes on counting them as running, also
 * where the machine is gone (containers-roadmap#2040).
 */
export const runningTasks = (view: FleetView, service: ObservedService): number => {
  return countsOf(view.tasks)(view.instances).get(`service:${service.serviceName}`) ?? 0;
};

/** By group. Counted for all at once: planners ask for every service, over and over. */
const countsOf = once((tasks: FleetView['tasks']) =>
  once((instances: FleetView['instances']): ReadonlyMap<string, number> => {
    const counts = new Map<string, number>();
    for (const { group, lastStatus, desiredStatus, containerInstanceArn: host } of tasks.values()) {
      if (lastStatus !== 'RUNNING' || desiredStatus !== 'RUNNING') continue;
      if (host !== undefined && instances.get(host)?.agentConnected !== true) continue;
      counts.set(group, (counts.get(group) ?? 0) + 1);
    }
    return counts;
  }),
);

/** "orders runs 2 tasks, its minimum is 4", or `undefined` where it runs enough. */
export const whyBelowMinimum = (view: FleetView, service: ObservedService): string | undefined => {
  const running = runningTasks(view, service);
  const { lower } = deploymentBounds(service);
  if (running >= lower) return undefined;
  return `${service.serviceName} runs ${running} tasks, its minimum is ${lower}`;
};
