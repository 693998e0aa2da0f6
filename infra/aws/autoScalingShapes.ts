import * as z from 'zod';
import { AmiId, Ec2InstanceId, Instant } from '../../events/ids.ts';
import type {
  AutoScalingGroup,
  GroupLaunch,
  InstanceRefresh,
  LifecycleHook,
} from './autoScalingPort.ts';
import { absent, list, Moment, readShape, withoutUndefined } from './awsShape.ts';

// Groups, lifecycle hooks and instance refreshes as EC2 Auto Scaling answers.

/** AWS answers a version wherever it answers a template; `$Default` is what a missing one means. */
const Template = z
  .object({ LaunchTemplateId: z.string(), Version: absent(z.string()) })
  .transform(({ LaunchTemplateId: id, Version: version = '$Default' }) => ({ id, version }));

const Override = z
  .object({
    InstanceType: absent(z.string()),
    WeightedCapacity: absent(z.coerce.number().int().positive()),
    LaunchTemplateSpecification: absent(Template),
    ImageId: absent(AmiId),
  })
  .transform((override) =>
    withoutUndefined({
      instanceType: override.InstanceType,
      weightedCapacity: override.WeightedCapacity,
      launchTemplate: override.LaunchTemplateSpecification,
      imageId: override.ImageId,
    }),
  );

const Mixed = z.object({
  LaunchTemplate: z.object({ LaunchTemplateSpecification: Template, Overrides: list(Override) }),
});

const Member = z
  .object({
    InstanceId: Ec2InstanceId,
    InstanceType: absent(z.string()),
    AvailabilityZone: z.string(),
    LifecycleState: z.string(),
    HealthStatus: z.string(),
    ProtectedFromScaleIn: z.boolean(),
    LaunchTemplate: absent(Template),
  })
  .transform((member) =>
    withoutUndefined({
      ec2InstanceId: member.InstanceId,
      instanceType: member.InstanceType,
      availabilityZone: member.AvailabilityZone,
      lifecycleState: member.LifecycleState,
      isHealthy: member.HealthStatus.toLowerCase() === 'healthy',
      protectedFromScaleIn: member.ProtectedFromScaleIn,
      launchTemplate: member.LaunchTemplate,
    }),
  );

const size = z.int().nonnegative();

const RawGroup = z.object({
  AutoScalingGroupName: z.string(),
  AutoScalingGroupARN: z.string(),
  DesiredCapacity: size,
  MinSize: size,
  MaxSize: size,
  AvailabilityZones: list(z.string()),
  LaunchTemplate: absent(Template),
  MixedInstancesPolicy: absent(Mixed),
  LaunchConfigurationName: absent(z.string()),
  Status: absent(z.string()),
  SuspendedProcesses: list(z.object({ ProcessName: z.string() })),
  NewInstancesProtectedFromScaleIn: absent(z.boolean()),
  Tags: list(z.object({ Key: z.string(), Value: absent(z.string()) })),
  Instances: list(Member),
  WarmPoolConfiguration: absent(z.object({ MinSize: absent(size), PoolState: absent(z.string()) })),
  WarmPoolSize: absent(size),
});

const launchOf = (group: z.output<typeof RawGroup>): GroupLaunch | undefined => {
  const { LaunchTemplate, MixedInstancesPolicy: mixed, LaunchConfigurationName: name } = group;
  if (LaunchTemplate !== undefined) return { kind: 'launchTemplate', ...LaunchTemplate };
  if (mixed !== undefined) {
    const { LaunchTemplateSpecification, Overrides: overrides } = mixed.LaunchTemplate;
    return { kind: 'mixedInstancesPolicy', ...LaunchTemplateSpecification, overrides };
  }
  return name === undefined ? undefined : { kind: 'launchConfiguration', name };
};

/** Without what other calls answer. Throws `GatewayError` naming the field. */
export const groupFromAutoScaling = (
  raw: unknown,
): Omit<AutoScalingGroup, 'lifecycleHooks' | 'activeRefresh'> => {
  const group = readShape(RawGroup, raw, 'Auto Scaling group');
  const pool = group.WarmPoolConfiguration;
  return withoutUndefined({
    name: group.AutoScalingGroupName,
    arn: group.AutoScalingGroupARN,
    desiredCapacity: group.DesiredCapacity,
    minSize: group.MinSize,
    maxSize: group.MaxSize,
    availabilityZones: group.AvailabilityZones,
    launch: launchOf(group),
    status: group.Status,
    suspendedProcesses: group.SuspendedProcesses.map(({ ProcessName }) => ProcessName),
    newInstancesProtectedFromScaleIn: group.NewInstancesProtectedFromScaleIn === true,
    tags: Object.fromEntries(group.Tags.map(({ Key, Value }) => [Key, Value ?? ''])),
    instances: group.Instances,
    warmPool: pool && {
      minSize: pool.MinSize ?? 0,
      size: group.WarmPoolSize ?? 0,
      ...(pool.PoolState !== undefined && { poolState: pool.PoolState }),
    },
  });
};

const RawHook = z.object({
  LifecycleHookName: z.string(),
  LifecycleTransition: z.string(),
  HeartbeatTimeout: absent(z.int()),
  DefaultResult: absent(z.string()),
});

/** Throws `GatewayError` naming the field. */
export const hookFromAutoScaling = (raw: unknown): LifecycleHook => {
  const hook = readShape(RawHook, raw, 'lifecycle hook');
  return withoutUndefined({
    name: hook.LifecycleHookName,
    transition: hook.LifecycleTransition,
    heartbeatTimeoutSeconds: hook.HeartbeatTimeout,
    defaultResult: hook.DefaultResult,
  });
};

const At = Moment.pipe(Instant);

const RawRefresh = z.object({
  InstanceRefreshId: z.string(),
  Status: z.string(),
  StartTime: absent(At),
  EndTime: absent(At),
});

/** Statuses in which nothing is replaced any more (API Reference, InstanceRefresh). */
const endedStatuses = new Set([
  'Cancelled',
  'Failed',
  'RollbackFailed',
  'RollbackSuccessful',
  'Successful',
]);

/** Throws `GatewayError` naming the field. */
export const refreshFromAutoScaling = (raw: unknown): InstanceRefresh => {
  const refresh = readShape(RawRefresh, raw, 'instance refresh');
  return withoutUndefined({
    instanceRefreshId: refresh.InstanceRefreshId,
    status: refresh.Status,
    isActive: !endedStatuses.has(refresh.Status),
    startedAt: refresh.StartTime,
    endedAt: refresh.EndTime,
  });
};
