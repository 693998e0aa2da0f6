import { drawBetween, drawHex } from './chance.ts';
import { publishInstance } from './envelopes.ts';
import { pullImage } from './imagePull.ts';
import { resolveImage, whyNotOn } from './images.ts';
import { evaluateSoon } from './serviceSignals.ts';
import { after, enter, finishTask } from './tasks.ts';
import type { TaskStep } from './timers.ts';
import type { LastStatus, Task, World } from './world.ts';

const second = 1000;
/**
 * A container stops after CTRL_SHUTDOWN_EVENT, or is killed at the default stopTimeout (API
 * StopTask).
 */
const stopTimeoutMs = 30 * second;
/**
 * RUNNING for 40 seconds is healthy where nothing checks (API
 * DeploymentConfiguration.minimumHealthyPercent).
 */
const healthyAfterMs = 40 * second;

/**
 * One step of a task's life. A step that no longer fits (the task was stopped meanwhile) does
 * nothing.
 */
export const stepTask = (world: World, task: Task, step: TaskStep): void =>
  steps[step](world, task);

const steps: Readonly<Record<TaskStep, (world: World, task: Task) => void>> = {
  pend: (world, task) => {
    if (goesOn(task, 'PROVISIONING')) enter(world, task, 'PENDING');
    after(world, task, 'activate', 2 * second);
  },
  activate: (world, task) => {
    if (goesOn(task, 'PENDING')) activate(world, task);
  },
  pulled: (world, task) => {
    if (!goesOn(task, 'ACTIVATING')) return;
    task.pullStoppedAt = world.now;
    // Creating and starting a Windows container takes some ten seconds (assumed).
    after(world, task, 'run', drawBetween(world.chance, 8, 20) * second);
  },
  run: (world, task) => {
    if (goesOn(task, 'ACTIVATING')) run(world, task);
  },
  healthy: (world, task) => {
    if (task.lastStatus === 'RUNNING' && !task.healthy) becomeHealthy(world, task);
  },
  exit: (world, task) => {
    if (goesOn(task, 'RUNNING')) exit(world, task);
  },
  stopping: (world, task) => {
    if (task.lastStatus === 'DEACTIVATING') enter(world, task, 'STOPPING');
    after(world, task, task.networkInterface ? 'deprovision' : 'stop', stopTimeoutMs);
  },
  deprovision: (world, task) => {
    if (task.lastStatus === 'STOPPING') enter(world, task, 'DEPROVISIONING');
    after(world, task, 'stop', 2 * second);
  },
  stop: (world, task) => finishTask(world, task),
  forget: (world, task) => {
    delete world.tasks[task.arn];
  },
};

const goesOn = (task: Task, status: LastStatus) =>
  task.lastStatus === status && task.desiredStatus === 'RUNNING';

const activate = (world: World, task: Task) => {
  const instance = world.instances[task.ec2InstanceId];
  if (instance === undefined) return;
  task.pullStartedAt = world.now;
  enter(world, task, 'ACTIVATING');
  let readyAt = world.now;
  for (const container of task.containers) {
    const found = resolveImage(world, container.image, container.digest ?? undefined);
    if (found === undefined) {
      return failToStart(world, task, `CannotPullContainerError: ${container.image}: not found`);
    }
    container.digest = found.digest;
    const unfit = whyNotOn(found.content, instance.build, world.badPairs);
    if (unfit?.startsWith('CannotPull')) return failToStart(world, task, unfit);
    readyAt = Math.max(readyAt, pullImage(world, instance, found.content));
  }
  after(world, task, 'pulled', readyAt - world.now);
};

const run = (world: World, task: Task) => {
  const instance = world.instances[task.ec2InstanceId];
  for (const container of task.containers) {
    const found = resolveImage(world, container.image, container.digest ?? undefined);
    const unfit =
      found === undefined || instance === undefined
        ? undefined
        : whyNotOn(found.content, instance.build, world.badPairs);
    if (unfit !== undefined) return failToStart(world, task, unfit);
    container.runtimeId = drawHex(world.chance, 64);
  }
  task.startedAt = world.now;
  enter(world, task, 'RUNNING');
  if (instance !== undefined) publishInstance(world, instance);
  after(world, task, 'healthy', healthyAfterMs);
  const outcome = runOf(world, task);
  if (outcome !== undefined) after(world, task, 'exit', outcome.ms);
};

/** How a task ends that ends by itself. */
const runOf = (world: World, task: Task) => {
  const definition = world.taskDefinitions[task.taskDefinition];
  const commands = definition?.containerDefinitions.map(({ command = [] }) => command.join(' '));
  const exits = commands?.map((command) => /^\/S \/C exit (\d+)$/.exec(command)?.[1]) ?? [];
  const [code] = exits;
  const atOnce = code !== undefined && exits.length === 1;
  return world.runs[familyOf(task)] ?? (atOnce ? { ms: 1_000, exitCode: Number(code) } : undefined);
};

export const familyOf = (task: Task): string =>
  task.taskDefinition.slice(task.taskDefinition.indexOf('/') + 1).replace(/:\d+$/, '');

const becomeHealthy = (world: World, task: Task) => {
  task.healthy = true;
  const service = task.service === null ? undefined : world.services[task.service];
  if (service === undefined) return;
  const deployment = service.deployments.find(({ id }) => id === task.deployment);
  // `resetOnHealthyTask` is true unless set (API DeploymentCircuitBreaker).
  if (deployment !== undefined) deployment.failedTasks = 0;
  service.startFailures = 0;
  service.throttledUntil = 0;
  evaluateSoon(world, service);
};

const exit = (world: World, task: Task) => {
  const outcome = runOf(world, task);
  for (const container of task.containers) container.exitCode = outcome?.exitCode ?? 0;
  task.desiredStatus = 'STOPPED';
  task.stopCode = 'EssentialContainerExited';
  task.stoppedReason = 'Essential container in task exited';
  task.stoppingAt = world.now;
  finishTask(world, task);
};

const failToStart = (world: World, task: Task, reason: string) => {
  task.desiredStatus = 'STOPPED';
  task.stopCode = 'TaskFailedToStart';
  task.stoppedReason = reason;
  task.stoppingAt = world.now;
  for (const container of task.containers) container.reason = reason;
  finishTask(world, task);
};
