import type { Budget, DisruptionReason, Share, Subject } from '../../events/disruption.ts';

/**
 * What a cluster gets until someone sets its budget: a tenth of its instances, a fifth of its
 * services, for patches.
 */
export const defaultBudget: Budget = {
  instances: { percent: 10 },
  services: { percent: 20 },
  reasons: ['patch'],
};

/**
 * How many of `total` may be disturbed at once. Rounds down, with a minimum of one, because a tenth
 * of six instances must still be patchable; a share that makes no sense is zero, so that a slip of
 * the keyboard stops work and not production (design decision 9).
 */
export const allowedOf = (share: Share, total: number): number => {
  if (!Number.isInteger(total) || total <= 0) return 0;
  if ('count' in share) {
    return Number.isInteger(share.count) && share.count >= 0 ? Math.min(share.count, total) : 0;
  }
  const { percent } = share;
  if (!(percent > 0 && percent <= 100)) return 0;
  return Math.max(1, Math.floor((total * percent) / 100));
};

/**
 * A reason that the budget does not list gets zero (karpenter-provider-aws#6911: unlisted meant
 * unlimited).
 */
export const allowedFor = (
  budget: Budget,
  reason: DisruptionReason,
  kind: Subject['kind'],
  total: number,
): number => {
  if (!budget.reasons.includes(reason)) return 0;
  return allowedOf(kind === 'instance' ? budget.instances : budget.services, total);
};
