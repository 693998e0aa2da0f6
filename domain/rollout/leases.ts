import type { Subject } from '../../events/disruption.ts';
import type { Instant, LeaseId } from '../../events/ids.ts';
import type { FleetView } from '../fleet/fleetView.ts';
import { identity } from '../identity.ts';
import {
  type GrantLease,
  heldOn,
  type LedgerCommand,
  type LedgerState,
  roomFor,
} from '../maintenance/ledger.ts';
import { whyBelowMinimum } from '../service/runningTasks.ts';
import { rolloutStream } from './rollout.ts';
import { inHand, type Rollout } from './rolloutState.ts';

/**
 * A lease granted and not yet used is given this long before it counts as left behind by a crash.
 */
const unusedLeaseMs = 5 * 60_000;

/** Asks the ledger for one subject after another and knows when there is no use asking on. */
export const leaseDesk = (rollout: Rollout, view: FleetView, ledger: LedgerState, now: Instant) => {
  const counts = countSubjects(rollout, view, ledger, now);
  const room = {
    instance: roomFor(ledger, {
      subject: { kind: 'instance' },
      reason: 'patch',
      ...counts.instance,
    }),
    service: roomFor(ledger, { subject: { kind: 'service' }, reason: 'patch', ...counts.service }),
  };
  /** "4 of 40 instances are disturbed, and 1 is unavailable anyway". */
  const spent = (kind: Subject['kind']): string => {
    const held = Object.values(ledger.leases).filter((l) => l.subject.kind === kind).length;
    const { total, unavailable } = counts[kind];
    const disturbed = `${held} of ${total} ${kind}s are disturbed now`;
    return `${disturbed}, and ${unavailable} are unavailable anyway`;
  };
  return {
    /** The command to send, or why there is no use sending it. */
    ask: (subject: Subject): GrantLease | { readonly why: string } => {
      const grant = grantFor(rollout, subject, counts[subject.kind], now);
      const rival = heldOn(ledger, subject);
      // Granted before a crash and never used: it has its place already.
      if (rival?.leaseId === grant.leaseId) return grant;
      if (rival !== undefined) return { why: `it is disturbed already by ${rival.holder}` };
      if (room[subject.kind] <= 0) return { why: spent(subject.kind) };
      room[subject.kind] -= 1;
      return grant;
    },
    /** Why there would be no use asking for any subject of this kind that has no lease yet. */
    isSpent: (kind: Subject['kind']): boolean => room[kind] <= 0,
  };
};

export const leaseIdOf = ({ rolloutId }: Pick<Rollout, 'rolloutId'>, subject: Subject): LeaseId =>
  identity('lease', rolloutId, subject.kind, subject.id) as LeaseId;

const grantFor = (
  rollout: Rollout,
  subject: Subject,
  counts: { readonly total: number; readonly unavailable: number },
  now: Instant,
): GrantLease => ({
  type: 'GrantLease',
  leaseId: leaseIdOf(rollout, subject),
  subject,
  reason: 'patch',
  holder: rolloutStream(rollout.rolloutId),
  ...counts,
  now,
});

/**
 * Every instance that ought to be there. One that is leased counts once, gone or not; a newcomer
 * since the oldest lease counts only when this rollout proved it and gave the lease back, because
 * it may be the replacement of one that is counted already: otherwise a tenth of nineteen would
 * become a tenth of twenty in mid-replacement, and two instead of one.
 */
const countInstances = (rollout: Rollout, view: FleetView, ledger: LedgerState, now: Instant) => {
  const leases = Object.values(ledger.leases).filter(({ subject }) => subject.kind === 'instance');
  const leased = new Set(leases.map(({ subject }) => subject.id));
  const oldestLeaseAt = Math.min(...leases.map(({ grantedAt }) => grantedAt));
  const proved = new Set(
    Object.values(rollout.instances).flatMap((item) =>
      item.status === 'done' && !leased.has(item.containerInstanceArn) ? [item.replacementArn] : [],
    ),
  );
  const settled = [...view.instances.values()].filter(
    ({ containerInstanceArn: arn, registeredAt = 0 }) =>
      !leased.has(arn) && (registeredAt <= oldestLeaseAt || proved.has(arn)),
  );
  const down = settled.filter((each) => each.status !== 'ACTIVE' || !each.agentConnected);
  const lost = lostInDrain(rollout, view, now);
  return { total: settled.length + leased.size + lost, unavailable: down.length + lost };
};

/**
 * Instances that this rollout had set DRAINING and that died of it or meanwhile. Nobody waits for
 * what takes their place, so for as long as it may take they count as missing: their lease has gone
 * back, and another drain would make one more that does not serve (simulation, seed 14).
 */
const lostInDrain = ({ instances, policy }: Rollout, view: FleetView, now: Instant): number =>
  Object.values(instances).filter(
    (item) =>
      item.status === 'skipped' &&
      item.because.reason === 'InstanceNotActive' &&
      !view.instances.has(item.containerInstanceArn) &&
      now - item.since <= policy.replacementDeadlineMs,
  ).length;

const countSubjects = (rollout: Rollout, view: FleetView, ledger: LedgerState, now: Instant) => ({
  instance: countInstances(rollout, view, ledger, now),
  service: countServices(view, ledger),
});

/** Services that run fewer tasks than their minimum, and are not leased, count as disturbed. */
const countServices = (view: FleetView, ledger: LedgerState) => {
  const leased = new Set(Object.values(ledger.leases).map(({ subject }) => subject.id));
  const active = [...view.services.values()].filter(({ status }) => status === 'ACTIVE');
  const below = active.filter(
    (each) => !leased.has(each.serviceArn) && whyBelowMinimum(view, each) !== undefined,
  );
  return { total: active.length, unavailable: below.length };
};

/**
 * Leases whose item is finished or never began go back; an item under way without its lease asks
 * for it again.
 */
export const settleLeases = (
  rollout: Rollout,
  view: FleetView,
  ledger: LedgerState,
  now: Instant,
): readonly LedgerCommand[] => {
  const needed = subjectsInFlight(rollout);
  const holder = rolloutStream(rollout.rolloutId);
  const returns = Object.values(ledger.leases)
    .filter((lease) => lease.holder === holder && !needed.has(lease.leaseId))
    .filter((lease) => wasUsed(rollout, lease.subject) || now - lease.grantedAt > unusedLeaseMs)
    .map(({ leaseId }) => ({ type: 'ReturnLease' as const, leaseId, now }));
  const missing = [...needed].filter(([leaseId]) => ledger.leases[leaseId] === undefined);
  if (missing.length === 0) return returns;
  const counts = countSubjects(rollout, view, ledger, now);
  const grants = missing.map(([, subject]) =>
    grantFor(rollout, subject, counts[subject.kind], now),
  );
  return [...returns, ...grants];
};

const subjectsInFlight = (rollout: Rollout): ReadonlyMap<LeaseId, Subject> => {
  const { instances, services } = inHand(rollout);
  const subjects = new Map<LeaseId, Subject>();
  for (const { leaseId, containerInstanceArn } of instances) {
    subjects.set(leaseId, { kind: 'instance', id: containerInstanceArn });
  }
  for (const { leaseId, serviceArn } of services) {
    subjects.set(leaseId, { kind: 'service', id: serviceArn });
  }
  return subjects;
};

const wasUsed = (rollout: Rollout, subject: Subject): boolean => {
  const item =
    subject.kind === 'instance' ? rollout.instances[subject.id] : rollout.services[subject.id];
  return item === undefined || item.status === 'done' || item.status === 'skipped';
};
