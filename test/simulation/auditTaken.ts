import type { Act } from './auditActs.ts';
import { plannedArn, type Recorded, type RolloutRecord } from './auditRecord.ts';
import { serviceName, type TrueInstance, type TruthIndex } from './auditTruth.ts';

// Whose is what is out of service? Judged by calls that took effect and by ground truth; the
// record is believed only where it says that an instance is proved or given up.

export type TakenInstance = {
  readonly terminated: boolean;
  /** Given up by the rollout: still out until the fleet is whole again. */
  skipped: boolean;
  /** A call whose effect came after its answer was given up: nobody could hold its lease. */
  readonly late: boolean;
};

export type TakenBook = {
  /** Container instance ARNs that our own calls took out and that are not back and proved. */
  readonly instances: Map<string, TakenInstance>;
  /** Whose replacement is proved. */
  readonly replaced: Set<string>;
  /** Ended before that: what is left of them, waiting in a lifecycle hook, is no loss. */
  readonly leftBehind: Set<string>;
  /** Names of services with a deployment of ours that has not ended. */
  readonly services: Set<string>;
  /** Set DRAINING by somebody else, and not ACTIVE since. */
  readonly othersDrained: Set<string>;
  /** Every instance for which we ever sent DRAINING, whatever came of it. */
  readonly drainsSent: Set<string>;
  /** Deployed or given up in this step: a call of the same moment may have come before. */
  readonly endedNow: Set<string>;
};

export const createTakenBook = (): TakenBook => ({
  instances: new Map(),
  replaced: new Set(),
  leftBehind: new Set(),
  services: new Set(),
  othersDrained: new Set(),
  drainsSent: new Set(),
  endedNow: new Set(),
});

/** Takes one event into the book; `rollout` is the one whose stream it lies in. */
export const noteTaken = (
  book: TakenBook,
  { event }: Recorded,
  rollout: RolloutRecord | undefined,
): void => {
  if (rollout === undefined) return;
  switch (event.type) {
    case 'InstanceProved': {
      const arn = plannedArn(rollout, event.data.containerInstanceArn);
      // By surge the old instance is drained only after this.
      if (book.instances.delete(arn)) book.leftBehind.add(arn);
      book.replaced.add(arn);
      return;
    }
    case 'InstanceSkipped': {
      const arn = plannedArn(rollout, event.data.containerInstanceArn);
      book.endedNow.add(arn);
      const taken = book.instances.get(arn);
      if (taken !== undefined) taken.skipped = true;
      return;
    }
    case 'InstanceDrainIntended': {
      const taken = book.instances.get(event.data.containerInstanceArn);
      if (taken !== undefined) taken.skipped = false;
      return;
    }
    case 'ServiceDeployed':
    case 'ServiceSkipped':
      book.endedNow.add(serviceName(event.data.serviceArn));
      book.services.delete(serviceName(event.data.serviceArn));
      return;
  }
};

/** Somebody may have given it back since the last step ended. */
const wasActive = ({ before }: Act['call'], instance: string): boolean =>
  before?.instances.some(({ arn, status }) => arn === instance && status === 'ACTIVE') === true;

/** Takes a call into the book, after the rules have judged it. */
export const takeAct = (book: TakenBook, { call, deed }: Act): void => {
  if (deed.kind === 'drain') book.drainsSent.add(deed.instance);
  if (!call.took) return;
  const ended = (subject: string) => call.afterSequence === undefined && book.endedNow.has(subject);
  if (deed.kind === 'restore') book.instances.delete(deed.instance);
  if (deed.kind === 'deploy' && !ended(deed.service)) book.services.add(deed.service);
  if (deed.kind !== 'drain' && deed.kind !== 'terminate') return;
  if (deed.kind === 'drain' && wasActive(call, deed.instance)) {
    book.othersDrained.delete(deed.instance);
  }
  if (deed.kind === 'drain' && book.othersDrained.has(deed.instance)) return;
  const taken = book.instances.get(deed.instance);
  const terminated = deed.kind === 'terminate' || taken?.terminated === true;
  const skipped = taken?.skipped ?? ended(deed.instance);
  book.instances.set(deed.instance, { terminated, skipped, late: taken?.late ?? false });
};

const settleInstances = (book: TakenBook, index: TruthIndex): void => {
  for (const [arn, { status, alive }] of index.instances) {
    const taken = book.instances.get(arn);
    const isDraining = status === 'DRAINING' && alive && !book.leftBehind.has(arn);
    if (status === 'ACTIVE') {
      book.othersDrained.delete(arn);
      if (taken?.terminated === false) book.instances.delete(arn);
      // A machine that is gone may stay registered, DRAINING as it was.
    } else if (isDraining && taken === undefined && !book.othersDrained.has(arn)) {
      if (book.drainsSent.has(arn)) {
        book.instances.set(arn, { terminated: false, skipped: false, late: true });
      } else book.othersDrained.add(arn);
    }
  }
};

const serves = ({ status, alive, agentConnected }: TrueInstance): boolean =>
  status === 'ACTIVE' && alive && agentConnected;

/** What is given back of a surge and the instance for which it came lack the fleet one of two. */
const apart = (arns: readonly (readonly [arn: string, unknown])[], standsFor: StandsFor): number =>
  new Set(arns.map(([arn]) => standsFor(arn))).size;

type StandsFor = (arn: string) => string;

/**
 * Instances out by us, those given up only as far as the fleet still lacks them; without those
 * `outside`, which EC2 takes whatever anyone does. Two under one lease (`standsFor`) are one.
 */
export const outCount = (
  book: TakenBook,
  index: TruthIndex,
  whole: number,
  outside: ReadonlyMap<string, unknown>,
  standsFor: StandsFor,
): number => {
  const ours = [...book.instances].filter(([arn]) => !outside.has(arn));
  const open = ours.filter(([, { skipped }]) => !skipped);
  const openAndAbsent = open.filter(([arn]) => {
    const instance = index.instances.get(arn);
    return instance === undefined || !serves(instance);
  });
  const serving = index.truth.instances.filter(serves).length;
  const missing = Math.max(0, whole - serving - apart(openAndAbsent, standsFor));
  return apart(open, standsFor) + Math.min(ours.length - open.length, missing);
};

/** Brings the book to the truth at the end of a step. */
export const settle = (
  book: TakenBook,
  index: TruthIndex,
  drainedByOthers: readonly string[],
  whole: number,
  outside: ReadonlyMap<string, unknown>,
  standsFor: StandsFor,
): void => {
  book.endedNow.clear();
  for (const arn of drainedByOthers) if (!book.instances.has(arn)) book.othersDrained.add(arn);
  settleInstances(book, index);
  const open = [...book.instances].filter(([arn, { skipped }]) => !skipped && !outside.has(arn));
  if (outCount(book, index, whole, outside, standsFor) === apart(open, standsFor)) {
    for (const [arn, { skipped }] of book.instances) {
      if (skipped && !index.instances.has(arn)) book.instances.delete(arn);
    }
  }
  for (const name of book.services) {
    const deployments = index.services.get(name)?.deployments ?? [];
    const busy = deployments.some(({ rolloutState }) => rolloutState === 'IN_PROGRESS');
    if (!busy) book.services.delete(name);
  }
};
