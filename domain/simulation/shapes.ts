import { reservedPorts as windowsPorts } from '../windows/reservedPorts.ts';
import { agentVersion } from './instanceQuery.ts';
import { instantText } from './instantText.ts';
import type { Container, Instance, Service, Task, World } from './world.ts';

/**
 * How a moment is written: ISO text in events, epoch seconds in answers of the JSON 1.1 protocol.
 */
export type Moment = (instant: number) => unknown;

export const isoMoment: Moment = instantText;
export const epochMoment: Moment = (instant) => instant / 1000;

/** What Windows and the agent keep, and 80, where task roles are handed out. */
export const reservedPorts = [...windowsPorts.keys(), 80].toSorted((a, b) => a - b);

const moments = (members: Record<string, number | null>, moment: Moment) => {
  const told: Record<string, unknown> = {};
  for (const name of Object.keys(members)) {
    const at = members[name];
    if (at !== null && at !== undefined) told[name] = moment(at);
  }
  return told;
};

/** Members that are `null` are left out, as AWS leaves out what is not set. */
const present = (members: Record<string, unknown>) => {
  const told: Record<string, unknown> = {};
  for (const name of Object.keys(members)) {
    if (members[name] !== null) told[name] = members[name];
  }
  return told;
};

export const taskShape = (world: World, task: Task, moment: Moment) => ({
  attachments: [],
  attributes: [{ name: 'ecs.cpu-architecture', value: 'x86_64' }],
  availabilityZone: task.zone,
  clusterArn: world.clusterArn,
  connectivity: world.instances[task.ec2InstanceId]?.agentConnected ? 'CONNECTED' : 'DISCONNECTED',
  containerInstanceArn: task.containerInstanceArn,
  containers: task.containers.map((container) => containerShape(world, task, container)),
  cpu: String(sum(task.containers, ({ cpu }) => cpu)),
  desiredStatus: task.desiredStatus,
  enableExecuteCommand: false,
  group: task.group,
  lastStatus: task.lastStatus,
  launchType: 'EC2',
  memory: String(sum(task.containers, ({ memoryMiB }) => memoryMiB)),
  overrides: { containerOverrides: task.containers.map(({ name }) => ({ name })) },
  ...present({
    startedBy: task.startedBy,
    stopCode: task.stopCode,
    stoppedReason: task.stoppedReason,
  }),
  taskArn: task.arn,
  taskDefinitionArn: task.taskDefinition,
  version: task.version,
  ...moments(
    {
      connectivityAt: task.createdAt,
      createdAt: task.createdAt,
      pullStartedAt: task.pullStartedAt,
      pullStoppedAt: task.pullStoppedAt,
      startedAt: task.startedAt,
      stoppingAt: task.stoppingAt,
      stoppedAt: task.stoppedAt,
    },
    moment,
  ),
});

export const sum = <Item>(items: readonly Item[], amount: (item: Item) => number): number =>
  items.reduce((total, item) => total + amount(item), 0);

const containerShape = (world: World, task: Task, container: Container) => ({
  containerArn: `${task.arn.replace(':task/', ':container/')}/${container.id}`,
  cpu: String(container.cpu),
  image: container.image,
  lastStatus: containerStatus(task),
  memory: String(container.memoryMiB),
  name: container.name,
  networkBindings:
    container.hostPort === null || task.lastStatus === 'STOPPED'
      ? []
      : [
          {
            bindIP: '0.0.0.0',
            containerPort: container.containerPort,
            hostPort: container.hostPort,
            protocol: 'tcp',
          },
        ],
  networkInterfaces: [],
  taskArn: task.arn,
  ...present({
    exitCode: container.exitCode,
    // ECS names the digest of images in ECR; of others it does not have to know one.
    imageDigest: container.image.startsWith(`${world.account}.dkr.ecr.`) ? container.digest : null,
    reason: container.reason,
    runtimeId: container.runtimeId,
  }),
});

const containerStatus = ({ lastStatus }: Task) => {
  if (lastStatus === 'RUNNING' || lastStatus === 'STOPPED') return lastStatus;
  if (lastStatus === 'DEACTIVATING' || lastStatus === 'STOPPING') return 'RUNNING';
  return lastStatus === 'DEPROVISIONING' ? 'STOPPED' : 'PENDING';
};

export const instanceShape = (world: World, instance: Instance) => {
  const tcpPorts = [...reservedPorts, ...instance.tcpPorts].map(String);
  const tasks = instance.tasks.flatMap((arn) => world.tasks[arn] ?? []);
  const running = tasks.filter(({ lastStatus }) => hasStarted(lastStatus)).length;
  return {
    agentConnected: instance.agentConnected,
    attributes: attributesShape(instance),
    containerInstanceArn: instance.arn,
    ec2InstanceId: instance.ec2InstanceId,
    pendingTasksCount: tasks.length - running,
    registeredResources: resources(instance.cpu, instance.memoryMiB, reservedPorts.map(String)),
    remainingResources: resources(
      instance.cpu - instance.cpuUsed,
      instance.memoryMiB - instance.memoryUsedMiB,
      tcpPorts,
    ),
    runningTasksCount: running,
    status: instance.status,
    version: instance.version,
    versionInfo: {
      agentHash: '8dfceca1',
      agentVersion,
      dockerVersion: 'DockerVersion: 25.0.6',
    },
  };
};

export const attributesShape = (instance: Instance) =>
  Object.entries(instance.attributes).map(([name, value]) =>
    value === null ? { name } : { name, value },
  );

export const hasStarted = (status: Task['lastStatus']): boolean =>
  status === 'RUNNING' || status === 'DEACTIVATING' || status === 'STOPPING';

const resources = (cpu: number, memoryMiB: number, tcpPorts: readonly string[]) => [
  { name: 'CPU', type: 'INTEGER', integerValue: cpu },
  { name: 'MEMORY', type: 'INTEGER', integerValue: memoryMiB },
  { name: 'PORTS', type: 'STRINGSET', stringSetValue: tcpPorts },
  { name: 'PORTS_UDP', type: 'STRINGSET', stringSetValue: [] },
];

export const serviceShape = (world: World, service: Service) => {
  const tasks = service.tasks.flatMap((arn) => world.tasks[arn] ?? []);
  return {
    clusterArn: world.clusterArn,
    createdAt: service.createdAt / 1000,
    deploymentConfiguration: {
      deploymentCircuitBreaker: service.circuitBreaker,
      maximumPercent: service.maximumPercent,
      minimumHealthyPercent: service.minimumHealthyPercent,
      strategy: 'ROLLING',
    },
    deploymentController: { type: 'ECS' },
    availabilityZoneRebalancing: service.availabilityZoneRebalancing,
    deployments: service.deployments.map((deployment) => ({
      createdAt: deployment.createdAt / 1000,
      ...counts(tasks.filter((task) => task.deployment === deployment.id)),
      desiredCount: deployment.status === 'PRIMARY' ? service.desiredCount : 0,
      failedTasks: deployment.failedTasks,
      id: deployment.id,
      launchType: 'EC2',
      rolloutState: deployment.rolloutState,
      rolloutStateReason: deployment.rolloutStateReason,
      status: deployment.status,
      taskDefinition: deployment.taskDefinition,
      updatedAt: deployment.updatedAt / 1000,
    })),
    desiredCount: service.desiredCount,
    enableECSManagedTags: false,
    enableExecuteCommand: false,
    events: service.events.map((event) => ({ ...event, createdAt: event.createdAt / 1000 })),
    launchType: 'EC2',
    loadBalancers: [],
    ...counts(tasks),
    placementConstraints: service.placementConstraints,
    placementStrategy: service.placementStrategy.map(({ type, field }) =>
      field === '' ? { type } : { type, field },
    ),
    propagateTags: 'NONE',
    schedulingStrategy: service.schedulingStrategy,
    serviceArn: service.arn,
    serviceName: service.name,
    serviceRegistries: [],
    status: 'ACTIVE',
    taskDefinition: service.taskDefinition,
  };
};

const counts = (tasks: readonly Task[]) => ({
  pendingCount: tasks.filter(
    ({ lastStatus, desiredStatus }) => desiredStatus === 'RUNNING' && lastStatus !== 'RUNNING',
  ).length,
  runningCount: tasks.filter(({ lastStatus }) => lastStatus === 'RUNNING').length,
});
