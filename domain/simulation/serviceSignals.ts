import { failDeployment } from './deployments.ts';
import { schedule } from './timers.ts';
import type { Service, Task, World } from './world.ts';

/** The scheduler looks at a service again after some seconds (assumed). */
const evaluateAfterMs = 3000;
/**
 * "Up to 27 minutes" between starts of a task that never runs (Amazon ECS Developer Guide, "service
 * throttle logic").
 */
const throttleMaxMs = 27 * 60_000;

export const evaluateSoon = (world: World, service: Service): void =>
  evaluateAt(world, service, world.now + evaluateAfterMs);

/** Brings the next look at a service forward to `at`; never puts it off. */
export const evaluateAt = (world: World, service: Service, at: number): void => {
  if (service.evaluateAt !== null && service.evaluateAt <= at) return;
  service.evaluateAt = at;
  schedule(world, at, { kind: 'service', id: service.name });
};

/** Capacity came free: services that found no place for a task look again, and every daemon. */
export const wakeWaiting = (world: World): void => {
  for (const service of Object.values(world.services)) {
    const isDaemon = service.schedulingStrategy === 'DAEMON';
    if (isDaemon || service.placementFailures > 0) evaluateSoon(world, service);
  }
};

/** Counts a task that never ran against its deployment and throttles the service's next starts. */
export const taskFailedToStart = (world: World, service: Service, task: Task): void => {
  service.startFailures += 1;
  const delayMs = Math.min(throttleMaxMs, 10_000 * 2 ** (service.startFailures - 1));
  service.throttledUntil = world.now + delayMs;
  evaluateAt(world, service, service.throttledUntil);
  const deployment = service.deployments.find(({ id }) => id === task.deployment);
  if (deployment === undefined) return;
  deployment.failedTasks += 1;
  const isOver = deployment.failedTasks >= failureThreshold(service.desiredCount);
  const mayFail = deployment.status === 'PRIMARY' && deployment.rolloutState === 'IN_PROGRESS';
  if (service.circuitBreaker.enable && isOver && mayFail)
    failDeployment(world, service, deployment);
};

/**
 * Half of the desired count, at least 3 and at most 200 (Amazon ECS Developer Guide, "deployment
 * circuit breaker").
 */
export const failureThreshold = (desiredCount: number): number =>
  Math.min(200, Math.max(3, Math.ceil(desiredCount * 0.5)));
