import type { ImageConfigFacts } from '../../domain/windows/image.ts';
import type { EcrPlace } from '../../domain/windows/imageName.ts';
import type { LifecycleRule } from '../../domain/windows/lifecyclePolicy.ts';
import type {
  ObservedInstance,
  ObservedService,
  ObservedTask,
  ObservedTaskDefinition,
} from '../../events/fleet.ts';
import type {
  AmiId,
  ClusterArn,
  Digest,
  Ec2InstanceId,
  Instant,
  WindowsBuild,
} from '../../events/ids.ts';
import type { AutoScalingGateway } from './autoScalingPort.ts';
import type { CloudWatchGateway } from './cloudWatchPort.ts';
import type { CodeBuildGateway } from './codeBuildPort.ts';
import type { Ec2Gateway } from './ec2Port.ts';
import type { EcsCapacityReads } from './ecsCapacityPort.ts';
import type { LoadBalancingGateway } from './loadBalancingPort.ts';
import type { PrefetchImage } from './prefetchDefinition.ts';
import type { ScalableTargetsGateway } from './scalableTargetsPort.ts';

/**
 * What the rest of Tuesday asks of AWS: one gateway a service, in the project's own words. SDK
 * shapes and SDK errors stay behind them.
 */
export type EcsGateway = EcsCapacityReads & {
  /** Its ARN, by its name or ARN; `undefined` where ECS knows no such ACTIVE cluster. */
  readonly findCluster: (cluster: string) => Promise<ClusterArn | undefined>;
  readonly listInstances: (cluster: string) => Promise<readonly ObservedInstance[]>;
  readonly listTasks: (cluster: string) => Promise<readonly ObservedTask[]>;
  readonly listServices: (cluster: string, now: Instant) => Promise<readonly ObservedService[]>;
  /** At most a hundred; those for which ECS answers MISSING are left out. */
  readonly describeTasks: (
    cluster: string,
    taskArns: readonly string[],
  ) => Promise<readonly ObservedTask[]>;
  readonly describeTaskDefinition: (arn: string) => Promise<ObservedTaskDefinition>;
  /** `undefined` where ECS answers MISSING: not the same as gone. */
  readonly describeInstance: (
    cluster: string,
    containerInstanceArn: string,
  ) => Promise<ObservedInstance | undefined>;
  /** At most a hundred; those for which ECS answers MISSING are left out. */
  readonly describeInstances: (
    cluster: string,
    containerInstanceArns: readonly string[],
  ) => Promise<readonly ObservedInstance[]>;
  readonly describeService: (
    cluster: string,
    serviceArn: string,
    now: Instant,
  ) => Promise<ObservedService | undefined>;
  readonly setInstanceStatus: (
    cluster: string,
    containerInstanceArn: string,
    status: 'ACTIVE' | 'DRAINING',
  ) => Promise<void>;
  /**
   * Sets at most ten DRAINING in one call. Answers with those that were not, by ARN: what ECS
   * refused, and what its answer says nothing of, which is unclear. Throws where the call failed
   * as a whole.
   */
  readonly drainInstances: (
    cluster: string,
    containerInstanceArns: readonly string[],
  ) => Promise<ReadonlyMap<string, GatewayError>>;
  /**
   * ECS forgets the instance, and EC2 does not. Without `force` it is refused while tasks run; with
   * it they are left to run as orphans, which their services replace elsewhere.
   */
  readonly deregisterInstance: (
    cluster: string,
    containerInstanceArn: string,
    how: { readonly force: boolean },
  ) => Promise<void>;
  /** Puts `tuesday.os-build` on an instance; whatever it said before is overwritten. */
  readonly labelInstance: (
    cluster: string,
    containerInstanceArn: string,
    build: WindowsBuild,
  ) => Promise<void>;
  /** Replaces all placement constraints of a service, and deploys nothing. */
  readonly setPlacementConstraints: (
    cluster: string,
    serviceArn: string,
    constraints: NonNullable<ObservedService['placementConstraints']>,
  ) => Promise<void>;
  /** Returns the id of the deployment that the call made. */
  readonly forceNewDeployment: (cluster: string, serviceArn: string) => Promise<string>;
  /** A task that has stopped may be stopped again: nothing happens. */
  readonly stopTask: (cluster: string, taskArn: string, reason: string) => Promise<void>;
  /** The family of task definitions whose task pulls this image and ends at once. */
  readonly prefetchDefinition: (image: PrefetchImage) => Promise<string>;
  /**
   * `RunTask` with count 1, pinned to one EC2 instance; `clientToken` makes a second call the same
   * task.
   */
  readonly runPinnedTask: (request: {
    readonly cluster: string;
    readonly family: string;
    readonly ec2InstanceId: Ec2InstanceId;
    readonly containerInstanceArn: string;
    readonly clientToken: string;
    readonly startedBy: string;
  }) => Promise<{ readonly taskArn: string }>;
};

export type EcrGateway = {
  /** Manifest and config of an image by digest. Throws `GatewayError`. */
  readonly readImageConfig: (place: EcrPlace, digest: Digest) => Promise<ImageConfigFacts>;
  /** Empty where the repository has none. Throws `GatewayError`. */
  readonly readLifecyclePolicy: (place: EcrPlace) => Promise<readonly LifecycleRule[]>;
};

export type SsmGateway = {
  /** The AMI behind `/aws/service/ami-windows-latest/<family>`. */
  readonly readAmi: (
    family: string,
  ) => Promise<{ readonly amiId: AmiId; readonly name: string } | undefined>;
};

export type BusGateway = {
  readonly put: (event: {
    readonly id: string;
    readonly detailType: string;
    readonly detail: unknown;
    readonly at: Instant;
  }) => Promise<void>;
};

export type Gateways = {
  readonly ecs: EcsGateway;
  readonly autoScaling: AutoScalingGateway;
  readonly ec2: Ec2Gateway;
  readonly loadBalancing: LoadBalancingGateway;
  readonly scalableTargets: ScalableTargetsGateway;
  readonly cloudWatch: CloudWatchGateway;
  readonly codeBuild: CodeBuildGateway;
  readonly ecr: EcrGateway;
  readonly ssm: SsmGateway;
  readonly bus: BusGateway;
};

/**
 * How a call failed, decided once at the border. `refused`: AWS said no, and will again.
 * `throttled`: not done, try later. `unclear`: it may have been done; look before trying again.
 */
export type FailureKind = 'refused' | 'throttled' | 'unclear';

export class GatewayError extends Error {
  readonly kind: FailureKind;
  readonly code: string;

  constructor(kind: FailureKind, code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'GatewayError';
    this.kind = kind;
    this.code = code;
  }
}

export const isGatewayError = (error: unknown): error is GatewayError =>
  error instanceof Error && error.name === 'GatewayError';
