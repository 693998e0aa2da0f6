import * as z from 'zod';
import { fact } from './fact.ts';
import { Instant, LeaseId } from './ids.ts';

// Stream disruption#<cluster name>: who may disturb what, over all reasons (design decision 3).

/** Why something is disturbed. A reason that a budget does not list gets zero. */
export const DisruptionReason = z.enum([
  'patch',
  'drift',
  'scaleIn',
  'rebalancing',
  /** A rebuilt image is pulled onto an instance that stays in service. */
  'prefetch',
  'spot',
  'manual',
]);
export type DisruptionReason = z.infer<typeof DisruptionReason>;

export const Subject = z.object({
  kind: z.enum(['instance', 'service']),
  /** Container instance ARN or service ARN. */
  id: z.string(),
});
export type Subject = z.infer<typeof Subject>;

/** A count, or a percent of what exists now: rounded down, at least one (design decision 9). */
export const Share = z.union([
  z.object({ count: z.int().nonnegative() }),
  z.object({ percent: z.number().min(0).max(100) }),
]);
export type Share = z.infer<typeof Share>;

/** What may be disturbed at once; every limit that applies binds. */
export const Budget = z.object({
  /** Of all instances, for all reasons together. */
  instances: Share,
  /** Of all services, for all reasons together: how many may be deployed at once. */
  services: Share,
  /** A reason without a share of its own may use up the whole; an unlisted one gets zero. */
  reasons: z
    .array(
      z
        .object({
          reason: DisruptionReason,
          instances: Share.optional(),
          services: Share.optional(),
        })
        .readonly(),
    )
    .readonly(),
  /** Of the instances in each availability zone. */
  perZone: Share.optional(),
  /** Of the instances that run tasks of a service; `*` stands for every service not named. */
  perService: z
    .array(z.object({ serviceName: z.string().min(1), instances: Share }).readonly())
    .readonly()
    .optional(),
});
export type Budget = z.infer<typeof Budget>;

export const DisruptionEvent = z.discriminatedUnion('type', [
  fact('BudgetSet', { budget: Budget.readonly(), actor: z.string(), setAt: Instant }),
  fact('LeaseGranted', {
    leaseId: LeaseId,
    subject: Subject.readonly(),
    reason: DisruptionReason,
    /** The stream that asked, such as rollout#rollout-2025-10-14. */
    holder: z.string(),
    /** Of an instance: where it is, and services that had tasks on it. */
    zone: z.string().optional(),
    serviceNames: z.array(z.string()).readonly().optional(),
    grantedAt: Instant,
  }),
  fact('LeaseReturned', {
    leaseId: LeaseId,
    /** Where its holder did not give it back: why it was taken. */
    because: z.string().optional(),
    returnedAt: Instant,
  }),
]);
export type DisruptionEvent = z.infer<typeof DisruptionEvent>;
