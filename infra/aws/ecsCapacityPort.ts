import type { ClusterArn, Instant } from '../../events/ids.ts';

export type EcsCluster = {
  readonly clusterArn: ClusterArn;
  readonly status: string;
  /** `containerInsights` and its like, by name. */
  readonly settings: Readonly<Record<string, string>>;
  readonly capacityProviders: readonly string[];
  readonly defaultCapacityProviders: readonly string[];
};

export type CapacityProvider = {
  readonly name: string;
  readonly status: string;
  /** Absent: ECS keeps the instances itself, or there are none (Fargate). */
  readonly group?:
    | {
        readonly autoScalingGroupArn: string;
        /** ECS sets the group's desired capacity; whoever else does is overruled. */
        readonly managedScaling: boolean;
        /** How full, in percent, ECS keeps the group; absent without managed scaling. */
        readonly targetCapacityPercent?: number | undefined;
        readonly minimumScalingStepSize?: number | undefined;
        readonly maximumScalingStepSize?: number | undefined;
        readonly instanceWarmupSeconds?: number | undefined;
        /** Auto Scaling may not end an instance that runs tasks of services. */
        readonly managedTerminationProtection: boolean;
        /** ECS drains by a lifecycle hook what Auto Scaling ends; absent where it does not say. */
        readonly managedDraining?: boolean | undefined;
      }
    | undefined;
};

export type TaskProtection = {
  readonly taskArn: string;
  readonly protected: boolean;
  readonly expiresAt?: Instant | undefined;
};

/** What ECS knows about its capacity, and about tasks that may not be ended now. */
export type EcsCapacityReads = {
  /** By name or ARN, in whatever status; `undefined` where ECS answers MISSING. */
  readonly describeCluster: (cluster: string) => Promise<EcsCluster | undefined>;
  /** By name or ARN; those that ECS does not know are left out. */
  readonly describeCapacityProviders: (
    names: readonly string[],
  ) => Promise<readonly CapacityProvider[]>;
  /**
   * Left out: tasks that are gone, and those of no service, which cannot be protected. An error for
   * one of them is an error for all.
   */
  readonly getTaskProtection: (
    cluster: string,
    taskArns: readonly string[],
  ) => Promise<readonly TaskProtection[]>;
};
