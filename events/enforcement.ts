import * as z from 'zod';
import { fact } from './fact.ts';
import { ContainerInstanceArn, EffectId, Instant, ServiceArn, WindowsBuild } from './ids.ts';
import { Held } from './rollout.ts';

// Stream enforcement#<cluster name>: what makes ECS itself keep images off instances that they may
// not run on (design decision 7).

export const EnforcementEvent = z.discriminatedUnion('type', [
  /** Intent: `PutAttributes` of `tuesday.os-build` on an instance that does not carry it. */
  fact('InstanceLabelIntended', {
    containerInstanceArn: ContainerInstanceArn,
    build: WindowsBuild,
    effectId: EffectId,
    intendedAt: Instant,
  }),
  /**
   * Intent: `UpdateService` with placement constraints alone, which deploys nothing: the owner's,
   * and a `memberOf` over these builds.
   */
  fact('ServiceConstraintIntended', {
    serviceArn: ServiceArn,
    builds: z.array(WindowsBuild).readonly(),
    effectId: EffectId,
    intendedAt: Instant,
  }),
  /** Stored before the call: one whose answer was lost may still land. */
  fact('EnforcementAttempted', {
    effectId: EffectId,
    /** Who makes the call, as for the effects of a rollout. */
    executor: z.string(),
    attemptedAt: Instant,
  }),
  fact('EnforcementSucceeded', { effectId: EffectId, succeededAt: Instant }),
  /** Refused by AWS, or no longer about anything. */
  fact('EnforcementFailed', { effectId: EffectId, reason: z.string(), failedAt: Instant }),
  /** Instances without the attribute and services without the constraint, and why. */
  fact('EnforcementHoldsChanged', {
    held: z.array(Held.readonly()).readonly(),
    changedAt: Instant,
  }),
]);
export type EnforcementEvent = z.infer<typeof EnforcementEvent>;
