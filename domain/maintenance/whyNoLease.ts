import type { Subject } from '../../events/disruption.ts';
import { allowedAround, allowedFor, allowedInTotal, allowedInZone } from './budget.ts';
import type { GrantLease, Lease, LedgerState } from './lease.ts';

export const heldOn = (state: LedgerState, subject: Subject): Lease | undefined =>
  Object.values(state.leases).find(
    (lease) => lease.subject.kind === subject.kind && lease.subject.id === subject.id,
  );

type Limit = {
  /** `undefined`: the budget does not limit this. */
  readonly allowed: number | undefined;
  readonly held: number;
  readonly unavailable: number;
  readonly total: number;
  /** "instances", "instances in us-east-1a". */
  readonly of: string;
};

/**
 * The first limit that leaves no room for what is asked; `undefined` if all do. What AWS takes
 * back (`spot`) is not ours to refuse: draining it does no further harm, so it is granted always,
 * and its lease uses up the room of the others.
 */
export const whyNoLease = (state: LedgerState, request: GrantLease): string | undefined => {
  if (request.reason === 'spot') return undefined;
  const listed = state.budget.reasons.some(({ reason }) => reason === request.reason);
  if (!listed) return `the budget lists nothing for the reason ${request.reason}`;
  const spent = limitsOf(state, request).find(
    ({ allowed, held, unavailable }) => allowed !== undefined && allowed - held - unavailable <= 0,
  );
  return spent && sentence(spent);
};

const sentence = ({ allowed, held, unavailable, total, of }: Limit): string => {
  const most = `${allowed} of ${total} ${of} may be disturbed at once`;
  return `${most}: ${held} are now, and ${unavailable} more are unavailable`;
};

const limitsOf = (state: LedgerState, request: GrantLease): readonly Limit[] => {
  const { budget } = state;
  const { subject, reason, total, unavailable, zone, services = [] } = request;
  const { kind } = subject;
  const leases = Object.values(state.leases).filter((lease) => lease.subject.kind === kind);
  const held = (counts: (lease: Lease) => boolean) => leases.filter(counts).length;
  const whole: Limit = {
    allowed: allowedInTotal(budget, kind, total),
    held: leases.length,
    unavailable,
    total,
    of: `${kind}s`,
  };
  // What is down for no reason of ours is held against the whole, not against each reason.
  const forReason: Limit = {
    allowed: allowedFor(budget, reason, kind, total),
    held: held((lease) => lease.reason === reason),
    unavailable: 0,
    total,
    of: `${kind}s for ${reason}`,
  };
  const inZone = zone && {
    ...zone,
    allowed: allowedInZone(budget, zone.total),
    held: held((lease) => lease.zone === zone.name),
    of: `instances in ${zone.name}`,
  };
  const around = services.map((service) => ({
    ...service,
    allowed: allowedAround(budget, service.name, service.total),
    held: held((lease) => lease.serviceNames?.includes(service.name) === true),
    of: `instances that run ${service.name}`,
  }));
  return [whole, forReason, ...(inZone === undefined ? [] : [inZone]), ...around];
};
