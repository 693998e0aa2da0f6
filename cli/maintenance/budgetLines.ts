import type { getBudget } from '../../functions/api/contract/budget.ts';
import type { Answer } from '../../functions/api/contract/contract.ts';
import { duration, moment, shortArn, table } from '../text.ts';

type Budget = Answer<typeof getBudget>;
type Limit = Budget['limits'][number];

/** What `tuesday budget` shows: every limit with what is used of it, and who uses it. */
export const budgetLines = (found: Budget, now: number): readonly string[] => {
  const rows = found.limits.map((limit) => {
    const { allowed, leased, unavailable, total } = limit;
    const free = Math.max(0, allowed - leased - unavailable);
    return [nameOf(limit), ...[allowed, leased, unavailable, free, total].map(String)];
  });
  const head = ['at once', 'allowed', 'leased', 'down', 'free', 'of'];
  return [
    ...table([head, ...rows], [1, 2, 3, 4, 5]),
    ...unlisted(found),
    ...leaseLines(found, now),
  ];
};

const nameOf = ({ limit, kind, name = '' }: Limit): string => {
  const plural = `${kind}s`;
  switch (limit) {
    case 'total':
      return plural;
    case 'reason':
      return `  ${plural} for ${name}`;
    case 'zone':
      return `  instances in ${name}`;
    case 'service':
      return `  instances that run ${name}`;
    default:
      return limit satisfies never;
  }
};

const reasons = ['patch', 'drift', 'scaleIn', 'rebalancing', 'prefetch', 'manual'] as const;

const unlisted = ({ budget }: Budget): readonly string[] => {
  const none = reasons.filter((reason) => budget.reasons.every((each) => each.reason !== reason));
  const spot = 'what AWS takes back (spot) is drained whatever is left, and counts';
  return none.length === 0 ? [spot] : [`nothing for ${none.join(', ')}; ${spot}`];
};

const leaseLines = ({ leases }: Budget, now: number): readonly string[] => {
  if (leases.length === 0) return ['', 'nothing is leased'];
  const rows = leases.map(({ kind, subject, reason, holder, grantedAt }) => [
    `${kind} ${shortArn(subject)}`,
    reason,
    holder.replace('#', ' '),
    `${moment(grantedAt)}, ${duration(now - grantedAt)} ago`,
  ]);
  return ['', ...table([['leased', 'for', 'by', 'since'], ...rows])];
};
