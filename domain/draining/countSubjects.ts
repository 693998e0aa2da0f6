import type { ObservedInstance, ObservedService } from '../../events/fleet.ts';
import type { FleetView } from '../fleet/fleetView.ts';
import { servicesOn } from '../fleet/servicesOn.ts';
import type { Count, LedgerState, NamedCount } from '../maintenance/lease.ts';
import { whyBelowMinimum } from '../service/runningTasks.ts';

/** What the view cannot know and whoever asks for leases does. */
export type Replacements = {
  /** Newcomers that took the place of something disturbed, proved, and counted for themselves. */
  readonly proved: ReadonlySet<string>;
  /** Instances that were lost while they were disturbed, whose successors nobody waits for. */
  readonly lost: number;
};

export type InstanceCounts = Count & {
  readonly inZone: (instance: ObservedInstance) => NamedCount | undefined;
  /** Of each service that has tasks on `instance`. */
  readonly around: (instance: ObservedInstance) => readonly NamedCount[];
  readonly aroundService: (serviceName: string) => Count;
};

export const zoneOf = ({ attributes }: ObservedInstance): string | undefined =>
  attributes['ecs.availability-zone'] ?? undefined;

/**
 * Every instance that ought to be there. One that is leased counts once, gone or not; a newcomer
 * since the oldest lease counts only when it was proved and the lease given back, because it may be
 * the replacement of one that is counted already: otherwise a tenth of nineteen would become a
 * tenth of twenty in mid-replacement, and two instead of one.
 */
export const countInstances = (
  view: FleetView,
  ledger: LedgerState,
  { proved, lost }: Replacements,
): InstanceCounts => {
  const { budget } = ledger;
  const leases = Object.values(ledger.leases).filter(({ subject }) => subject.kind === 'instance');
  const leased = new Set(leases.map(({ subject }) => subject.id));
  const oldestLeaseAt = Math.min(...leases.map(({ grantedAt }) => grantedAt));
  const settled = [...view.instances.values()].filter(
    ({ containerInstanceArn: arn, registeredAt = 0 }) =>
      !leased.has(arn) && (registeredAt <= oldestLeaseAt || proved.has(arn)),
  );
  const count = (
    isOf: (instance: ObservedInstance) => boolean,
    isLeasedOf: (lease: (typeof leases)[number]) => boolean,
  ): Count => {
    const own = settled.filter(isOf);
    const down = own.filter((each) => each.status !== 'ACTIVE' || !each.agentConnected);
    return { total: own.length + leases.filter(isLeasedOf).length, unavailable: down.length };
  };
  const whole = count(
    () => true,
    () => true,
  );
  const inZone = remembering((zone) =>
    count(
      (each) => zoneOf(each) === zone,
      (lease) => lease.zone === zone,
    ),
  );
  const around = remembering((serviceName) =>
    count(
      (each) => servicesOn(view, each.containerInstanceArn).includes(serviceName),
      (lease) => lease.serviceNames?.includes(serviceName) === true,
    ),
  );
  return {
    aroundService: around,
    total: whole.total + lost,
    unavailable: whole.unavailable + lost,
    inZone: (instance) => {
      const name = zoneOf(instance);
      if (name === undefined) return undefined;
      return { name, ...(budget.perZone === undefined ? notCounted : inZone(name)) };
    },
    around: ({ containerInstanceArn }) =>
      servicesOn(view, containerInstanceArn).map((name) => ({
        name,
        ...(budget.perService === undefined ? notCounted : around(name)),
      })),
  };
};

/**
 * What no limit asks about. Where one is set before the lease is asked for, there is no room within
 * it until it is counted.
 */
const notCounted: Count = { total: 0, unavailable: 0 };

const remembering = (count: (name: string) => Count) => {
  const counted = new Map<string, Count>();
  return (name: string): Count => {
    const known = counted.get(name) ?? count(name);
    counted.set(name, known);
    return known;
  };
};

/** Services that run fewer tasks than their minimum, and are not leased, count as disturbed. */
export const countServices = (view: FleetView, ledger: LedgerState): Count => {
  const leased = new Set(Object.values(ledger.leases).map(({ subject }) => subject.id));
  const active = [...view.services.values()].filter(({ status }) => status === 'ACTIVE');
  const isDisturbed = (each: ObservedService) =>
    !leased.has(each.serviceArn) && whyBelowMinimum(view, each) !== undefined;
  return { total: active.length, unavailable: active.filter(isDisturbed).length };
};
