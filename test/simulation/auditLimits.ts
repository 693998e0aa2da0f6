import type { Share } from '../../events/disruption.ts';
import type { Desk } from './auditDesk.ts';
import { allowanceOf, type Lease } from './auditLedger.ts';
import type { Recorded } from './auditRecord.ts';
import type { TruthIndex } from './auditTruth.ts';

// I11, S17: the limits of a budget by zone, by service and by reason, each a limit of what is out
// at once, judged by where things truly are.

export const limitMeetings = [
  'zoneLimitReached',
  'serviceLimitReached',
  'reasonLimitReached',
] as const;
export type LimitMeeting = (typeof limitMeetings)[number];

export type LimitBook = {
  /** By zone, by service: of how many instances a percent was reckoned, in the steps before. */
  readonly wholes: Map<string, number[]>;
  readonly zones: Map<string, string>;
  /** By instance and service, since which step a task of it runs there. */
  hosted: Map<string, number>;
  readonly met: Record<LimitMeeting, number>;
};

export const createLimitBook = (): LimitBook => ({
  wholes: new Map(),
  zones: new Map(),
  hosted: new Map(),
  met: { zoneLimitReached: 0, serviceLimitReached: 0, reasonLimitReached: 0 },
});

const patienceOf = (desk: Desk): number => desk.setup.excuseSteps ?? 3;

const hostsOf = (index: TruthIndex): Map<string, Set<string>> => {
  const hosts = new Map<string, Set<string>>();
  for (const { arn, ec2InstanceId, alive } of index.instances.values()) {
    if (!alive) continue;
    for (const { service } of index.tasksOn.get(ec2InstanceId) ?? []) {
      if (service === null) continue;
      hosts.set(service, (hosts.get(service) ?? new Set()).add(arn));
    }
  }
  return hosts;
};

/** At the end of a step: what a percent is of. It moves, and is heard of late. */
export const settleLimits = (book: LimitBook, desk: Desk): void => {
  const now = new Map<string, number>();
  for (const { arn, zone } of desk.present.instances.values()) {
    book.zones.set(arn, zone);
    now.set(`zone ${zone}`, (now.get(`zone ${zone}`) ?? 0) + 1);
  }
  const hosted = new Map<string, number>();
  for (const [service, arns] of hostsOf(desk.present)) {
    now.set(`service ${service}`, arns.size);
    for (const arn of arns) {
      const key = `${arn} ${service}`;
      hosted.set(key, book.hosted.get(key) ?? desk.step);
    }
  }
  book.hosted = hosted;
  for (const [key, count] of now) {
    const kept = book.wholes.get(key) ?? [];
    book.wholes.set(key, [...kept.slice(-patienceOf(desk) - 1), count]);
  }
};

const wholeOf = (book: LimitBook, key: string): number =>
  Math.max(0, ...(book.wholes.get(key) ?? []));

/** What is leased and empty already is one of those that ought to run the service. */
const wholeAround = (book: LimitBook, service: string, desk: Desk): number => {
  const leased = [...desk.ledger.live.values()].filter(({ serviceNames }) =>
    serviceNames.includes(service),
  );
  const withLeased = (index: TruthIndex) =>
    new Set([...(hostsOf(index).get(service) ?? []), ...leased.map(({ id }) => id)]).size;
  const now = [desk.previous, desk.present].map(withLeased);
  return Math.max(wholeOf(book, `service ${service}`), ...now);
};

/** What the lease says of its instance is what is true of it. */
const judgeWords = (book: LimitBook, lease: Lease, desk: Desk): void => {
  const { leaseId, id, zone, serviceNames } = lease;
  const isIn = book.zones.get(id);
  if (isIn !== undefined && zone !== isIn) {
    desk.say(`I11: lease ${leaseId} says that ${id} is in ${zone}, but it is in ${isIn}`);
  }
  const hosts = hostsOf(desk.present);
  for (const [key, since] of book.hosted) {
    const [arn, service = ''] = key.split(' ');
    // What left in this step may have been seen to leave.
    if (arn !== id || hosts.get(service)?.has(id) !== true) continue;
    if (desk.step - since <= patienceOf(desk) || serviceNames.includes(service)) {
      continue;
    }
    desk.say(`I11: lease ${leaseId} does not say that ${service} has tasks on ${id}`);
  }
};

type Limit = {
  readonly meeting: LimitMeeting;
  readonly of: string;
  readonly share: Share | undefined;
  readonly whole: number;
  readonly counts: (lease: Lease) => boolean;
};

const limitsOn = (book: LimitBook, lease: Lease, desk: Desk): readonly Limit[] => {
  const { budget } = desk.ledger;
  const shareOf = (service: string): Share | undefined =>
    (
      budget.perService?.find(({ serviceName }) => serviceName === service) ??
      budget.perService?.find(({ serviceName }) => serviceName === '*')
    )?.instances;
  const byReason = budget.reasons.find(({ reason }) => reason === lease.reason);
  const reasons: Limit = {
    meeting: 'reasonLimitReached',
    of: lease.reason,
    share: lease.kind === 'instance' ? byReason?.instances : byReason?.services,
    whole: lease.kind === 'instance' ? desk.wholeInstances : desk.setup.services.length,
    counts: (each) => each.kind === lease.kind && each.reason === lease.reason,
  };
  if (lease.kind === 'service') return [reasons];
  const zone = book.zones.get(lease.id);
  const zones: Limit = {
    meeting: 'zoneLimitReached',
    of: zone ?? 'a zone that nobody knows',
    share: zone === undefined ? undefined : budget.perZone,
    whole: wholeOf(book, `zone ${zone}`),
    counts: (each) => each.kind === 'instance' && book.zones.get(each.id) === zone,
  };
  const services = lease.serviceNames.map(
    (name): Limit => ({
      meeting: 'serviceLimitReached',
      of: name,
      share: shareOf(name),
      whole: wholeAround(book, name, desk),
      counts: (each) => each.kind === 'instance' && each.serviceNames.includes(name),
    }),
  );
  return [reasons, zones, ...services];
};

/** To be called once the lease is in the book of the ledger. */
export const judgeLimits = (book: LimitBook, { event, stream }: Recorded, desk: Desk): void => {
  if (stream !== `disruption#${desk.setup.clusterName}` || event.type !== 'LeaseGranted') return;
  const lease = desk.ledger.live.get(event.data.leaseId);
  if (lease === undefined) return;
  if (lease.kind === 'instance') judgeWords(book, lease, desk);
  if (lease.reason === 'spot') return;
  for (const { meeting, of, share, whole, counts } of limitsOn(book, lease, desk)) {
    if (share === undefined) continue;
    const out = [...desk.ledger.live.values()].filter(counts).length;
    const most = allowanceOf(share, whole);
    if (out === most) book.met[meeting] += 1;
    if (out <= most) continue;
    desk.say(`I11: with ${lease.leaseId} ${out} are out of ${of} at once, ${most} allowed`);
  }
};
