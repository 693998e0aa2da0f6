import { budgetUse } from '../../../domain/draining/budgetUse.ts';
import { outlookOf } from '../../../domain/maintenance/outlook.ts';
import type { getBudget } from '../contract/budget.ts';
import type { getWindows } from '../contract/maintenance.ts';
import type { Handle } from '../route.ts';
import { clusterSight } from '../sight.ts';

const spansMost = 6;

export const windows: Handle<typeof getWindows> = async ({ parameters }, { now }, tools) => {
  const { views, cluster } = await clusterSight(tools, parameters.cluster);
  const known = views.maintenance(cluster.name);
  const { whyNot, open, next, freezes, overrides } = outlookOf(known, now, spansMost);
  const { windows, closing } = known.own;
  return {
    now,
    windows,
    closing,
    ...(whyNot && { whyNot }),
    ...(open && { open }),
    next,
    freezes,
    overrides,
  };
};

export const budget: Handle<typeof getBudget> = async ({ parameters }, _caller, tools) => {
  const { views, cluster } = await clusterSight(tools, parameters.cluster);
  const ledger = views.ledger(cluster.name);
  const leases = Object.values(ledger.leases)
    .toSorted((a, b) => a.grantedAt - b.grantedAt || (a.leaseId < b.leaseId ? -1 : 1))
    .map(({ leaseId, subject, reason, holder, grantedAt }) => ({
      leaseId,
      kind: subject.kind,
      subject: subject.id,
      reason,
      holder,
      grantedAt,
    }));
  return {
    budget: ledger.budget,
    limits: budgetUse(views.fleet(cluster.name), ledger),
    leases,
  };
};
