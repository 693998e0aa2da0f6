import type { DisruptionReason } from '../../events/disruption.ts';
import type { Closing, MaintenanceEvent, MaintenanceWindow } from '../../events/maintenance.ts';
import type { Act } from './auditActs.ts';
import { offsetMs } from './auditClock.ts';
import type { Desk } from './auditDesk.ts';
import { instanceOf, mayStayDraining } from './auditDrains.ts';
import { openUntil } from './auditOpen.ts';
import type { Recorded } from './auditRecord.ts';
import { waitsForLeave } from './auditRollout.ts';
import { serviceName } from './auditTruth.ts';

// I23: nothing begins but in an open window and without a freeze, and nothing is abandoned.

type Freeze = Extract<MaintenanceEvent, { type: 'FreezeBegun' }>['data'];
type Override = Extract<MaintenanceEvent, { type: 'OverrideBegun' }>['data'];

/** What the windows of a run brought about; a full run must meet each. */
export const windowMeetings = [
  'closedInMidDrain',
  'finishedAfterClosing',
  'putOff',
  'deploymentPutOff',
  'handedBack',
  'begunAgain',
  'frozenInRollout',
  'heldByFreeze',
  'overrideUsed',
  'clocksChanged',
] as const;
export type WindowMeeting = (typeof windowMeetings)[number];

export type WindowBook = {
  /** Closed until somebody opens one. */
  windows: readonly MaintenanceWindow[];
  closing: Closing;
  readonly freezes: Map<string, Freeze>;
  readonly overrides: Map<string, Override>;
  readonly reasons: Map<string, DisruptionReason>;
  readonly begunAt: Map<string, number>;
  /** Put off or handed back because a window closed, and not begun again. */
  readonly waiting: Set<string>;
  /** Since when an instance is DRAINING by us while everything is closed. */
  readonly stranded: Map<string, { readonly at: number; readonly step: number }>;
  /** By task: the step in which it was first seen on its instance. */
  tasksSince: Map<string, number>;
  wasOpen: boolean;
  lastAt: number;
  readonly met: Record<WindowMeeting, number>;
};

export const createWindowBook = (): WindowBook => ({
  windows: [],
  closing: { underway: 'finish', lastStartMs: 0 },
  freezes: new Map(),
  overrides: new Map(),
  reasons: new Map(),
  begunAt: new Map(),
  waiting: new Set(),
  stranded: new Map(),
  tasksSince: new Map(),
  wasOpen: false,
  lastAt: 0,
  met: Object.fromEntries(windowMeetings.map((name) => [name, 0])) as Record<WindowMeeting, number>,
});

export const noteWindows = (book: WindowBook, { event, stream }: Recorded, desk: Desk): void => {
  if (event.type === 'LeaseGranted') book.reasons.set(event.data.leaseId, event.data.reason);
  if (stream !== `maintenance#${desk.setup.clusterName}` && stream !== 'maintenance#*') return;
  switch (event.type) {
    case 'WindowsSet':
      book.windows = event.data.windows;
      book.closing = event.data.closing;
      return;
    case 'FreezeBegun':
      book.freezes.set(event.data.freezeId, event.data);
      if (isUnderWay(desk)) book.met.frozenInRollout += 1;
      return;
    case 'FreezeLifted':
      book.freezes.delete(event.data.freezeId);
      return;
    case 'OverrideBegun':
      book.overrides.set(event.data.overrideId, event.data);
      return;
    case 'OverrideEnded':
      book.overrides.delete(event.data.overrideId);
      return;
  }
};

const isUnderWay = ({ record }: Desk): boolean =>
  [...record.rollouts.values()].some(({ started, stops }) => started && stops.length === 0);

const lasts = (at: number, each: { readonly begunAt: number; readonly expiresAt: number }) =>
  each.begunAt <= at && at < each.expiresAt;

const overridden = (book: WindowBook, what: 'windows' | 'freezes', at: number): boolean =>
  [...book.overrides.values()].some((each) => lasts(at, each) && each.over.includes(what));

/** Why nothing may begin now, whatever an override says; `frozen` names services. */
const obstacles = (
  book: WindowBook,
  reason: DisruptionReason,
  services: ReadonlySet<string>,
  at: number,
): readonly { readonly what: 'windows' | 'freezes'; readonly why: string }[] => {
  const left = openUntil(book.windows, reason, at) - at;
  const closed = left === 0 ? 'no window is open' : `${left} ms of the window are left`;
  const isClosed = left === 0 || left < book.closing.lastStartMs;
  const freeze = [...book.freezes.values()].find(
    (each) =>
      lasts(at, each) &&
      (each.scope.kind === 'cluster' || services.has(serviceName(each.scope.serviceName))),
  );
  return [
    ...(isClosed ? [{ what: 'windows' as const, why: closed }] : []),
    ...(freeze === undefined
      ? []
      : [{ what: 'freezes' as const, why: `freeze ${freeze.freezeId} stands` }]),
  ];
};

/** Services with a task there for so long that whoever asks must have heard of it. */
export const knownServicesOn = (book: WindowBook, arn: string, desk: Desk): ReadonlySet<string> => {
  const patience = desk.setup.excuseSteps ?? 3;
  const instance = desk.previous.instances.get(arn);
  const tasks = instance === undefined ? [] : desk.previous.tasksOn.get(instance.ec2InstanceId);
  // What left in this step may have been seen to leave.
  const still = new Set(desk.present.truth.tasks.map((task) => task.arn));
  return new Set(
    (tasks ?? []).flatMap(({ arn: task, service, lastStatus }) =>
      service !== null &&
      lastStatus === 'RUNNING' &&
      still.has(task) &&
      desk.step - (book.tasksSince.get(task) ?? desk.step) > patience
        ? [service]
        : [],
    ),
  );
};

/** What an intent begins, and for which services. */
const begins = ({ event, stream }: Recorded, book: WindowBook, desk: Desk) => {
  if (event.type === 'GroupSurgeIntended') {
    const { instances, intendedAt: at } = event.data;
    const [first] = instances;
    if (first === undefined) return undefined;
    const { containerInstanceArn: subject, leaseId } = first;
    return {
      what: 'surge for',
      subject,
      leaseId,
      at,
      services: knownServicesOn(book, subject, desk),
    };
  }
  if (event.type === 'InstanceDrainIntended' || event.type === 'PrefetchIntended') {
    const { containerInstanceArn: subject, leaseId, intendedAt } = event.data;
    const services = knownServicesOn(book, subject, desk);
    const what = event.type === 'PrefetchIntended' ? 'pull' : 'drain';
    return { what, subject, leaseId, at: intendedAt, services };
  }
  if (event.type === 'DrainBegun') {
    const { leaseId, begunAt: at } = event.data;
    const subject = instanceOf(stream, desk) ?? stream;
    return { what: 'empty', subject, leaseId, at, services: knownServicesOn(book, subject, desk) };
  }
  if (event.type === 'ServiceDeploymentIntended') {
    const { serviceArn, leaseId, intendedAt } = event.data;
    const subject = serviceName(serviceArn);
    return { what: 'deploy', subject, leaseId, at: intendedAt, services: new Set([subject]) };
  }
  return undefined;
};

/** An intent is judged at its own moment, by what stood on record before it. */
export const judgeBeginning = (book: WindowBook, recorded: Recorded, desk: Desk): void => {
  const found = begins(recorded, book, desk);
  if (found === undefined) return;
  const { what, subject, leaseId, at, services } = found;
  const reason = book.reasons.get(leaseId) ?? 'patch';
  // EC2 does not wait for a window.
  if (reason === 'spot') return;
  const against = obstacles(book, reason, services, at);
  for (const obstacle of against) {
    if (overridden(book, obstacle.what, at)) book.met.overrideUsed += 1;
    else desk.say(`I23: ${recorded.stream} begins to ${what} ${subject}, but ${obstacle.why}`);
  }
  if (against.every(({ what: obstacle }) => overridden(book, obstacle, at)))
    book.begunAt.set(subject, at);
  if (what === 'drain' && book.waiting.delete(subject)) book.met.begunAgain += 1;
};

const isOpen = (book: WindowBook, at: number): boolean =>
  overridden(book, 'windows', at) || openUntil(book.windows, 'patch', at) > at;

/** What becomes of what was under way when a window closed. */
export const judgeClosing = (book: WindowBook, { event, stream }: Recorded, desk: Desk): void => {
  switch (event.type) {
    case 'InstancePutOff':
      book.met.putOff += 1;
      if (event.data.reason === 'Frozen') book.met.heldByFreeze += 1;
      book.waiting.add(event.data.containerInstanceArn);
      return;
    case 'ServicePutOff':
      book.met.deploymentPutOff += 1;
      return;
    case 'InstanceRestoreIntended':
      if (!waitsForLeave.has(event.data.reason)) return;
      book.met.handedBack += 1;
      book.waiting.add(event.data.containerInstanceArn);
      if (book.closing.underway === 'handBack') return;
      desk.say(`I23: ${stream} hands ${event.data.containerInstanceArn} back, not finishing it`);
      return;
    case 'InstanceTerminationIntended': {
      if (isOpen(book, event.data.intendedAt)) return;
      book.met.finishedAfterClosing += 1;
      if (book.closing.underway === 'finish') return;
      desk.say(`I23: ${stream} ends ${event.data.containerInstanceArn}, not handing it back`);
      return;
    }
    case 'InstanceSkipped':
      if (waitsForLeave.has(event.data.reason)) {
        desk.say(`I23: ${stream} gives ${event.data.containerInstanceArn} up for a window`);
      }
      return;
    case 'HoldsChanged':
      if (event.data.held.some(({ reason }) => reason === 'Frozen')) book.met.heldByFreeze += 1;
      return;
  }
};

/** After a window has closed what is under way is handed back within so long. */
const strandedMs = 3 * 3_600_000;
const strandedSteps = 20;

const judgeStranded = (book: WindowBook, now: number, open: boolean, desk: Desk): void => {
  const draining = [...desk.taken.instances].flatMap(([arn, { terminated, skipped }]) => {
    const instance = desk.present.instances.get(arn);
    const isOver = skipped || mayStayDraining(arn, desk);
    const ours = !terminated && !isOver && instance?.alive === true;
    return ours && instance.status === 'DRAINING' ? [arn] : [];
  });
  if (book.wasOpen && !open) book.met.closedInMidDrain += draining.length;
  const there = new Set(open || book.closing.underway === 'finish' ? [] : draining);
  for (const arn of book.stranded.keys()) if (!there.has(arn)) book.stranded.delete(arn);
  for (const arn of there) {
    const since = book.stranded.get(arn) ?? { at: now, step: desk.step };
    book.stranded.set(arn, since);
    if (now - since.at <= strandedMs || desk.step - since.step <= strandedSteps) continue;
    desk.say(`I23: ${arn} is DRAINING by us since ${since.at}, and every window is closed`);
  }
};

/** At the end of a step. */
export const settleWindows = (book: WindowBook, now: number, desk: Desk): void => {
  const open = isOpen(book, now);
  judgeStranded(book, now, open, desk);
  const zones = new Set(book.windows.map(({ timeZone }) => timeZone));
  if (desk.step > 1) {
    for (const zone of zones) {
      if (offsetMs(zone, now) !== offsetMs(zone, book.lastAt)) book.met.clocksChanged += 1;
    }
  }
  book.wasOpen = open;
  book.lastAt = now;
  book.tasksSince = new Map(
    desk.present.truth.tasks.map(({ arn }) => [arn, book.tasksSince.get(arn) ?? desk.step]),
  );
};

/**
 * At rest, all being open: what a window kept waiting was begun again. Newer releases may have
 * overtaken a rollout before the window opened: then the next one sees to it.
 */
export const judgeWindowsAtRest = (book: WindowBook, now: number, desk: Desk): void => {
  const last = [...desk.record.rollouts.values()].at(-1);
  if (!isOpen(book, now) || last === undefined) return;
  if (last.stops.some(({ kind }) => kind === 'aborted')) return;
  for (const { subject, reason } of last.held) {
    if (!waitsForLeave.has(reason) || last.ended.has(subject)) continue;
    desk.say(`I23: ${last.stream} holds ${subject} for a window, and one is open`);
  }
};

/** An intent that is carried out late may begin what would no longer be begun. */
const lateMs = 60 * 60_000;

export const judgeLateCall = (book: WindowBook, { call, deed }: Act, desk: Desk): void => {
  if (!call.took) return;
  if (deed.kind !== 'drain' && deed.kind !== 'deploy') return;
  const subject = 'service' in deed ? deed.service : deed.instance;
  const isUnderWay = desk.taken.instances.has(subject) || desk.taken.services.has(subject);
  const isOutside = desk.drains.interrupted.has(subject) || desk.surges.givenBack.has(subject);
  const begunAt = book.begunAt.get(subject) ?? Number.NEGATIVE_INFINITY;
  if (isUnderWay || isOutside || call.at - begunAt <= lateMs) return;
  const closedFor = [call.at, call.at - lateMs].every((at) => !isOpen(book, at));
  if (closedFor) desk.say(`I23: ${call.operation} of ${subject} at ${call.at}, long after closing`);
};
