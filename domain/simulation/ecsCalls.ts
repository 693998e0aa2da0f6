import {
  fail,
  type Input,
  numberOf,
  type Operation,
  ok,
  recordsOf,
  textOf,
  textsOf,
} from './answers.ts';
import { definitionArn } from './arns.ts';
import { describeCapacityProviders, getTaskProtection } from './ecsCapacityCalls.ts';
import { instanceOperations } from './ecsInstanceCalls.ts';
import { serviceOperations } from './ecsServiceCalls.ts';
import { taskOperations } from './ecsTaskCalls.ts';
import { registered } from './placement.ts';
import { hasStarted } from './shapes.ts';
import { findDefinition } from './taskDefinitions.ts';
import type { ContainerDefinition, TaskDefinition, World } from './world.ts';

const describeClusters: Operation = (world, input) => {
  const wanted = textsOf(input, 'clusters');
  const names = wanted.length === 0 ? ['default'] : wanted;
  const isKnown = (reference: string) => isOurCluster(world, reference);
  const tasks = Object.values(world.tasks).filter(({ lastStatus }) => lastStatus !== 'STOPPED');
  const running = tasks.filter(({ lastStatus }) => hasStarted(lastStatus)).length;
  const cluster = {
    activeServicesCount: Object.keys(world.services).length,
    capacityProviders: world.capacityProviders.map(({ name }) => name),
    clusterArn: world.clusterArn,
    clusterName: world.clusterName,
    defaultCapacityProviderStrategy: [],
    pendingTasksCount: tasks.length - running,
    registeredContainerInstancesCount: registered(world).length,
    runningTasksCount: running,
    settings: [],
    statistics: [],
    status: 'ACTIVE',
    tags: [],
  };
  return ok({
    clusters: names.some(isKnown) ? [cluster] : [],
    failures: names.filter((name) => !isKnown(name)).map((arn) => ({ arn, reason: 'MISSING' })),
  });
};

const listClusters: Operation = (world) => ok({ clusterArns: [world.clusterArn] });

const definitionShape = (definition: TaskDefinition) => ({
  taskDefinitionArn: definition.arn,
  containerDefinitions: definition.containerDefinitions,
  family: definition.family,
  revision: definition.revision,
  volumes: [],
  status: 'ACTIVE',
  placementConstraints: [],
  compatibilities: ['EC2'],
  ...definition.rest,
  ...(definition.networkMode === null ? {} : { networkMode: definition.networkMode }),
  ...(definition.operatingSystemFamily === null
    ? {}
    : {
        runtimePlatform: {
          cpuArchitecture: 'X86_64',
          operatingSystemFamily: definition.operatingSystemFamily,
        },
      }),
  registeredAt: definition.registeredAt / 1000,
});

const describeTaskDefinition: Operation = (world, input) => {
  const found = findDefinition(world, textOf(input, 'taskDefinition') ?? '');
  return found === undefined
    ? fail('ClientException', 'Unable to describe task definition.')
    : ok({ taskDefinition: definitionShape(found), tags: [] });
};

const registerTaskDefinition: Operation = (world, input) => {
  const family = textOf(input, 'family');
  const containers = recordsOf(input, 'containerDefinitions');
  if (family === undefined || !/^[A-Za-z0-9_-]{1,255}$/.test(family)) {
    return fail('ClientException', 'Family contains invalid characters.');
  }
  if (containers.length === 0) return fail('ClientException', 'Container list cannot be empty.');
  const revision = (world.revisions[family] ?? 0) + 1;
  world.revisions[family] = revision;
  const { family: _family, containerDefinitions: _containers, ...rest } = input;
  const platform = input.runtimePlatform as Input | undefined;
  const arn = definitionArn(world, family, revision);
  const definition: TaskDefinition = {
    arn,
    family,
    revision,
    operatingSystemFamily: textOf(platform ?? {}, 'operatingSystemFamily') ?? null,
    networkMode: textOf(input, 'networkMode') ?? null,
    containerDefinitions: containers as unknown as ContainerDefinition[],
    rest,
    registeredAt: world.now,
  };
  world.taskDefinitions[arn] = definition;
  return ok({ taskDefinition: definitionShape(definition) });
};

const listTaskDefinitions: Operation = (world, input) => {
  const prefix = textOf(input, 'familyPrefix');
  const found = Object.values(world.taskDefinitions).filter(
    ({ family }) => prefix === undefined || family === prefix,
  );
  const size = numberOf(input, 'maxResults') ?? 100;
  return ok({ taskDefinitionArns: found.map(({ arn }) => arn).slice(0, size) });
};

/** "The short name or full ARN" (ECS API Reference); the name alone is not unique in the world. */
const isOurCluster = (world: World, reference: string): boolean =>
  reference === world.clusterName || reference === world.clusterArn;

/** Operations that name a cluster answer ClusterNotFoundException for any but the world's own. */
const inCluster =
  (operation: Operation): Operation =>
  (world, input) =>
    isOurCluster(world, textOf(input, 'cluster') ?? 'default')
      ? operation(world, input)
      : fail('ClusterNotFoundException', 'Cluster not found.');

const within = (operations: Readonly<Record<string, Operation>>) =>
  Object.fromEntries(
    Object.entries(operations).map(([name, operation]) => [name, inCluster(operation)]),
  );

export const ecsOperations: Readonly<Record<string, Operation>> = {
  DescribeClusters: describeClusters,
  DescribeCapacityProviders: describeCapacityProviders,
  ListClusters: listClusters,
  DescribeTaskDefinition: describeTaskDefinition,
  RegisterTaskDefinition: registerTaskDefinition,
  ListTaskDefinitions: listTaskDefinitions,
  ...within(instanceOperations),
  ...within(serviceOperations),
  ...within(taskOperations),
  ...within({ GetTaskProtection: getTaskProtection }),
};
