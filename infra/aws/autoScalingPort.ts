import type { AmiId, Ec2InstanceId, Instant } from '../../events/ids.ts';

/** `version` is a number as text, `$Latest` or `$Default`. */
export type LaunchTemplateChoice = { readonly id: string; readonly version: string };

/** What the group launches its instances from. */
export type GroupLaunch =
  | ({ readonly kind: 'launchTemplate' } & LaunchTemplateChoice)
  | ({
      readonly kind: 'mixedInstancesPolicy';
      readonly overrides: readonly {
        readonly instanceType?: string | undefined;
        /** How much of the desired capacity one such instance counts for; absent means 1. */
        readonly weightedCapacity?: number | undefined;
        readonly launchTemplate?: LaunchTemplateChoice | undefined;
        readonly imageId?: AmiId | undefined;
      }[];
    } & LaunchTemplateChoice)
  | { readonly kind: 'launchConfiguration'; readonly name: string };

export type GroupInstance = {
  readonly ec2InstanceId: Ec2InstanceId;
  readonly instanceType?: string | undefined;
  readonly availabilityZone: string;
  /** `InService`, `Terminating:Wait` and so on. */
  readonly lifecycleState: string;
  readonly isHealthy: boolean;
  readonly protectedFromScaleIn: boolean;
  readonly launchTemplate?: LaunchTemplateChoice | undefined;
};

export type LifecycleHook = {
  readonly name: string;
  /** `autoscaling:EC2_INSTANCE_LAUNCHING` or `autoscaling:EC2_INSTANCE_TERMINATING`. */
  readonly transition: string;
  readonly heartbeatTimeoutSeconds?: number | undefined;
  readonly defaultResult?: string | undefined;
};

export type InstanceRefresh = {
  readonly instanceRefreshId: string;
  readonly status: string;
  /** It replaces instances now, or may: a status that is not known to end it counts. */
  readonly isActive: boolean;
  readonly startedAt?: Instant | undefined;
  readonly endedAt?: Instant | undefined;
};

export type AutoScalingGroup = {
  readonly name: string;
  readonly arn: string;
  /** Counts of instances, or of weighted capacity where the overrides carry weights. */
  readonly desiredCapacity: number;
  readonly minSize: number;
  readonly maxSize: number;
  readonly availabilityZones: readonly string[];
  /** Absent where the group launches from an instance's own settings and none is told. */
  readonly launch?: GroupLaunch | undefined;
  /** `Delete in progress` while the group goes; absent otherwise. */
  readonly status?: string | undefined;
  readonly suspendedProcesses: readonly string[];
  readonly newInstancesProtectedFromScaleIn: boolean;
  readonly tags: Readonly<Record<string, string>>;
  readonly instances: readonly GroupInstance[];
  readonly lifecycleHooks: readonly LifecycleHook[];
  readonly activeRefresh?: InstanceRefresh | undefined;
  readonly warmPool?:
    | { readonly minSize: number; readonly size: number; readonly poolState?: string | undefined }
    | undefined;
};

/** One action that holds an instance in `Pending:Wait` or `Terminating:Wait`. */
export type LifecycleAction = {
  readonly groupName: string;
  readonly hookName: string;
  readonly ec2InstanceId: Ec2InstanceId;
  readonly token: string;
};

export type AutoScalingGateway = {
  /**
   * Terminates without decrement, so that the group launches a replacement. Already going is
   * success.
   */
  readonly terminateForReplacement: (ec2InstanceId: Ec2InstanceId) => Promise<void>;
  /**
   * Terminates and takes one off the desired capacity. Looks first, and leaves alone what is going
   * already or in no group, since a second call could take off a second one.
   */
  readonly terminateForScaleIn: (ec2InstanceId: Ec2InstanceId) => Promise<void>;
  /** With hooks and a refresh under way. Left out: names that no group has. */
  readonly describeGroups: (names: readonly string[]) => Promise<readonly AutoScalingGroup[]>;
  /** Left out: instances that are in no group. */
  readonly findGroupNames: (
    ec2InstanceIds: readonly Ec2InstanceId[],
  ) => Promise<ReadonlyMap<Ec2InstanceId, string>>;
  /** Those of the last six weeks, the newest first. */
  readonly describeInstanceRefreshes: (groupName: string) => Promise<readonly InstanceRefresh[]>;
  /** Outside of the group's minimum and maximum it is refused. */
  readonly setDesiredCapacity: (groupName: string, desiredCapacity: number) => Promise<void>;
  /** `notActive`: the action was completed before, or its time has run out. */
  readonly completeLifecycleAction: (
    action: LifecycleAction,
    result: 'CONTINUE' | 'ABANDON',
  ) => Promise<'completed' | 'notActive'>;
  /** Begins the hook's heartbeat time-out anew. */
  readonly recordLifecycleActionHeartbeat: (
    action: LifecycleAction,
  ) => Promise<'recorded' | 'notActive'>;
  /**
   * What the group launches from then on: a number, `$Latest` or `$Default`; all else about the
   * group stays. Refused where it launches from a launch configuration, or where an override names
   * a template or an image of its own.
   */
  readonly setLaunchTemplateVersion: (groupName: string, version: string) => Promise<void>;
};
