import * as z from 'zod';
import { ObservedService, ObservedTaskDefinition } from '../../events/fleet.ts';
import type { Instant } from '../../events/ids.ts';
import { absent, list, Moment, readShape, withoutUndefined } from './awsShape.ts';
import { hostPortsFrom } from './ecsShapes.ts';

// Services and task definitions as DescribeServices and DescribeTaskDefinition answer, through the
// SDK or as the AWS CLI prints them.

const count = absent(z.int().nonnegative());

const EcsDeployment = z.object({
  id: z.string(),
  status: z.string(),
  taskDefinition: z.string(),
  desiredCount: count,
  runningCount: count,
  pendingCount: count,
  failedTasks: count,
  rolloutState: absent(z.string()),
  createdAt: absent(Moment),
});

const placementConstraints = list(z.object({ type: z.string(), expression: absent(z.string()) }));
const placementStrategy = list(z.object({ type: z.string(), field: absent(z.string()) }));

/** Left out where nothing is asked. */
const asked = <Wish extends object>(wishes: readonly Wish[]) =>
  wishes.length === 0 ? undefined : wishes.map(withoutUndefined);

const EcsService = z.object({
  serviceArn: z.string(),
  serviceName: z.string(),
  status: z.string(),
  schedulingStrategy: absent(z.string()),
  deploymentController: absent(z.object({ type: z.string() })),
  deploymentConfiguration: absent(
    z.object({ minimumHealthyPercent: count, maximumPercent: count }),
  ),
  desiredCount: count,
  runningCount: count,
  pendingCount: count,
  taskDefinition: absent(z.string()),
  deployments: list(EcsDeployment),
  placementConstraints,
  placementStrategy,
  loadBalancers: list(
    z.object({ targetGroupArn: absent(z.string()), loadBalancerName: absent(z.string()) }),
  ),
  healthCheckGracePeriodSeconds: count,
  taskSets: list(z.object({ status: z.string(), taskDefinition: z.string() })),
});

type EcsService = z.output<typeof EcsService>;

/** What ECS applies where the service says nothing (API, DeploymentConfiguration). */
const defaultBounds = (schedulingStrategy: string) =>
  schedulingStrategy === 'DAEMON'
    ? { minimumHealthyPercent: 0, maximumPercent: 100 }
    : { minimumHealthyPercent: 100, maximumPercent: 200 };

/** A service under CODE_DEPLOY or EXTERNAL keeps its task definition in its primary task set. */
const taskDefinitionOf = ({ taskDefinition, taskSets }: EcsService) =>
  taskDefinition ??
  (taskSets.find(({ status }) => status === 'PRIMARY') ?? taskSets[0])?.taskDefinition;

/**
 * One entry of `services`, as it was at `describedAt`. `undefined` for a service that never had a
 * task set and so has no task definition: it runs nothing. Throws `GatewayError` naming the field.
 */
export const serviceFromEcs = (raw: unknown, describedAt: Instant): ObservedService | undefined => {
  const service = readShape(EcsService, raw, 'service');
  const taskDefinitionArn = taskDefinitionOf(service);
  if (taskDefinitionArn === undefined) return undefined;
  const schedulingStrategy = service.schedulingStrategy ?? 'REPLICA';
  const bounds = defaultBounds(schedulingStrategy);
  const { minimumHealthyPercent, maximumPercent } = service.deploymentConfiguration ?? bounds;
  const observed = withoutUndefined({
    serviceArn: service.serviceArn,
    serviceName: service.serviceName,
    status: service.status,
    schedulingStrategy,
    deploymentController: service.deploymentController?.type ?? 'ECS',
    ...countsOf(service),
    minimumHealthyPercent: minimumHealthyPercent ?? bounds.minimumHealthyPercent,
    maximumPercent: maximumPercent ?? bounds.maximumPercent,
    taskDefinitionArn,
    deployments: service.deployments.map(deploymentFrom),
    placementConstraints: asked(service.placementConstraints),
    placementStrategy: asked(service.placementStrategy),
    loadBalancing: loadBalancingOf(service),
    describedAt,
  });
  return readShape(ObservedService, observed, 'service');
};

const loadBalancingOf = ({ loadBalancers, healthCheckGracePeriodSeconds }: EcsService) => {
  const arns = new Set(loadBalancers.flatMap(({ targetGroupArn }) => targetGroupArn ?? []));
  const isClassic = ({ targetGroupArn, loadBalancerName }: EcsService['loadBalancers'][number]) =>
    targetGroupArn === undefined && loadBalancerName !== undefined;
  return {
    targetGroupArns: [...arns].toSorted(),
    classicLoadBalancers: loadBalancers.filter(isClassic).length,
    healthCheckGraceSeconds: healthCheckGracePeriodSeconds ?? 0,
  };
};

const countsOf = (counted: Pick<EcsService, 'desiredCount' | 'runningCount' | 'pendingCount'>) => ({
  desiredCount: counted.desiredCount ?? 0,
  runningCount: counted.runningCount ?? 0,
  pendingCount: counted.pendingCount ?? 0,
});

const deploymentFrom = (deployment: z.output<typeof EcsDeployment>) =>
  withoutUndefined({
    id: deployment.id,
    status: deployment.status,
    taskDefinitionArn: deployment.taskDefinition,
    ...countsOf(deployment),
    failedTasks: deployment.failedTasks ?? 0,
    rolloutState: deployment.rolloutState,
    createdAt: deployment.createdAt,
  });

const EcsTaskDefinition = z.object({
  taskDefinitionArn: z.string(),
  family: z.string(),
  revision: z.int(),
  networkMode: absent(z.string()),
  runtimePlatform: absent(z.object({ operatingSystemFamily: absent(z.string()) })),
  containerDefinitions: list(
    z.object({
      name: z.string(),
      image: z.string(),
      cpu: absent(z.number()),
      memory: absent(z.number()),
      stopTimeout: count,
      essential: absent(z.boolean()),
      healthCheck: absent(z.object({})),
      portMappings: list(
        z.object({ hostPort: absent(z.int()), protocol: absent(z.enum(['tcp', 'udp'])) }),
      ),
    }),
  ),
  placementConstraints,
  requiresAttributes: list(z.object({ name: z.string(), value: absent(z.string()) })),
  volumes: list(z.object({ host: absent(z.object({ sourcePath: absent(z.string()) })) })),
});

/** A check of any other container leaves its task UNKNOWN for good (ECS API, HealthCheck). */
const decidesHealth = (container: {
  readonly essential?: boolean | undefined;
  readonly healthCheck?: object | undefined;
}): boolean => container.essential !== false && container.healthCheck !== undefined;

/**
 * The `taskDefinition` of one answer. Task-level CPU and memory are left out because Windows
 * ignores them (ECS Developer Guide, windows_task_definitions). Under `awsvpc` a port is taken on
 * the task's own network interface, so none on the instance. Throws `GatewayError` naming the
 * field.
 */
export const taskDefinitionFromEcs = (raw: unknown): ObservedTaskDefinition => {
  const described = readShape(EcsTaskDefinition, raw, 'task definition');
  const ownInterface = described.networkMode === 'awsvpc';
  const observed = withoutUndefined({
    taskDefinitionArn: described.taskDefinitionArn,
    family: described.family,
    revision: described.revision,
    operatingSystemFamily: described.runtimePlatform?.operatingSystemFamily,
    networkMode: described.networkMode,
    containers: described.containerDefinitions.map((container) =>
      withoutUndefined({
        name: container.name,
        image: container.image,
        cpu: container.cpu ?? 0,
        stopTimeoutSeconds: container.stopTimeout,
        memoryMiB: container.memory,
        hasHealthCheck: decidesHealth(container) ? (true as const) : undefined,
        hostPorts: ownInterface ? [] : hostPortsFrom(container.portMappings),
      }),
    ),
    placementConstraints: asked(described.placementConstraints),
    requiresAttributes: asked(described.requiresAttributes),
    hostPaths: described.volumes.flatMap(({ host }) => host?.sourcePath ?? []),
  });
  return readShape(ObservedTaskDefinition, observed, 'task definition');
};
