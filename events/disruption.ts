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

export const Budget = z.object({
  instances: Share,
  services: Share,
  reasons: z.array(DisruptionReason).readonly(),
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
    grantedAt: Instant,
  }),
  fact('LeaseReturned', { leaseId: LeaseId, returnedAt: Instant }),
]);
export type DisruptionEvent = z.infer<typeof DisruptionEvent>;
