import type { Budget, DisruptionReason, Share } from '../../events/disruption.ts';
import type { Act } from './auditActs.ts';
import type { Desk } from './auditDesk.ts';
import type { Recorded } from './auditRecord.ts';
import { leasedAs } from './auditSurge.ts';
import { outCount } from './auditTaken.ts';
import { serviceName } from './auditTruth.ts';

// I11: one ledger over all reasons, and no more out of service than it allows.

type Kind = 'instance' | 'service';

export type Lease = {
  readonly leaseId: string;
  readonly reason: DisruptionReason;
  readonly zone: string | undefined;
  readonly serviceNames: readonly string[];
  readonly kind: Kind;
  readonly id: string;
  readonly sequence: number;
  readonly at: number;
  returnedSequence?: number;
};

export type LedgerBook = {
  budget: Budget;
  /** The most that was allowed since so many were last out: lowering a budget calls nobody back. */
  ceiling: Record<Kind, number>;
  readonly live: Map<string, Lease>;
  /** By kind and subject, oldest first. */
  readonly bySubject: Map<string, Lease[]>;
};

export const createLedgerBook = (budget: Budget): LedgerBook => ({
  budget,
  ceiling: { instance: 0, service: 0 },
  live: new Map(),
  bySubject: new Map(),
});

/** A percent rounds down and is at least one; nothing, where it is zero or no percent at all. */
export const allowanceOf = (share: Share, whole: number): number => {
  if ('count' in share) return share.count > 0 ? Math.floor(share.count) : 0;
  const sane = share.percent > 0 && share.percent <= 100;
  return sane ? Math.max(1, Math.floor((whole * share.percent) / 100)) : 0;
};

const idOf = (kind: Kind, id: string, desk: Desk): string =>
  kind === 'service' ? serviceName(id) : desk.directory.arnOf(id);

const liveOf = (ledger: LedgerBook, kind: Kind): number =>
  [...ledger.live.values()].filter((lease) => lease.kind === kind).length;

const allowed = (desk: Desk, kind: Kind): number =>
  kind === 'instance'
    ? allowanceOf(desk.ledger.budget.instances, desk.wholeInstances)
    : allowanceOf(desk.ledger.budget.services, desk.setup.services.length);

/** A lease is held for it now. */
export const holdsLease = (desk: Desk, kind: Kind, id: string, leaseId?: string): boolean => {
  const last = desk.ledger.bySubject.get(`${kind} ${idOf(kind, id, desk)}`)?.at(-1);
  if (last === undefined || last.returnedSequence !== undefined) return false;
  return leaseId === undefined || last.leaseId === leaseId;
};

const grant = (recorded: Recorded, desk: Desk): void => {
  const { event, sequence, at } = recorded;
  if (event.type !== 'LeaseGranted') return;
  const { leaseId, subject, reason, zone, serviceNames = [] } = event.data;
  const { ledger, say } = desk;
  const id = idOf(subject.kind, subject.id, desk);
  const named = { leaseId, reason, zone, serviceNames };
  const lease: Lease = { ...named, kind: subject.kind, id, sequence, at };
  if (ledger.live.has(leaseId)) say(`I11: lease ${leaseId} granted while it is live`);
  if (holdsLease(desk, subject.kind, id)) {
    say(`I11: ${id} is leased twice, now as ${leaseId}`);
  }
  const isTaken = reason === 'spot';
  if (isTaken && !desk.drains.interrupted.has(id)) {
    say(`I11: lease ${leaseId} for ${reason} on ${id}, of which EC2 gave no notice`);
  }
  if (!isTaken && !ledger.budget.reasons.some((each) => each.reason === reason)) {
    say(`I11: lease ${leaseId} for ${reason}, which the budget does not list`);
  }
  ledger.live.set(leaseId, lease);
  const place = `${subject.kind} ${id}`;
  ledger.bySubject.set(place, [...(ledger.bySubject.get(place) ?? []).slice(-3), lease]);
  const count = liveOf(ledger, subject.kind);
  const most = allowed(desk, subject.kind);
  if (!isTaken && count > most) {
    say(`I11: ${count} live leases of the kind ${subject.kind} with ${leaseId}, ${most} allowed`);
  }
};

export const judgeLedgerEvent = (recorded: Recorded, desk: Desk): void => {
  const { event, stream, sequence } = recorded;
  const { ledger, say } = desk;
  if (stream !== `disruption#${desk.setup.clusterName}`) return;
  if (event.type === 'BudgetSet') {
    ledger.budget = event.data.budget;
    for (const kind of ['instance', 'service'] as const) {
      ledger.ceiling[kind] = Math.max(ledger.ceiling[kind], allowed(desk, kind));
    }
  }
  grant(recorded, desk);
  if (event.type === 'LeaseReturned') {
    const lease = ledger.live.get(event.data.leaseId);
    if (lease === undefined) say(`I11: lease ${event.data.leaseId} returned, but it is not live`);
    else lease.returnedSequence = sequence;
    ledger.live.delete(event.data.leaseId);
  }
};

/** Held when the call was sent, as far as its caller could know. */
const leasedFor = (desk: Desk, kind: Kind, id: string, act: Act): boolean =>
  (desk.ledger.bySubject.get(`${kind} ${id}`) ?? []).some(
    (lease) =>
      lease.at <= act.call.at &&
      lease.sequence <= (act.call.afterSequence ?? Number.POSITIVE_INFINITY) &&
      (lease.returnedSequence ?? Number.POSITIVE_INFINITY) > act.known,
  );

/** What takes something out of service does so under a lease. */
export const judgeLeaseOfAct = (act: Act, desk: Desk): void => {
  const { deed, call } = act;
  if (deed.kind === 'drain' || deed.kind === 'terminate') {
    if (leasedFor(desk, 'instance', leasedAs(desk.surges, deed.instance), act)) return;
    desk.say(`I11: ${call.operation} of ${deed.instance} at ${call.at} without a live lease`);
  }
  if (deed.kind === 'deploy' && !leasedFor(desk, 'service', deed.service, act)) {
    desk.say(`I11: ${call.operation} of ${deed.service} at ${call.at} without a live lease`);
  }
};

/** To be called once the act is in the book of what is taken. */
export const judgeOut = ({ call, deed }: Act, desk: Desk): void => {
  if (!call.took) return;
  if (deed.kind === 'drain' || deed.kind === 'terminate') {
    if (desk.drains.interrupted.has(deed.instance)) return;
    const { interrupted } = desk.drains;
    const standsFor = (arn: string) => leasedAs(desk.surges, arn);
    const out = outCount(desk.taken, desk.previous, desk.wholeInstances, interrupted, standsFor);
    const most = desk.ledger.ceiling.instance;
    if (out > most) desk.say(`I11: ${out} instances out of service by us, ${most} allowed`);
  }
  if (deed.kind === 'deploy') {
    const out = desk.taken.services.size;
    const most = desk.ledger.ceiling.service;
    if (out > most) desk.say(`I11: ${out} services in deployment by us, ${most} allowed`);
  }
};

/** At the first step and after each: while nothing more is out, the budget of now is the limit. */
export const settleCeiling = (desk: Desk): void => {
  for (const kind of ['instance', 'service'] as const) {
    const most = allowed(desk, kind);
    if (desk.step === 1 || liveOf(desk.ledger, kind) <= most) desk.ledger.ceiling[kind] = most;
  }
};

/**
 * A lease goes back only after its instance was proved, given up, put back, or never touched: what
 * is out by us at the end of a step is leased. Likewise a service whose deployment goes on.
 */
export const judgeUnleased = (desk: Desk): void => {
  for (const [arn, { skipped, late }] of desk.taken.instances) {
    if (skipped || late || holdsLease(desk, 'instance', leasedAs(desk.surges, arn))) continue;
    desk.say(`I11: ${arn} is out of service by us, neither proved nor given up, without a lease`);
  }
  for (const name of desk.taken.services) {
    if (holdsLease(desk, 'service', name)) continue;
    desk.say(`I11: ${name} is in deployment by us without a lease`);
  }
};
