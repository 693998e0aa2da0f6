import type { Subject } from '../../events/disruption.ts';
import type { Instant, LeaseId } from '../../events/ids.ts';
import { countInstances, countServices, type Replacements } from '../draining/countSubjects.ts';
import type { FleetView } from '../fleet/fleetView.ts';
import { identity } from '../identity.ts';
import type { GrantLease, LedgerState } from '../maintenance/lease.ts';
import { type LedgerCommand, withLease } from '../maintenance/ledger.ts';
import { heldOn, whyNoLease } from '../maintenance/whyNoLease.ts';
import { rolloutStream } from './rollout.ts';
import { inHand, type Rollout } from './rolloutState.ts';

/**
 * A lease granted and not yet used is given this long before it counts as left behind by a crash.
 */
export const unusedLeaseMs = 5 * 60_000;

/** For something else than the patch of the subject itself. */
type LeasedAs = Pick<GrantLease, 'leaseId' | 'reason' | 'holder'>;

/** Asks the ledger for one subject after another and knows when there is no use asking on. */
export const leaseDesk = (rollout: Rollout, view: FleetView, ledger: LedgerState, now: Instant) => {
  const requestFor = requests(rollout, view, ledger, now);
  let next = ledger;
  // Nothing is spent that was not, until something is granted: asked for every instance that waits.
  const spent = new Map<Subject['kind'], boolean>();
  return {
    /** The command to send, or why there is no use sending it. */
    ask: (subject: Subject, as?: LeasedAs): GrantLease | { readonly why: string } => {
      const grant = { ...requestFor(subject), ...as };
      const rival = heldOn(next, subject);
      // Granted before a crash and never used: it has its place already.
      if (rival?.leaseId === grant.leaseId) return grant;
      if (rival !== undefined) return { why: `it is disturbed already by ${rival.holder}` };
      const why = whyNoLease(next, grant);
      if (why !== undefined) return { why };
      next = withLease(next, grant);
      spent.clear();
      return grant;
    },
    /** Why there would be no use asking for any subject of this kind that has no lease yet. */
    isSpent: (kind: Subject['kind']): boolean => {
      const { zone: _zone, services: _services, ...grant } = requestFor({ kind, id: '' });
      const isSpent = spent.get(kind) ?? whyNoLease(next, grant) !== undefined;
      spent.set(kind, isSpent);
      return isSpent;
    },
  };
};

export const leaseIdOf = ({ rolloutId }: Pick<Rollout, 'rolloutId'>, subject: Subject): LeaseId =>
  identity('lease', rolloutId, subject.kind, subject.id) as LeaseId;

const requests = (rollout: Rollout, view: FleetView, ledger: LedgerState, now: Instant) => {
  const instances = countInstances(view, ledger, replacementsOf(rollout, view, ledger, now));
  const services = countServices(view, ledger);
  return (subject: Subject): GrantLease => {
    const asked = {
      type: 'GrantLease' as const,
      leaseId: leaseIdOf(rollout, subject),
      subject,
      reason: 'patch' as const,
      holder: rolloutStream(rollout.rolloutId),
      now,
    };
    if (subject.kind === 'service') return { ...asked, ...services };
    const { total, unavailable } = instances;
    const instance = view.instances.get(subject.id);
    if (instance === undefined) return { ...asked, total, unavailable };
    const zone = instances.inZone(instance);
    const around = { services: instances.around(instance) };
    return { ...asked, total, unavailable, ...(zone && { zone }), ...around };
  };
};

/** What this rollout proved and gave back, and what it lost. */
export const replacementsOf = (
  rollout: Rollout,
  view: FleetView,
  ledger: LedgerState,
  now: Instant,
): Replacements => {
  const leased = new Set(Object.values(ledger.leases).map(({ subject }) => subject.id));
  const proved = new Set(
    Object.values(rollout.instances).flatMap((item) =>
      item.status === 'done' && !leased.has(item.containerInstanceArn) ? [item.replacementArn] : [],
    ),
  );
  return { proved, lost: lostInDrain(rollout, view, now) };
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
  const requestFor = requests(rollout, view, ledger, now);
  const grants = missing.map(([, subject]) => requestFor(subject));
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
