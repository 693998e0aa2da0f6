import { clusterResourceArn } from './arns.ts';
import { drawBetween, drawHex } from './chance.ts';
import { publishInstance, publishTask } from './envelopes.ts';
import { memoryOf } from './placementTask.ts';
import { evaluateSoon, taskFailedToStart, wakeWaiting } from './serviceSignals.ts';
import { schedule, type TaskStep } from './timers.ts';
import type { Container, Instance, LastStatus, Task, TaskDefinition, World } from './world.ts';

const second = 1000;
/** Stopped tasks can be described for about an hour (API DescribeTasks). */
const rememberedMs = 3_600 * second;

export type TaskOrigin = {
  readonly service?: { readonly name: string; readonly deployment: string };
  readonly startedBy?: string;
  readonly group?: string;
  readonly pinned?: Readonly<Record<string, string>>;
};

/** Takes the resources on `instance` and begins the task's life. */
export const startTask = (
  world: World,
  definition: TaskDefinition,
  instance: Instance,
  origin: TaskOrigin,
): Task => {
  const id = drawHex(world.chance, 32);
  const arn = clusterResourceArn(world, 'task', id);
  const group =
    origin.service === undefined
      ? (origin.group ?? `family:${definition.family}`)
      : `service:${origin.service.name}`;
  const networkInterface = definition.networkMode === 'awsvpc';
  const task: Task = {
    arn,
    service: origin.service?.name ?? null,
    deployment: origin.service?.deployment ?? null,
    group,
    startedBy: origin.service?.deployment ?? origin.startedBy ?? null,
    taskDefinition: definition.arn,
    ec2InstanceId: instance.ec2InstanceId,
    containerInstanceArn: instance.arn ?? '',
    zone: instance.zone,
    lastStatus: networkInterface ? 'PROVISIONING' : 'PENDING',
    desiredStatus: 'RUNNING',
    version: 1,
    createdAt: world.now,
    pullStartedAt: null,
    pullStoppedAt: null,
    startedAt: null,
    stoppingAt: null,
    stoppedAt: null,
    stopCode: null,
    stoppedReason: null,
    healthy: false,
    networkInterface,
    containers: containersOf(world, definition, origin.pinned ?? {}),
  };
  world.tasks[arn] = task;
  occupy(instance, task, 1);
  instance.tasks.push(arn);
  if (task.service !== null) world.services[task.service]?.tasks.push(arn);
  publishTask(world, task);
  publishInstance(world, instance);
  after(world, task, networkInterface ? 'pend' : 'activate', 2 * second);
  return task;
};

const containersOf = (
  world: World,
  definition: TaskDefinition,
  pinned: Readonly<Record<string, string>>,
): Container[] =>
  definition.containerDefinitions.map((container) => {
    const mapping = container.portMappings?.[0];
    return {
      name: container.name,
      id: drawHex(world.chance, 32),
      image: container.image,
      digest: pinned[container.image] ?? null,
      cpu: container.cpu ?? 0,
      memoryMiB: memoryOf(container),
      runtimeId: null,
      // Ports that ECS picks on Windows lie in 49152-65535 (API PortMapping.hostPort).
      hostPort:
        mapping === undefined
          ? null
          : mapping.hostPort || drawBetween(world.chance, 49_152, 65_535),
      containerPort: mapping?.containerPort ?? null,
      exitCode: null,
      reason: null,
    };
  });

/** Takes (1) or gives back (-1) what a task holds on its instance. */
export const occupy = (instance: Instance, task: Task, direction: 1 | -1): void => {
  instance.taskChanges += 1;
  for (const { cpu, memoryMiB, hostPort } of task.containers) {
    instance.cpuUsed += direction * cpu;
    instance.memoryUsedMiB += direction * memoryMiB;
    if (hostPort === null || hostPort >= 49_152) continue;
    if (direction === 1) instance.tcpPorts.push(hostPort);
    else instance.tcpPorts = instance.tcpPorts.filter((port) => port !== hostPort);
  }
};

/** desiredStatus STOPPED. Nothing for a task that is on its way out already. */
export const stopTask = (
  world: World,
  task: Task,
  why: { readonly stopCode: string; readonly reason: string },
): void => {
  if (task.desiredStatus === 'STOPPED') return;
  task.desiredStatus = 'STOPPED';
  const instance = world.instances[task.ec2InstanceId];
  if (instance !== undefined) instance.taskChanges += 1;
  task.stoppingAt = world.now;
  task.stopCode = why.stopCode;
  task.stoppedReason = why.reason;
  task.healthy = false;
  if (task.lastStatus === 'RUNNING') {
    enter(world, task, 'DEACTIVATING');
    after(world, task, 'stopping', second);
  } else {
    task.version += 1;
    publishTask(world, task);
    after(world, task, 'stop', 2 * second);
  }
};

export const after = (world: World, task: Task, step: TaskStep, ms: number): void =>
  schedule(world, world.now + ms, { kind: 'task', id: task.arn, step });

/** The next status, under the next version, with its event. */
export const enter = (world: World, task: Task, status: LastStatus): void => {
  task.lastStatus = status;
  task.version += 1;
  publishTask(world, task);
};

/** STOPPED: gives its resources back and tells its service. */
export const finishTask = (world: World, task: Task): void => {
  if (task.lastStatus === 'STOPPED') return;
  const started = task.startedAt !== null;
  task.lastStatus = 'STOPPED';
  task.desiredStatus = 'STOPPED';
  task.version += 1;
  task.stoppedAt = world.now;
  task.healthy = false;
  if (started) for (const container of task.containers) container.exitCode ??= 0;
  const instance = world.instances[task.ec2InstanceId];
  if (instance !== undefined) {
    occupy(instance, task, -1);
    instance.tasks = instance.tasks.filter((arn) => arn !== task.arn);
  }
  publishTask(world, task);
  if (instance !== undefined && instance.status !== 'INACTIVE') publishInstance(world, instance);
  const service = task.service === null ? undefined : world.services[task.service];
  if (service !== undefined) {
    service.tasks = service.tasks.filter((arn) => arn !== task.arn);
    if (!started && task.stopCode === 'TaskFailedToStart') taskFailedToStart(world, service, task);
    evaluateSoon(world, service);
  }
  wakeWaiting(world);
  after(world, task, 'forget', rememberedMs);
};
