import type { Budget, DisruptionReason, Share, Subject } from '../../events/disruption.ts';

/**
 * What a cluster gets until someone sets its budget: a tenth of its instances, a fifth of its
 * services, for patches and for what a person asks for.
 */
export const defaultBudget: Budget = {
  instances: { percent: 10 },
  services: { percent: 20 },
  reasons: [{ reason: 'patch' }, { reason: 'manual' }],
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

/** Over all reasons together. */
export const allowedInTotal = (budget: Budget, kind: Subject['kind'], total: number): number =>
  allowedOf(kind === 'instance' ? budget.instances : budget.services, total);

/**
 * For one reason. One that the budget lists without a share may have all there is; one that it does
 * not list gets zero (karpenter-provider-aws#6911: unlisted meant unlimited).
 */
export const allowedFor = (
  budget: Budget,
  reason: DisruptionReason,
  kind: Subject['kind'],
  total: number,
): number => {
  const listed = budget.reasons.find((each) => each.reason === reason);
  if (listed === undefined) return 0;
  const share = kind === 'instance' ? listed.instances : listed.services;
  return share === undefined ? allowedInTotal(budget, kind, total) : allowedOf(share, total);
};

/** Of the instances in one availability zone; `undefined`: no limit of its own. */
export const allowedInZone = ({ perZone }: Budget, total: number): number | undefined =>
  perZone === undefined ? undefined : allowedOf(perZone, total);

/** Of the instances that run tasks of one service; `undefined`: no limit of its own. */
export const allowedAround = (
  { perService = [] }: Budget,
  serviceName: string,
  total: number,
): number | undefined => {
  const limit =
    perService.find((each) => each.serviceName === serviceName) ??
    perService.find((each) => each.serviceName === '*');
  return limit === undefined ? undefined : allowedOf(limit.instances, total);
};
