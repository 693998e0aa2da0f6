import * as z from 'zod';
import { fact } from './fact.ts';
import { ContainerInstanceArn, Ec2InstanceId, EffectId, Instant, LeaseId } from './ids.ts';

/** Of the stream rollout#<rollout id>: instances launched before those that they replace go. */
export const surgeFacts = [
  /**
   * Intent: set the desired capacity of a group, which is `from`, to `to`, so that it launches the
   * instances that come in the place of these.
   */
  fact('GroupSurgeIntended', {
    groupName: z.string(),
    from: z.int().nonnegative(),
    to: z.int().positive(),
    instances: z
      .array(z.object({ containerInstanceArn: ContainerInstanceArn, leaseId: LeaseId }).readonly())
      .readonly(),
    effectId: EffectId,
    intendedAt: Instant,
  }),
  /** Somebody else has set the desired capacity: no instance of the group is surplus any more. */
  fact('GroupOverruled', {
    groupName: z.string(),
    expected: z.int().nonnegative(),
    desired: z.int().nonnegative(),
    overruledAt: Instant,
  }),
  /** Ended with decrement; the instance that was launched for it stays in its place. */
  fact('InstanceRetired', { containerInstanceArn: ContainerInstanceArn, retiredAt: Instant }),
  /** Intent: end that one with decrement; absent: nothing was launched, and nothing is to be. */
  fact('SurplusEndIntended', {
    containerInstanceArn: ContainerInstanceArn,
    ec2InstanceId: Ec2InstanceId.optional(),
    effectId: EffectId,
    intendedAt: Instant,
  }),
  fact('SurplusSettled', { containerInstanceArn: ContainerInstanceArn, settledAt: Instant }),
] as const;
