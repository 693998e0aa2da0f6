import * as z from 'zod';
import { fact } from './fact.ts';
import {
  ContainerInstanceArn,
  Digest,
  Ec2InstanceId,
  Instant,
  ServiceArn,
  TaskArn,
  TaskDefinitionArn,
} from './ids.ts';

// Stream fleet#<cluster name>#<shard>: what ECS says it runs. Stored for ever: add, do not rename.

/** Where an observation came from; the sweep and `import` describe, EventBridge pushes. */
export const Origin = z.enum(['event', 'describe']);

const version = z.int().nonnegative();
const amount = z.number().nonnegative();

/**
 * CPU in ECS units (1,024 a vCPU), memory in MiB, ports *taken*, as ECS lists them in `PORTS` and
 * `PORTS_UDP`.
 */
export const Resources = z.object({
  cpu: amount,
  memoryMiB: amount,
  tcpPorts: z.array(z.int()).readonly(),
  udpPorts: z.array(z.int()).readonly(),
});
export type Resources = z.infer<typeof Resources>;

export const ObservedInstance = z.object({
  containerInstanceArn: ContainerInstanceArn,
  /** Absent for an external instance (ECS Anywhere), whose id is `mi-...`. */
  ec2InstanceId: Ec2InstanceId.optional(),
  version,
  status: z.string(),
  /** The highest version at which it was seen DRAINING; absent: never. */
  drainingVersion: version.optional(),
  agentConnected: z.boolean(),
  agentVersion: z.string().optional(),
  registered: Resources,
  remaining: Resources,
  /** Name to value; `null` where ECS lists a name alone. */
  attributes: z.record(z.string(), z.string().nullable()).readonly(),
  capacityProviderName: z.string().optional(),
  registeredAt: Instant.optional(),
  /** As ECS counts them; absent where the source does not carry them. */
  runningTasksCount: z.int().nonnegative().optional(),
  pendingTasksCount: z.int().nonnegative().optional(),
});
export type ObservedInstance = z.infer<typeof ObservedInstance>;

export const ObservedContainer = z.object({
  name: z.string(),
  image: z.string().optional(),
  imageDigest: Digest.optional(),
  lastStatus: z.string().optional(),
  exitCode: z.int().optional(),
  reason: z.string().optional(),
  hostPorts: z
    .array(z.object({ port: z.int(), protocol: z.enum(['tcp', 'udp']) }).readonly())
    .readonly(),
});
export type ObservedContainer = z.infer<typeof ObservedContainer>;

export const HealthStatus = z.enum(['HEALTHY', 'UNHEALTHY']);

export const ObservedTask = z.object({
  taskArn: TaskArn,
  version,
  containerInstanceArn: ContainerInstanceArn.optional(),
  taskDefinitionArn: TaskDefinitionArn,
  /** `service:<name>` or `family:<name>`; ECS gives every task one. */
  group: z.string(),
  startedBy: z.string().optional(),
  launchType: z.string().optional(),
  /** Absent where it was started without a capacity provider strategy. */
  capacityProviderName: z.string().optional(),
  lastStatus: z.string(),
  desiredStatus: z.string(),
  /** Of its container health checks; absent where there is none, and where ECS says UNKNOWN. */
  healthStatus: HealthStatus.optional(),
  availabilityZone: z.string().optional(),
  createdAt: Instant.optional(),
  startedAt: Instant.optional(),
  stoppedAt: Instant.optional(),
  stopCode: z.string().optional(),
  stoppedReason: z.string().optional(),
  containers: z.array(ObservedContainer.readonly()).readonly(),
});
export type ObservedTask = z.infer<typeof ObservedTask>;

export const ObservedDeployment = z.object({
  id: z.string(),
  status: z.string(),
  taskDefinitionArn: TaskDefinitionArn,
  desiredCount: z.int(),
  runningCount: z.int(),
  pendingCount: z.int(),
  failedTasks: z.int(),
  rolloutState: z.string().optional(),
  createdAt: Instant.optional(),
});
export type ObservedDeployment = z.infer<typeof ObservedDeployment>;

/**
 * Services carry no version: the later `describedAt` wins (ECS Developer Guide,
 * ecs_service_events).
 */
/**
 * What a service or a task definition asks of placement, as it was written; Tuesday may find that
 * it cannot read it. Absent where nothing is asked.
 */
const placementConstraints = z
  .array(z.object({ type: z.string(), expression: z.string().optional() }).readonly())
  .readonly()
  .optional();
const placementStrategy = z
  .array(z.object({ type: z.string(), field: z.string().optional() }).readonly())
  .readonly()
  .optional();

export const ObservedService = z.object({
  serviceArn: ServiceArn,
  serviceName: z.string(),
  status: z.string(),
  schedulingStrategy: z.string(),
  deploymentController: z.string(),
  desiredCount: z.int().nonnegative(),
  runningCount: z.int().nonnegative(),
  pendingCount: z.int().nonnegative(),
  /**
   * Percent, as ECS keeps it: lower = ceil(desired x minimum), upper = floor(desired x maximum).
   */
  minimumHealthyPercent: z.int().nonnegative(),
  maximumPercent: z.int().nonnegative(),
  taskDefinitionArn: TaskDefinitionArn,
  deployments: z.array(ObservedDeployment.readonly()).readonly(),
  placementConstraints,
  placementStrategy,
  /** How it is reached. Absent: described by a Tuesday that did not read it. */
  loadBalancing: z
    .object({
      /** Of Application, Network and Gateway Load Balancers. */
      targetGroupArns: z.array(z.string()).readonly(),
      /** A Classic Load Balancer has no target groups, and its own draining is not read. */
      classicLoadBalancers: z.int().nonnegative(),
      healthCheckGraceSeconds: z.int().nonnegative(),
    })
    .readonly()
    .optional(),
  describedAt: Instant,
});
export type ObservedService = z.infer<typeof ObservedService>;

export const ObservedTaskDefinition = z.object({
  taskDefinitionArn: TaskDefinitionArn,
  family: z.string(),
  revision: z.int(),
  /** `runtimePlatform.operatingSystemFamily`, such as `WINDOWS_SERVER_2022_CORE`. */
  operatingSystemFamily: z.string().optional(),
  networkMode: z.string().optional(),
  containers: z
    .array(
      z
        .object({
          name: z.string(),
          image: z.string(),
          cpu: amount,
          /** Absent: that of the agent, `ECS_CONTAINER_STOP_TIMEOUT`. */
          stopTimeoutSeconds: z.int().nonnegative().optional(),
          /** Hard limit; absent means none, which Windows cannot bear (design decision 10). */
          memoryMiB: amount.optional(),
          /** Of an essential one: ECS counts its task as healthy once the check says so. */
          hasHealthCheck: z.literal(true).optional(),
          hostPorts: z
            .array(z.object({ port: z.int(), protocol: z.enum(['tcp', 'udp']) }).readonly())
            .readonly(),
        })
        .readonly(),
    )
    .readonly(),
  placementConstraints,
  /** Attributes that ECS itself asks of the instance; a name alone where it has no value. */
  requiresAttributes: z
    .array(z.object({ name: z.string(), value: z.string().optional() }).readonly())
    .readonly()
    .optional(),
  /** Host directories mounted; such a task is tied to its instance's data. */
  hostPaths: z.array(z.string()).readonly(),
});
export type ObservedTaskDefinition = z.infer<typeof ObservedTaskDefinition>;

export const FleetEvent = z.discriminatedUnion('type', [
  fact('InstanceObserved', {
    instance: ObservedInstance.readonly(),
    from: Origin,
    observedAt: Instant,
  }),
  /**
   * `INACTIVE`, or proven gone by the sweep; never concluded from a listing that is merely empty.
   */
  fact('InstanceDeregistered', {
    containerInstanceArn: ContainerInstanceArn,
    version,
    observedAt: Instant,
  }),
  /** Told late: it was DRAINING at this version, which is not the newest. */
  fact('InstanceWasDraining', {
    containerInstanceArn: ContainerInstanceArn,
    version,
    observedAt: Instant,
  }),
  fact('TaskObserved', { task: ObservedTask.readonly(), from: Origin, observedAt: Instant }),
  /** Stopped tasks leave the state after a while; their facts stay in the record. */
  fact('StoppedTasksForgotten', {
    taskArns: z.array(TaskArn).readonly(),
    forgottenAt: Instant,
  }),
  fact('ServiceObserved', { service: ObservedService.readonly() }),
  fact('TaskDefinitionObserved', {
    taskDefinition: ObservedTaskDefinition.readonly(),
    observedAt: Instant,
  }),
  /** How long a target that leaves goes on serving what it has begun. */
  fact('TargetGroupObserved', {
    targetGroupArn: z.string(),
    deregistrationDelaySeconds: z.int().nonnegative(),
    observedAt: Instant,
  }),
  /** Scale-in protection of a task; it ends by itself at `expiresAt`. */
  fact('TaskProtectionObserved', {
    taskArn: TaskArn,
    protected: z.boolean(),
    /** Absent though protected: ECS did not say until when. */
    expiresAt: Instant.optional(),
    observedAt: Instant,
  }),
  /** ECS Service Action: no version, so told apart by envelope id. */
  fact('ServiceActionObserved', {
    eventId: z.string(),
    serviceArn: ServiceArn,
    eventName: z.string(),
    severity: z.string(),
    reason: z.string().optional(),
    createdAt: Instant,
  }),
  fact('DeploymentStateObserved', {
    eventId: z.string(),
    serviceArn: ServiceArn,
    deploymentId: z.string(),
    eventName: z.string(),
    reason: z.string().optional(),
    updatedAt: Instant,
  }),
]);
export type FleetEvent = z.infer<typeof FleetEvent>;

// Stream ec2#<account>#<region>: notices about EC2 instances, whose events name no cluster.
export const Ec2Event = z.discriminatedUnion('type', [
  fact('InterruptionNoticed', {
    eventId: z.string(),
    ec2InstanceId: Ec2InstanceId,
    action: z.string(),
    noticedAt: Instant,
  }),
  fact('RebalanceRecommended', {
    eventId: z.string(),
    ec2InstanceId: Ec2InstanceId,
    recommendedAt: Instant,
  }),
  fact('Ec2StateChanged', {
    eventId: z.string(),
    ec2InstanceId: Ec2InstanceId,
    state: z.string(),
    changedAt: Instant,
  }),
  /** EC2 does not answer for it: it forgets an instance about an hour after its end. */
  fact('Ec2InstanceNotFound', {
    eventId: z.string(),
    ec2InstanceId: Ec2InstanceId,
    notFoundAt: Instant,
  }),
  fact('TerminationHookBegan', {
    eventId: z.string(),
    ec2InstanceId: Ec2InstanceId,
    autoScalingGroupName: z.string(),
    lifecycleHookName: z.string(),
    lifecycleActionToken: z.string(),
    beganAt: Instant,
  }),
]);
export type Ec2Event = z.infer<typeof Ec2Event>;
