import * as z from 'zod';
import {
  HealthStatus,
  ObservedInstance,
  ObservedTask,
  type Resources,
} from '../../events/fleet.ts';
import { Digest, Ec2InstanceId } from '../../events/ids.ts';
import { absent, list, Moment, readShape, withoutUndefined } from './awsShape.ts';

// Container instances and tasks as DescribeContainerInstances and DescribeTasks answer, through the
// SDK or as the AWS CLI prints them.

const Resource = z.object({
  name: z.string(),
  integerValue: absent(z.number()),
  stringSetValue: list(z.string()),
});

/**
 * `PORTS` and `PORTS_UDP` are the ports *taken*. Below zero (an instance whose agent came back with
 * less) counts as nothing left.
 */
const resourcesFrom = (resources: readonly z.output<typeof Resource>[]): Resources => {
  const named = (name: string) => resources.find((resource) => resource.name === name);
  const amount = (name: string) => Math.max(0, named(name)?.integerValue ?? 0);
  const ports = (name: string) =>
    (named(name)?.stringSetValue ?? []).map(Number).toSorted(byNumber);
  return {
    cpu: amount('CPU'),
    memoryMiB: amount('MEMORY'),
    tcpPorts: ports('PORTS'),
    udpPorts: ports('PORTS_UDP'),
  };
};

const byNumber = (a: number, b: number) => a - b;

const EcsContainerInstance = z.object({
  containerInstanceArn: z.string(),
  ec2InstanceId: absent(z.string()),
  version: z.number(),
  status: z.string(),
  agentConnected: absent(z.boolean()),
  versionInfo: absent(z.object({ agentVersion: absent(z.string()) })),
  registeredResources: list(Resource),
  remainingResources: list(Resource),
  attributes: list(z.object({ name: z.string(), value: absent(z.string()) })),
  capacityProviderName: absent(z.string()),
  registeredAt: absent(Moment),
  runningTasksCount: absent(z.int()),
  pendingTasksCount: absent(z.int()),
});

/**
 * One entry of `containerInstances`. An external instance (`mi-...`, ECS Anywhere) has no
 * `ec2InstanceId`. Throws `GatewayError` naming the field.
 */
export const instanceFromEcs = (raw: unknown): ObservedInstance => {
  const instance = readShape(EcsContainerInstance, raw, 'container instance');
  const observed = withoutUndefined({
    containerInstanceArn: instance.containerInstanceArn,
    ec2InstanceId: Ec2InstanceId.safeParse(instance.ec2InstanceId).data,
    version: instance.version,
    status: instance.status,
    agentConnected: instance.agentConnected ?? false,
    agentVersion: instance.versionInfo?.agentVersion,
    registered: resourcesFrom(instance.registeredResources),
    remaining: resourcesFrom(instance.remainingResources),
    attributes: Object.fromEntries(
      instance.attributes.map(({ name, value }) => [name, value ?? null]),
    ),
    capacityProviderName: instance.capacityProviderName,
    registeredAt: instance.registeredAt,
    runningTasksCount: instance.runningTasksCount,
    pendingTasksCount: instance.pendingTasksCount,
  });
  return readShape(ObservedInstance, observed, 'container instance');
};

const NetworkBinding = z.object({
  hostPort: absent(z.int()),
  protocol: absent(z.enum(['tcp', 'udp'])),
});

const EcsContainer = z.object({
  name: z.string(),
  image: absent(z.string()),
  imageDigest: absent(z.string()),
  lastStatus: absent(z.string()),
  exitCode: absent(z.int()),
  reason: absent(z.string()),
  networkBindings: list(NetworkBinding),
});

/**
 * A digest that is none stays absent, so that the image counts as unknown and not as something
 * else.
 */
const containerFrom = (container: z.output<typeof EcsContainer>) =>
  withoutUndefined({
    name: container.name,
    image: container.image,
    imageDigest: Digest.safeParse(container.imageDigest).data,
    lastStatus: container.lastStatus,
    exitCode: container.exitCode,
    reason: container.reason,
    hostPorts: hostPortsFrom(container.networkBindings),
  });

/** Port 0 means "any", and so takes none by name. */
export const hostPortsFrom = (bindings: readonly z.output<typeof NetworkBinding>[]) =>
  bindings.flatMap(({ hostPort, protocol }) =>
    hostPort ? [{ port: hostPort, protocol: protocol ?? ('tcp' as const) }] : [],
  );

const EcsTask = z.object({
  taskArn: z.string(),
  version: z.number(),
  containerInstanceArn: absent(z.string()),
  taskDefinitionArn: z.string(),
  group: absent(z.string()),
  startedBy: absent(z.string()),
  launchType: absent(z.string()),
  capacityProviderName: absent(z.string()),
  lastStatus: z.string(),
  desiredStatus: z.string(),
  healthStatus: absent(z.string()),
  availabilityZone: absent(z.string()),
  createdAt: absent(Moment),
  startedAt: absent(Moment),
  stoppedAt: absent(Moment),
  stopCode: absent(z.string()),
  stoppedReason: absent(z.string()),
  containers: list(EcsContainer),
});

/** One entry of `tasks`. Throws `GatewayError` naming the field. */
export const taskFromEcs = (raw: unknown): ObservedTask => {
  const { containers, group, healthStatus, ...task } = readShape(EcsTask, raw, 'task');
  const observed = withoutUndefined({
    ...task,
    healthStatus: HealthStatus.safeParse(healthStatus).data,
    group: group ?? `family:${familyOf(task.taskDefinitionArn)}`,
    containers: containers.map(containerFrom),
  });
  return readShape(ObservedTask, observed, 'task');
};

/**
 * ECS gives a standalone task the group of its family where the caller names none (RunTask,
 * `group`).
 */
const familyOf = (taskDefinitionArn: string) =>
  taskDefinitionArn.replace(/^.*task-definition\//, '').replace(/:\d+$/, '');
