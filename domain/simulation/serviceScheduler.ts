import { chooseTaskToStop } from '../placement/scheduling/chooseTaskToStop.ts';
import { draw } from './chance.ts';
import { runDaemon } from './daemonScheduler.ts';
import { completeDeployment, say, saySteady } from './deployments.ts';
import { publishServiceAction } from './envelopes.ts';
import { resolveImage } from './images.ts';
import { chooseInstance, placementInstances, whyNowhere } from './placement.ts';
import { placementTaskOf, wishOf } from './placementTask.ts';
import { evaluateAt } from './serviceSignals.ts';
import { startTask, stopTask } from './tasks.ts';
import type { Deployment, Service, Task, TaskDefinition, World } from './world.ts';
import { isRebalancing, rebalance, stoppableOf } from './zoneRebalancing.ts';

/** What must stay healthy and what may exist, as ECS rounds them (API DeploymentConfiguration). */
export const boundsOf = (
  service: Pick<Service, 'desiredCount' | 'minimumHealthyPercent' | 'maximumPercent'>,
) => ({
  lower: Math.ceil((service.desiredCount * service.minimumHealthyPercent) / 100),
  upper: Math.floor((service.desiredCount * service.maximumPercent) / 100),
});

type Standing = {
  /** Not STOPPED, whatever they are on their way to. */
  readonly present: Task[];
  readonly wanted: Task[];
  /** RUNNING and to be replaced: of an older deployment, or on a draining instance. */
  readonly outgoing: Task[];
  readonly healthyCount: number;
  readonly source: Deployment;
};

/**
 * One look of the service scheduler: stops what may stop, starts what may start, ends a deployment
 * that is done.
 */
export const evaluateService = (world: World, service: Service): void => {
  if (service.schedulingStrategy === 'DAEMON') {
    evaluateDaemon(world, service);
    return;
  }
  stopPendingOutgoing(world, service);
  const standing = standingOf(world, service);
  if (standing === undefined) return;
  scaleIn(world, service, standing);
  const started = startMissing(world, service, standing);
  const stopped = stopOutgoing(world, service, standing);
  judge(world, service, started + stopped);
};

const tasksOf = (world: World, service: Service): Task[] =>
  service.tasks.flatMap((arn) => world.tasks[arn] ?? []);

const standingOf = (world: World, service: Service): Standing | undefined => {
  const primary = service.deployments[0];
  if (primary === undefined) return undefined;
  const present = tasksOf(world, service);
  const alive = present.filter(({ desiredStatus }) => desiredStatus === 'RUNNING');
  const hasFailed = primary.rolloutState === 'FAILED';
  const isWanted = (task: Task) =>
    (hasFailed || task.deployment === primary.id) && !isDraining(world, task);
  return {
    present,
    wanted: alive.filter(isWanted),
    outgoing: alive.filter((task) => task.lastStatus === 'RUNNING' && !isWanted(task)),
    healthyCount: alive.filter(({ healthy }) => healthy).length,
    // A failed deployment that is not rolled back starts no more tasks; what dies is replaced as it
    // was before.
    source: hasFailed ? (service.deployments[1] ?? primary) : primary,
  };
};

const isDraining = (world: World, task: Task) =>
  world.instances[task.ec2InstanceId]?.status === 'DRAINING';

/**
 * PENDING tasks of the service on a draining instance stop at once (Amazon ECS Developer Guide,
 * "Draining Amazon ECS container instances"); so do those of an older deployment, which no bound
 * protects.
 */
const stopPendingOutgoing = (world: World, service: Service) => {
  const primary = service.deployments[0];
  if (primary === undefined) return;
  const hasFailed = primary.rolloutState === 'FAILED';
  for (const task of tasksOf(world, service)) {
    const isOld = hasFailed ? task.deployment === primary.id : task.deployment !== primary.id;
    const isPending = task.lastStatus !== 'RUNNING' && task.desiredStatus === 'RUNNING';
    if (isPending && (isOld || isDraining(world, task))) stopForScheduler(world, task);
  }
};

const stopForScheduler = (world: World, task: Task) =>
  stopTask(world, task, {
    stopCode: 'ServiceSchedulerInitiated',
    reason: `Scaling activity initiated by (deployment ${task.deployment})`,
  });

const evaluateDaemon = (world: World, service: Service) => {
  const source = standingOf(world, service)?.source;
  if (source === undefined) return;
  const definition = world.taskDefinitions[source.taskDefinition];
  if (definition === undefined) return;
  pin(world, source, definition);
  judge(world, service, runDaemon(world, service, definition, source.pinned));
};

const scaleIn = (world: World, service: Service, { wanted, source }: Standing) => {
  const definition = world.taskDefinitions[source.taskDefinition];
  const surplus = wanted.length - service.desiredCount - (isRebalancing(world, service) ? 1 : 0);
  if (definition === undefined) return;
  const { strategies } = placementTaskOf(definition, wishOf(service));
  for (let count = 0; count < surplus; count++) {
    const choice = chooseTaskToStop(
      wanted.filter(({ desiredStatus }) => desiredStatus === 'RUNNING').map(stoppableOf),
      placementInstances(world),
      strategies,
      draw(world.chance),
    );
    const chosen = 'taskId' in choice ? world.tasks[choice.taskId] : undefined;
    if (chosen !== undefined) stopForScheduler(world, chosen);
  }
};

const startMissing = (world: World, service: Service, standing: Standing): number => {
  const missing = service.desiredCount - standing.wanted.length;
  const room = boundsOf(service).upper - standing.present.length;
  const count = Math.min(missing, room);
  if (count <= 0) {
    service.placementFailures = 0;
    return 0;
  }
  if (service.throttledUntil > world.now) {
    evaluateAt(world, service, service.throttledUntil);
    return 0;
  }
  const definition = world.taskDefinitions[standing.source.taskDefinition];
  if (definition === undefined) return 0;
  pin(world, standing.source, definition);
  return place(world, service, standing, definition, count);
};

/**
 * The first task of a deployment settles the digests of all of it (Amazon ECS Developer Guide,
 * "container image resolution").
 */
const pin = (world: World, deployment: Deployment, definition: TaskDefinition) => {
  for (const { image } of definition.containerDefinitions) {
    if (deployment.pinned[image] !== undefined) continue;
    const digest = resolveImage(world, image, undefined)?.digest;
    if (digest) deployment.pinned[image] = digest;
  }
};

const place = (
  world: World,
  service: Service,
  { source }: Standing,
  definition: TaskDefinition,
  count: number,
): number => {
  const wish = placementTaskOf(definition, wishOf(service));
  const origin = {
    service: { name: service.name, deployment: source.id },
    pinned: source.pinned,
  };
  for (let started = 0; started < count; started++) {
    const instance = chooseInstance(world, wish);
    if (instance === undefined) {
      placementFailed(world, service, definition);
      return started;
    }
    startTask(world, definition, instance, origin);
  }
  service.placementFailures = 0;
  return count;
};

/** Said once in five minutes at most, and tried again ever more slowly (assumed). */
const placementFailed = (world: World, service: Service, definition: TaskDefinition) => {
  service.placementFailures += 1;
  const delayMs = Math.min(15 * 60_000, 30_000 * 2 ** (service.placementFailures - 1));
  evaluateAt(world, service, world.now + delayMs);
  if (world.now - service.placementFailureSaidAt < 5 * 60_000) return;
  service.placementFailureSaidAt = world.now;
  const nowhere = whyNowhere(world, placementTaskOf(definition, wishOf(service)));
  const reasons = nowhere.map(({ reason }) => reason);
  const reason = ['RESOURCE:MEMORY', 'RESOURCE:CPU', 'RESOURCE:PORTS', 'AGENT'].find((one) =>
    reasons.includes(one),
  );
  say(
    world,
    service,
    'was unable to place a task because no container instance met all of its requirements. ' +
      `Reason: ${reason ?? 'no container instances were found'}.`,
  );
  publishServiceAction(world, service, {
    eventType: 'ERROR',
    eventName: 'SERVICE_TASK_PLACEMENT_FAILURE',
    reason: reason ?? 'ATTRIBUTE',
    containerInstanceArns: [],
  });
};

const stopOutgoing = (world: World, service: Service, standing: Standing): number => {
  const spare = standing.healthyCount - boundsOf(service).lower;
  const leaving = standing.outgoing
    .filter(({ healthy }) => healthy)
    .sort((a, b) => order(world, a) - order(world, b) || (a.arn < b.arn ? -1 : 1))
    .slice(0, Math.max(0, spare));
  for (const task of leaving) stopForScheduler(world, task);
  return leaving.length;
};

const order = (world: World, task: Task) => (isDraining(world, task) ? 0 : 1);

const judge = (world: World, service: Service, changes: number) => {
  const tasks = tasksOf(world, service);
  service.deployments = service.deployments.filter(
    ({ id, status }) => status === 'PRIMARY' || tasks.some((task) => task.deployment === id),
  );
  const primary = service.deployments[0];
  if (primary === undefined) return;
  const isSettled =
    tasks.length === service.desiredCount &&
    tasks.every((task) => task.healthy && !isDraining(world, task)) &&
    tasks.every((task) => task.deployment === primary.id || primary.rolloutState === 'FAILED');
  if (isSettled) {
    if (primary.rolloutState === 'IN_PROGRESS') completeDeployment(world, service, primary);
    if (!service.steady) saySteady(world, service);
  }
  service.steady = isSettled;
  if (isSettled) rebalance(world, service, tasks);
  reportDeadlock(world, service, tasks, changes);
};

/**
 * Neither a stop nor a start is allowed and nothing is on its way: 2 tasks at 75%, or at 100% and
 * 100%.
 */
const reportDeadlock = (
  world: World,
  service: Service,
  tasks: readonly Task[],
  changes: number,
) => {
  const { lower, upper } = boundsOf(service);
  const atRest = tasks.every((task) => task.healthy);
  const isStuck =
    changes === 0 && !service.steady && atRest && tasks.length >= upper && tasks.length <= lower;
  if (isStuck && !service.stuck) {
    say(
      world,
      service,
      'was unable to stop or start tasks during a deployment because of the service deployment ' +
        'configuration. Update the minimumHealthyPercent or maximumPercent value and try again.',
    );
  }
  service.stuck = isStuck;
};
