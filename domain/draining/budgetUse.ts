import type { Subject } from '../../events/disruption.ts';
import type { FleetView } from '../fleet/fleetView.ts';
import { allowedAround, allowedFor, allowedInTotal, allowedInZone } from '../maintenance/budget.ts';
import type { Count, Lease, LedgerState } from '../maintenance/lease.ts';
import { countInstances, countServices, zoneOf } from './countSubjects.ts';

/** One limit of the budget, as it stands now. */
export type LimitUse = Count & {
  readonly limit: 'total' | 'reason' | 'zone' | 'service';
  readonly kind: Subject['kind'];
  /** The reason, the zone or the service; absent for the total. */
  readonly name?: string;
  readonly allowed: number;
  readonly leased: number;
};

/**
 * Every limit that the budget sets, with what it allows of the fleet as it is, and what is leased
 * of it. Zones and services are told where the budget limits them.
 */
export const budgetUse = (view: FleetView, ledger: LedgerState): readonly LimitUse[] => {
  const { budget } = ledger;
  const instances = countInstances(view, ledger, { proved: new Set(), lost: 0 });
  const services = countServices(view, ledger);
  const leases = Object.values(ledger.leases);
  const leased = (kind: Subject['kind'], isOf: (lease: Lease) => boolean = () => true) =>
    leases.filter((lease) => lease.subject.kind === kind && isOf(lease)).length;
  const kinds = [
    ['instance', instances],
    ['service', services],
  ] as const;
  const totals = kinds.map(
    ([kind, { total, unavailable }]): LimitUse => ({
      limit: 'total',
      kind,
      total,
      unavailable,
      allowed: allowedInTotal(budget, kind, total),
      leased: leased(kind),
    }),
  );
  const reasons = budget.reasons.flatMap(({ reason }) =>
    kinds.map(
      ([kind, { total }]): LimitUse => ({
        limit: 'reason',
        kind,
        name: reason,
        total,
        unavailable: 0,
        allowed: allowedFor(budget, reason, kind, total),
        leased: leased(kind, (lease) => lease.reason === reason),
      }),
    ),
  );
  const around = [...view.services.values()]
    .filter(({ serviceName }) => allowedAround(budget, serviceName, 1) !== undefined)
    .map(({ serviceName: name }) => {
      const count = instances.aroundService(name);
      return {
        limit: 'service' as const,
        kind: 'instance' as const,
        name,
        ...count,
        allowed: allowedAround(budget, name, count.total) ?? count.total,
        leased: leased('instance', (lease) => lease.serviceNames?.includes(name) === true),
      };
    })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return [...totals, ...reasons, ...zones(view, ledger, instances, leased), ...around];
};

const zones = (
  view: FleetView,
  { budget }: LedgerState,
  instances: ReturnType<typeof countInstances>,
  leased: (kind: Subject['kind'], isOf: (lease: Lease) => boolean) => number,
): readonly LimitUse[] => {
  const found = new Map(
    [...view.instances.values()].flatMap((instance) => {
      const name = zoneOf(instance);
      const count = instances.inZone(instance);
      return name === undefined || count === undefined ? [] : [[name, count] as const];
    }),
  );
  return [...found]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, { total, unavailable }]): readonly LimitUse[] => {
      const allowed = allowedInZone(budget, total);
      if (allowed === undefined) return [];
      const held = leased('instance', (lease) => lease.zone === name);
      return [{ limit: 'zone', kind: 'instance', name, total, unavailable, allowed, leased: held }];
    });
};
