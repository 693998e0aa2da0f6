import type { StoredEvent } from '../../events/catalogue.ts';
import type { Mode } from '../../events/cluster.ts';
import type { Held, RolloutEvent } from '../../events/rollout.ts';
import { type Directory, serviceName } from './auditTruth.ts';

// What the record says, gathered for every theme of the audit: rollouts and their intents.

/** One event with its place in the record. */
export type Recorded = {
  readonly stream: string;
  readonly sequence: number;
  readonly at: number;
  readonly event: StoredEvent;
};

export type IntentKind =
  | 'drain'
  | 'restore'
  | 'terminate'
  | 'stop'
  | 'run'
  | 'deploy'
  | 'rebuild'
  /** Of a group: more than its desired capacity. */
  | 'surge'
  /** Of what was launched and is given back: set DRAINING, end, or leave where it is. */
  | 'empty'
  | 'end'
  | 'keep';

export type Intent = {
  readonly kind: IntentKind;
  /** Container instance ARN, service name, or image. */
  readonly subject: string;
  readonly stream: string;
  readonly effectId: string;
  readonly sequence: number;
  readonly at: number;
  /** The end of what it began: from then on no call may act on it. */
  closedSequence?: number;
  outcome: boolean;
  /** A call that took effect was made on it. */
  spent: boolean;
  /** The deployment that the call made, where its answer says. */
  deploymentId?: string | undefined;
};

type Planned = Extract<RolloutEvent, { type: 'RolloutPlanned' }>['data'];
export type Stop = {
  readonly kind: 'paused' | 'halted' | 'aborted' | 'completed';
  readonly sequence: number;
};

export type RolloutRecord = {
  readonly stream: string;
  readonly plan: Planned;
  started: boolean;
  /** Not lifted since, oldest first. */
  stops: readonly Stop[];
  held: readonly Held[];
  readonly channelsLearnt: Set<string>;
  readonly drained: Set<string>;
  /** Planned subject to its replacement, as `InstanceReplaced` told. */
  readonly replaced: Map<string, { readonly arn: string; readonly ec2InstanceId: string }>;
  readonly deploymentIds: Map<string, string>;
  /** Handed back because a window closed or a freeze began: it is to be begun again. */
  readonly forLater: Set<string>;
  /** Planned subjects whose newcomer is proved; a surge goes on from there. */
  readonly proved: Set<string>;
  /** Planned subjects that came to an end. */
  readonly ended: Set<string>;
};

export type RecordBook = {
  readonly rollouts: Map<string, RolloutRecord>;
  readonly intents: Map<string, Intent[]>;
  /** The first intent of each effect id. */
  readonly effects: Map<string, Intent>;
  /** Design decision 5: without a word from an operator nothing is written on AWS. */
  mode: { kind: Mode; sequence: number; before: Mode };
};

/** `InstanceReplaced` names the planned instance; later events may name either of the two. */
export const plannedArn = (rollout: RolloutRecord, arn: string): string => {
  if (rollout.replaced.has(arn)) return arn;
  return [...rollout.replaced].find(([, replacement]) => replacement.arn === arn)?.[0] ?? arn;
};

export const createRecordBook = (): RecordBook => ({
  rollouts: new Map(),
  intents: new Map(),
  effects: new Map(),
  mode: { kind: 'observe', sequence: 0, before: 'observe' },
});

const key = (kind: IntentKind, subject: string): string => `${kind} ${subject}`;

export const intentsFor = (book: RecordBook, kind: IntentKind, subject: string) =>
  book.intents.get(key(kind, subject)) ?? [];

/** Events of a drain name its instance by their stream alone: `drain#<cluster>/<id>`. */
const instanceIn = (stream: string, directory: Directory): string =>
  directory.arnOf(stream.slice(stream.lastIndexOf('/') + 1));

/** What was launched for a planned instance. */
type NewcomerOf = (planned: string) => string | undefined;

const intended = (
  { event, stream }: Recorded,
  directory: Directory,
  newcomerOf: NewcomerOf,
): Pick<Intent, 'kind' | 'subject' | 'effectId'> | undefined => {
  switch (event.type) {
    case 'InstanceDrainIntended':
      return { kind: 'drain', ...subjectOf(event.data) };
    case 'InstanceRestoreIntended':
      return { kind: 'restore', ...subjectOf(event.data) };
    case 'InstanceTerminationIntended':
      return { kind: 'terminate', ...subjectOf(event.data) };
    case 'InstanceProofIntended':
      return { kind: 'run', ...subjectOf(event.data) };
    case 'ServiceDeploymentIntended':
      return {
        kind: 'deploy',
        subject: serviceName(event.data.serviceArn),
        effectId: event.data.effectId,
      };
    case 'DrainBegun':
      return {
        kind: 'drain',
        subject: instanceIn(stream, directory),
        effectId: event.data.effectId,
      };
    case 'DrainRestoreIntended':
      return {
        kind: 'restore',
        subject: instanceIn(stream, directory),
        effectId: event.data.effectId,
      };
    case 'DrainTerminationIntended':
      return {
        kind: 'terminate',
        subject: instanceIn(stream, directory),
        effectId: event.data.effectId,
      };
    case 'DrainProofIntended':
      return { kind: 'run', subject: event.data.successorArn, effectId: event.data.effectId };
    case 'DrainTaskStopIntended':
      return { kind: 'stop', subject: event.data.taskArn, effectId: event.data.effectId };
    case 'GroupSurgeIntended':
      return { kind: 'surge', subject: event.data.groupName, effectId: event.data.effectId };
    case 'SurplusReturnIntended': {
      const { effectId, newcomer } = event.data;
      if (effectId === undefined || newcomer === undefined) return undefined;
      return { kind: 'empty', subject: newcomer.replacementArn, effectId };
    }
    case 'SurplusEndIntended': {
      const { effectId, ec2InstanceId, containerInstanceArn } = event.data;
      const subject = directory.arnOf(ec2InstanceId ?? containerInstanceArn);
      return { kind: 'end', subject, effectId };
    }
    case 'SurplusKeepIntended': {
      const { containerInstanceArn: planned, effectId } = event.data;
      return { kind: 'keep', subject: newcomerOf(planned) ?? planned, effectId };
    }
    case 'RebuildRequested':
      return { kind: 'rebuild', subject: event.data.image, effectId: event.data.effectId };
    default:
      return undefined;
  }
};

const subjectOf = (data: { readonly containerInstanceArn: string; readonly effectId: string }) => ({
  subject: data.containerInstanceArn,
  effectId: data.effectId,
});

/** The intent that an event states, if it states one. */
export const intentOf = (
  recorded: Recorded,
  directory: Directory,
  newcomerOf: NewcomerOf = () => undefined,
): Intent | undefined => {
  const { stream, sequence, at } = recorded;
  const found = intended(recorded, directory, newcomerOf);
  if (found === undefined) return undefined;
  return { ...found, stream, sequence, at, outcome: false, spent: false };
};

/** The earlier intents of the same subject stay. */
export const noteIntent = (book: RecordBook, intent: Intent): void => {
  const place = key(intent.kind, intent.subject);
  book.intents.set(place, [...(book.intents.get(place) ?? []), intent]);
  if (!book.effects.has(intent.effectId)) book.effects.set(intent.effectId, intent);
};

/** Ends what was intended before for a subject: no call may act on it from then on. */
export const closeIntents = (
  book: RecordBook,
  stream: string,
  subject: string,
  kinds: readonly IntentKind[],
  sequence: number,
): void => {
  for (const intent of kinds.flatMap((kind) => intentsFor(book, kind, subject))) {
    if (intent.stream !== stream || intent.closedSequence !== undefined) continue;
    if (intent.sequence >= sequence) continue;
    intent.closedSequence = sequence;
    intent.outcome = true;
  }
};

/** What an event brings to an end: the subject, and the kinds of intent. */
const endsOf = (event: StoredEvent): readonly [string, readonly IntentKind[]] | undefined => {
  switch (event.type) {
    case 'InstanceDrainIntended':
      return [event.data.containerInstanceArn, ['restore']];
    case 'InstanceRestoreIntended':
      return [event.data.containerInstanceArn, ['drain', 'terminate']];
    case 'InstanceReplaced':
      return [event.data.containerInstanceArn, ['drain', 'terminate']];
    case 'GroupSurgeRefused':
    case 'GroupOverruled':
      return [event.data.groupName, ['surge']];
    case 'InstanceRetired':
      return [event.data.containerInstanceArn, ['drain', 'terminate', 'run']];
    case 'InstancePutOff':
      return [event.data.containerInstanceArn, ['drain']];
    case 'InstanceProved':
      return [event.data.containerInstanceArn, ['drain', 'terminate', 'run']];
    case 'InstanceSkipped':
      // Also one that was to be given back, and was gone before anyone could (seed 22).
      return [event.data.containerInstanceArn, ['drain', 'terminate', 'run', 'restore']];
    case 'InstanceRestored':
      return [event.data.containerInstanceArn, ['drain', 'restore']];
    case 'ServiceDeploymentStarted':
    case 'ServiceDeployed':
    case 'ServicePutOff':
    case 'ServiceSkipped':
      return [serviceName(event.data.serviceArn), ['deploy']];
    case 'RebuildArrived':
    case 'RebuildOverdue':
      return [event.data.image, ['rebuild']];
    default:
      return undefined;
  }
};

const outcomes: ReadonlySet<string> = new Set([
  'EffectSucceeded',
  'EffectFailed',
  'DrainEffectSucceeded',
  'DrainEffectFailed',
]);

/** What ends everything that a drain was about to do. */
const drainEnds: ReadonlySet<string> = new Set([
  'DrainRestoreIntended',
  'DrainInstanceGone',
  'DrainEnded',
]);

const endAll = (book: RecordBook, stream: string, sequence: number): void => {
  for (const intent of [...book.intents.values()].flat()) {
    if (intent.stream !== stream || intent.closedSequence !== undefined) continue;
    intent.closedSequence = sequence;
    intent.outcome = true;
  }
};

export const noteOutcome = (book: RecordBook, { event, sequence, stream }: Recorded): void => {
  if (drainEnds.has(event.type)) endAll(book, stream, sequence);
  if (outcomes.has(event.type)) {
    const { effectId } = event.data as { readonly effectId: string };
    const intent = book.effects.get(effectId);
    if (intent === undefined) return;
    intent.outcome = true;
    // To drain, end or run again under the same intent changes nothing; to deploy again does.
    if (event.type.endsWith('EffectFailed') || intent.kind === 'deploy') {
      intent.closedSequence ??= sequence;
    }
    return;
  }
  const [named, kinds] = endsOf(event) ?? ['', []];
  const rollout = book.rollouts.get(stream);
  const subjects = new Set([named, rollout === undefined ? named : plannedArn(rollout, named)]);
  const ended = [...subjects].flatMap((subject) =>
    kinds.flatMap((kind) => intentsFor(book, kind, subject)),
  );
  for (const intent of ended) {
    if (intent.stream !== stream || intent.closedSequence !== undefined) continue;
    intent.closedSequence = sequence;
    intent.outcome = true;
  }
};
