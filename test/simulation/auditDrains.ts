import type { DrainEvent } from '../../events/drain.ts';
import type { AuditStep } from './audit.ts';
import type { Desk } from './auditDesk.ts';
import { holdsLease } from './auditLedger.ts';
import type { Intent, Recorded } from './auditRecord.ts';
import { takesTasks } from './auditTruth.ts';

// I7, I11, I13, S10, S11: drains that no rollout asked for, and what EC2 takes by itself. EC2 gives
// notice two minutes before it takes a Spot Instance (EC2 User Guide, Spot Instance interruption
// notices): nobody can keep it, so it is outside of every budget.

type Data<Type extends DrainEvent['type']> = Extract<DrainEvent, { type: Type }>['data'];

export const drainMeetings = [
  'drainedForSpot',
  'givenBackBySpot',
  'heldForSpot',
  'successorCame',
  'successorUnproved',
  'takenBack',
] as const;
/** What a full run must have met. */
export type DrainMeeting = (typeof drainMeetings)[number];

type DrainRecord = {
  readonly stream: string;
  readonly arn: string;
  readonly wish: Data<'DrainIntended'>;
  /** `late`: given up, one way or the other. */
  status: 'waiting' | 'begun' | 'late' | 'drained' | 'terminating' | 'gone' | 'ended';
  goneAt?: number;
  /** Since when it is past its deadline, and nobody has done anything about it. */
  overdue?: { readonly at: number; readonly step: number };
};

export type DrainBook = {
  /** The last one of each instance, by stream. */
  readonly drains: Map<string, DrainRecord>;
  /** ARNs of instances for which EC2 gave notice, and when. */
  readonly interrupted: Map<string, number>;
  /** ARNs, by the sequence of the commit in which Tuesday heard of it. */
  readonly heard: Map<string, { readonly at: number; readonly sequence: number }>;
  /** ARNs that came for an instance that was gone, each for one. */
  readonly successors: Set<string>;
  /** ARNs of instances on which a task was seen to run, or to have ended well. */
  readonly ran: Set<string>;
  readonly met: Record<DrainMeeting, number>;
};

export const createDrainBook = (): DrainBook => ({
  drains: new Map(),
  interrupted: new Map(),
  heard: new Map(),
  successors: new Set(),
  ran: new Set(),
  met: Object.fromEntries(drainMeetings.map((name) => [name, 0])) as Record<DrainMeeting, number>,
});

const isDrainStream = (stream: string): boolean => stream.startsWith('drain#');

/**
 * What is followed by nothing for so long was about a machine that came back. In a lifecycle hook
 * one may wait for an hour.
 */
const outsideMs = 70 * 60_000;

/** At the beginning of a step. */
export const noteInterrupted = ({ byOthers, now }: AuditStep, desk: Desk): void => {
  const { interrupted } = desk.drains;
  for (const id of byOthers.interrupted ?? []) interrupted.set(desk.directory.arnOf(id), now);
  for (const [arn, at] of interrupted) {
    if (now - at > outsideMs && takesTasks(desk.present, arn)) interrupted.delete(arn);
  }
};

const statusAfter: Partial<Record<DrainEvent['type'], DrainRecord['status']>> = {
  DrainBegun: 'begun',
  Drained: 'drained',
  DrainTerminationIntended: 'terminating',
  DrainRestoreIntended: 'late',
  DrainEscalated: 'late',
  DrainInstanceGone: 'gone',
  DrainEnded: 'ended',
};

/** Takes one event into the book; to be called after the rules have judged it. */
export const noteDrain = ({ event, stream, sequence }: Recorded, desk: Desk): void => {
  const { drains, heard, met } = desk.drains;
  if (event.type === 'InterruptionNoticed') {
    const arn = desk.directory.arnOf(event.data.ec2InstanceId);
    heard.set(arn, { at: event.data.noticedAt, sequence });
  }
  if (event.type === 'HoldsChanged') {
    if (event.data.held.some(({ reason }) => reason === 'SpotInterruption')) met.heldForSpot += 1;
  }
  if (event.type === 'TaskObserved') noteRun(event.data.task, desk);
  if (!isDrainStream(stream)) return;
  if (event.type === 'DrainIntended') {
    const { containerInstanceArn: arn } = event.data;
    drains.set(stream, { stream, arn, wish: event.data, status: 'waiting' });
    return;
  }
  const drain = drains.get(stream);
  if (drain === undefined) return;
  if (event.type === 'DrainInstanceGone') drain.goneAt = event.data.goneAt;
  const isForSpot = drain.wish.reason === 'spot';
  if (event.type === 'DrainBegun' && isForSpot) met.drainedForSpot += 1;
  if (event.type === 'DrainRestoreIntended' && isForSpot) met.givenBackBySpot += 1;
  if (event.type === 'DrainEnded' && event.data.successorArn) met.successorCame += 1;
  if (event.type === 'DrainEnded' && event.data.outcome === 'yielded') met.takenBack += 1;
  drain.status = statusAfter[event.type as DrainEvent['type']] ?? drain.status;
};

type Seen = Extract<Recorded['event'], { type: 'TaskObserved' }>['data']['task'];

const noteRun = ({ lastStatus, containers, containerInstanceArn }: Seen, desk: Desk): void => {
  const endedWell = containers.length > 0 && containers.every(({ exitCode }) => exitCode === 0);
  if (containerInstanceArn === undefined) return;
  if (lastStatus === 'RUNNING' || (lastStatus === 'STOPPED' && endedWell)) {
    desk.drains.ran.add(containerInstanceArn);
  }
};

/** What the intent of a drain stands on. `intent` is not yet in the book. */
export const judgeDrainIntent = (recorded: Recorded, intent: Intent, desk: Desk): void => {
  const { event, stream } = recorded;
  const { kind, subject } = intent;
  const drain = desk.drains.drains.get(stream);
  if (drain === undefined || drain.status === 'ended') {
    desk.say(`I7: ${stream} intends to ${kind} ${subject}, which nobody has asked for`);
    return;
  }
  const { status, wish } = drain;
  if (event.type === 'DrainBegun') {
    const { leaseId } = event.data;
    if (!holdsLease(desk, 'instance', subject, leaseId)) {
      desk.say(`I11: ${stream} begins, but ${leaseId} is not its lease`);
    }
    if (status !== 'waiting') desk.say(`I7: ${stream} begins, being ${status}`);
  }
  if (kind === 'terminate' && wish.andThen !== 'terminate') {
    desk.say(`I7: ${stream} is to end ${subject}, and was to ${wish.andThen}`);
  }
  if (kind === 'terminate' && status !== 'drained') {
    desk.say(`I8: ${stream} is to end ${subject}, being ${status}`);
  }
};

/** An instance that EC2 is about to take, as Tuesday had heard, is begun by no rollout. */
export const judgeRolloutBegins = ({ event, stream }: Recorded, desk: Desk): void => {
  if (event.type !== 'InstanceDrainIntended') return;
  const { containerInstanceArn: arn, intendedAt } = event.data;
  const heard = desk.drains.heard.get(desk.directory.arnOf(arn));
  if (heard === undefined || heard.sequence > desk.startSequence) return;
  if (intendedAt < heard.at || intendedAt > heard.at + 2 * 60_000) return;
  desk.say(`S14: ${stream} begins ${arn}, which EC2 takes since ${heard.at}`);
};

/** How a drain ended, held against the truth; and what is not ours any more from then on. */
export const judgeDrainEnd = ({ event, stream }: Recorded, desk: Desk): void => {
  if (event.type !== 'DrainEnded') return;
  const drain = desk.drains.drains.get(stream);
  if (drain === undefined) return;
  const { arn, wish, goneAt, status } = drain;
  const { outcome, successorArn, endedAt } = event.data;
  const { instances } = desk.taken;
  if (status === 'ended') desk.say(`I7: ${stream} ends again`);
  const isGivenUp = goneAt !== undefined && endedAt - goneAt > 40 * 60_000;
  if (outcome === 'gone' || outcome === 'unproved') {
    if (desk.present.instances.has(arn) && desk.previous.instances.has(arn)) {
      desk.say(`S11: ${stream} says that ${arn} is gone, and it is registered`);
    }
    const isOutside = desk.drains.interrupted.has(arn) || wish.reason !== 'manual';
    if (status !== 'waiting' && !isOutside && !isGivenUp && successorArn === undefined) {
      desk.say(`I11: ${stream} ends, and nothing has come for ${arn}`);
    }
    const taken = instances.get(arn);
    if (isOutside || isGivenUp || successorArn !== undefined) instances.delete(arn);
    else if (taken !== undefined) taken.skipped = true;
  }
  // What a surge gives back is still that rollout's to end.
  if (outcome === 'yielded' && !desk.surges.givenBack.has(arn)) instances.delete(arn);
  if (successorArn === undefined) return;
  judgeSuccessor(stream, successorArn, desk);
  if (outcome === 'unproved') {
    desk.drains.met.successorUnproved += 1;
    if (!isGivenUp)
      desk.say(`I11: ${stream} gives up the proof of ${successorArn} before its time`);
  } else if (!desk.drains.ran.has(successorArn)) {
    desk.say(`I11: ${stream} gives its lease back, and nothing has run on ${successorArn}`);
  }
};

const judgeSuccessor = (stream: string, arn: string, desk: Desk): void => {
  const { successors } = desk.drains;
  if (successors.has(arn)) desk.say(`I11: ${stream} has ${arn}, which came for another drain`);
  successors.add(arn);
  for (const each of desk.record.rollouts.values()) {
    for (const replacement of each.replaced.values()) {
      if (replacement.arn !== arn) continue;
      desk.say(`I11: ${stream} has ${arn}, which came for an instance of ${each.stream}`);
    }
  }
  if (takesTasks(desk.present, arn) || takesTasks(desk.previous, arn)) return;
  if (desk.step > 1 && desk.setup.excuseSteps !== undefined && desk.setup.excuseSteps > 3) return;
  desk.say(`I11: ${stream} has ${arn} for its successor, which takes no tasks`);
};

/** Ticks are lost, effects come late and are tried again: so long, and so many steps. */
const overdueMs = 60 * 60_000;
const overdueSteps = 15;
/** EC2 may be slow to take what it gave notice of. */
const takenWithinMs = 10 * 60_000;

/** S10: at the end of a step no drain goes on past its deadline as if it had none. */
export const judgeDeadlines = (now: number, desk: Desk): void => {
  for (const drain of desk.drains.drains.values()) {
    const { status, wish, stream } = drain;
    const isOpen = status === 'waiting' || status === 'begun';
    const due = wish.deadlineAt + (wish.reason === 'spot' ? takenWithinMs : 0);
    if (!isOpen || now < due) {
      delete drain.overdue;
      continue;
    }
    drain.overdue ??= { at: now, step: desk.step };
    const { at, step } = drain.overdue;
    if (now - at <= overdueMs || desk.step - step <= overdueSteps) continue;
    desk.say(`S10: ${stream} is ${status} since its deadline at ${wish.deadlineAt}`);
  }
};

/** Every drain has come to its end. */
export const judgeDrainsAtRest = (desk: Desk): void => {
  for (const { stream, status } of desk.drains.drains.values()) {
    if (status !== 'ended') desk.say(`S11: ${stream} is ${status} at rest`);
  }
};

/** DRAINING on purpose, whatever windows say: for EC2, empty and kept, or for a person. */
export const mayStayDraining = (arn: string, desk: Desk): boolean => {
  if (desk.drains.interrupted.has(arn)) return true;
  return [...desk.drains.drains.values()].some(
    (each) => each.arn === arn && each.status !== 'begun' && each.status !== 'ended',
  );
};

/** The instance of a drain, for whoever has its stream alone. */
export const instanceOf = (stream: string, desk: Desk): string | undefined =>
  desk.drains.drains.get(stream)?.arn;
