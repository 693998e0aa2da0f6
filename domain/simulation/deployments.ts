import { drawDigits } from './chance.ts';
import { publishDeployment, publishServiceAction } from './envelopes.ts';
import { uuid } from './outbox.ts';
import type { Deployment, Service, World } from './world.ts';

const eventsKeptMax = 100;

/** A new PRIMARY deployment. Nothing is pinned yet: its first task resolves the tags. */
export const beginDeployment = (
  world: World,
  service: Service,
  taskDefinition: string,
): Deployment => {
  const id = `ecs-svc/${drawDigits(world.chance, 19)}`;
  const deployment: Deployment = {
    id,
    status: 'PRIMARY',
    taskDefinition,
    createdAt: world.now,
    updatedAt: world.now,
    failedTasks: 0,
    rolloutState: 'IN_PROGRESS',
    rolloutStateReason: `ECS deployment ${id} in progress.`,
    pinned: {},
  };
  for (const older of service.deployments) older.status = 'ACTIVE';
  service.deployments.unshift(deployment);
  service.taskDefinition = taskDefinition;
  clearTrouble(service);
  publishDeployment(world, service, deployment, {
    eventType: 'INFO',
    eventName: 'SERVICE_DEPLOYMENT_IN_PROGRESS',
  });
  return deployment;
};

/** A new deployment resets the throttle (Amazon ECS Developer Guide, "service throttle logic"). */
const clearTrouble = (service: Service) => {
  service.startFailures = 0;
  service.throttledUntil = 0;
  service.placementFailures = 0;
  service.steady = false;
  service.stuck = false;
};

export const completeDeployment = (
  world: World,
  service: Service,
  deployment: Deployment,
): void => {
  deployment.rolloutState = 'COMPLETED';
  deployment.rolloutStateReason = `ECS deployment ${deployment.id} completed.`;
  deployment.updatedAt = world.now;
  const { id, taskDefinition, pinned } = deployment;
  service.lastCompleted = { id, taskDefinition, pinned: { ...pinned } };
  say(world, service, `(deployment ${id}) deployment completed.`);
  publishDeployment(world, service, deployment, {
    eventType: 'INFO',
    eventName: 'SERVICE_DEPLOYMENT_COMPLETED',
  });
};

/**
 * The circuit breaker's verdict; with rollback the last completed deployment becomes PRIMARY again,
 * under its id.
 */
export const failDeployment = (world: World, service: Service, deployment: Deployment): void => {
  deployment.rolloutState = 'FAILED';
  deployment.rolloutStateReason = 'ECS deployment circuit breaker: tasks failed to start.';
  deployment.updatedAt = world.now;
  say(world, service, `(deployment ${deployment.id}) deployment failed: tasks failed to start.`);
  publishDeployment(world, service, deployment, {
    eventType: 'ERROR',
    eventName: 'SERVICE_DEPLOYMENT_FAILED',
  });
  if (service.circuitBreaker.rollback) rollBack(world, service, deployment);
};

const rollBack = (world: World, service: Service, failed: Deployment) => {
  const target = service.deployments.find(({ id }) => id === service.lastCompleted?.id);
  if (target === undefined) return;
  failed.status = 'ACTIVE';
  target.status = 'PRIMARY';
  target.rolloutState = 'IN_PROGRESS';
  const where = `rolling back to deploymentId ${target.id}.`;
  target.rolloutStateReason = `ECS deployment circuit breaker: ${where}`;
  target.updatedAt = world.now;
  service.deployments = [target, ...service.deployments.filter((one) => one !== target)];
  service.taskDefinition = target.taskDefinition;
  clearTrouble(service);
  publishDeployment(world, service, target, {
    eventType: 'INFO',
    eventName: 'SERVICE_DEPLOYMENT_IN_PROGRESS',
  });
};

/** A line in the service's `events`, newest first; ECS keeps the latest 100. */
export const say = (world: World, service: Service, message: string): void => {
  const text = `(service ${service.name}) ${message}`;
  service.events.unshift({ id: uuid(world), createdAt: world.now, message: text });
  if (service.events.length > eventsKeptMax) service.events.length = eventsKeptMax;
};

export const saySteady = (world: World, service: Service): void => {
  say(world, service, 'has reached a steady state.');
  publishServiceAction(world, service, { eventType: 'INFO', eventName: 'SERVICE_STEADY_STATE' });
};
