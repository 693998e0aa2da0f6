import * as z from 'zod';
import { fact } from './fact.ts';
import { ContainerInstanceArn, EffectId, Instant } from './ids.ts';
import { Held } from './rollout.ts';

// Stream desired#<cluster name>: how large Tuesday means the Auto Scaling groups of a cluster to
// be, where ECS does not scale them. What rollouts ask for while they surge is told in their own.

const count = z.int().nonnegative();

/** What Tuesday may do about the size of groups. Never set: nothing. */
export const ScalingSwitches = z.object({
  /** Launch instances for tasks that wait. */
  scaleOut: z.boolean(),
  /** Drain instances whose tasks find room elsewhere, and end them. */
  scaleIn: z.boolean(),
});
export type ScalingSwitches = z.infer<typeof ScalingSwitches>;

export const DesiredEvent = z.discriminatedUnion('type', [
  fact('ScalingPolicySet', {
    policy: ScalingSwitches.readonly(),
    actor: z.string(),
    setAt: Instant,
  }),
  /** Why not: what stands against a change of size, recorded when the list changes. */
  fact('ScalingHoldsChanged', {
    /** The first of them, in order. */
    held: z.array(Held.readonly()).readonly(),
    /** Of all. */
    heldCount: count,
    changedAt: Instant,
  }),
  /** Intent: `SetDesiredCapacity`, unless the group wants another number than `from` by then. */
  fact('DesiredCapacityIntended', {
    groupName: z.string(),
    from: count,
    to: count,
    /** Instances for tasks that wait, and for the next wave of a rollout. */
    forTasks: count,
    forWave: count,
    effectId: EffectId,
    intendedAt: Instant,
  }),
  /** A drained instance is about to be ended with decrement, and the group wants one less. */
  fact('DecrementForeseen', {
    groupName: z.string(),
    containerInstanceArn: ContainerInstanceArn,
    from: count,
    to: count,
    foreseenAt: Instant,
  }),
  /** Stored before the call, as for the effects of a rollout. */
  fact('DesiredCapacityAttempted', {
    effectId: EffectId,
    executor: z.string(),
    attemptedAt: Instant,
  }),
  fact('DesiredCapacitySet', { effectId: EffectId, setAt: Instant }),
  /** Nothing was set: by a rule of Tuesday, in `held`, or refused by AWS. */
  fact('DesiredCapacityFailed', {
    effectId: EffectId,
    held: Held.readonly().optional(),
    reason: z.string(),
    failedAt: Instant,
  }),
]);
export type DesiredEvent = z.infer<typeof DesiredEvent>;
