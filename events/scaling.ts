import * as z from 'zod';
import { fact } from './fact.ts';
import { Ec2InstanceId, Instant } from './ids.ts';

// Stream scaling#<cluster name>: what AWS says about the capacity that a cluster may have.

const count = z.int().nonnegative();

export const ObservedCapacityProvider = z.object({
  name: z.string(),
  status: z.string(),
  /** Absent: it has no Auto Scaling group (Fargate, ECS Managed Instances). */
  group: z
    .object({
      autoScalingGroupArn: z.string(),
      /** ECS sets the desired capacity of the group; whoever else does is overruled. */
      managedScaling: z.boolean(),
      /** How full, in percent, ECS keeps the group. This and the next three: where ECS says so. */
      targetCapacityPercent: z.int().optional(),
      minimumScalingStepSize: count.optional(),
      maximumScalingStepSize: count.optional(),
      instanceWarmupSeconds: count.optional(),
      managedTerminationProtection: z.boolean(),
      managedDraining: z.boolean().optional(),
    })
    .readonly()
    .optional(),
});
export type ObservedCapacityProvider = z.infer<typeof ObservedCapacityProvider>;

export const ObservedAutoScalingGroup = z.object({
  name: z.string(),
  arn: z.string(),
  desiredCapacity: count,
  minSize: count,
  maxSize: count,
  /** Types that it may launch; absent where neither template nor overrides were read. */
  instanceTypes: z.array(z.string()).readonly().optional(),
  /** What it launches from. A version is a number, `$Latest` or `$Default`. */
  launchTemplate: z
    .object({
      id: z.string(),
      version: z.string(),
      /** Which version that is now, and its image. These two: where EC2 has said so. */
      number: z.int().positive().optional(),
      /** An AMI, or `resolve:ssm:` and the parameter that holds one. */
      image: z.string().optional(),
      /** Where the AMI is Amazon's own. */
      amiName: z.string().optional(),
    })
    .readonly()
    .optional(),
  /** An override names a template or an image of its own. */
  launchesOtherwise: z.literal(true).optional(),
  /** One instance counts for more than one unit of capacity. */
  weighted: z.boolean(),
  /** `Delete in progress` while the group goes. */
  status: z.string().optional(),
  suspendedProcesses: z.array(z.string()).readonly(),
  instanceRefreshUnderway: z.boolean(),
  /** Those `InService`; the rest of what is known of them the fleet has. */
  inService: z.array(Ec2InstanceId).readonly(),
  /** Those on their way in or out. */
  notInService: z
    .array(z.object({ ec2InstanceId: Ec2InstanceId, lifecycleState: z.string() }).readonly())
    .readonly(),
  protectedFromScaleIn: z.array(Ec2InstanceId).readonly(),
});
export type ObservedAutoScalingGroup = z.infer<typeof ObservedAutoScalingGroup>;

export const ScalingEvent = z.discriminatedUnion('type', [
  fact('CapacityProviderObserved', {
    provider: ObservedCapacityProvider.readonly(),
    observedAt: Instant,
  }),
  /** Asked for by name and not there, or no longer associated with the cluster. */
  fact('CapacityProviderRemoved', { name: z.string(), observedAt: Instant }),
  fact('AutoScalingGroupObserved', {
    group: ObservedAutoScalingGroup.readonly(),
    observedAt: Instant,
  }),
  /** Asked for by name and not there. */
  fact('AutoScalingGroupRemoved', { name: z.string(), observedAt: Instant }),
]);
export type ScalingEvent = z.infer<typeof ScalingEvent>;
