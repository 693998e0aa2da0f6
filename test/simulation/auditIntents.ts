import type { Desk } from './auditDesk.ts';
import { judgeDrainIntent } from './auditDrains.ts';
import { holdsLease } from './auditLedger.ts';
import {
  type Intent,
  plannedArn,
  type RecordBook,
  type Recorded,
  type RolloutRecord,
} from './auditRecord.ts';

// I6, I11, I18, I19 as the record alone shows them: in the order of the store, without doubt.

/** What each stop lets nobody begin; a pause and an abortion let what is under way be finished. */
const forbidden = {
  paused: ['drain', 'deploy', 'rebuild', 'surge'],
  halted: ['drain', 'deploy', 'rebuild', 'surge', 'terminate'],
  aborted: ['drain', 'deploy', 'rebuild', 'surge'],
  completed: ['drain', 'deploy', 'rebuild', 'surge', 'terminate', 'run', 'restore', 'empty', 'end'],
} as const satisfies Record<string, readonly Intent['kind'][]>;

const judgeMoment = (intent: Intent, rollout: RolloutRecord, desk: Desk): void => {
  const { kind, subject, stream } = intent;
  if (!rollout.started) desk.say(`I19: ${stream} intends to ${kind} ${subject} before its start`);
  for (const stop of rollout.stops) {
    const kinds: readonly Intent['kind'][] = forbidden[stop.kind];
    if (kinds.includes(kind))
      desk.say(`I19: ${stream}, ${stop.kind}, intends to ${kind} ${subject}`);
  }
};

const judgeLease = (recorded: Recorded, desk: Desk): void => {
  const { event } = recorded;
  if (event.type === 'InstanceDrainIntended') {
    const { containerInstanceArn, leaseId } = event.data;
    if (holdsLease(desk, 'instance', containerInstanceArn, leaseId)) return;
    desk.say(`I11: a drain of ${containerInstanceArn} intended, but ${leaseId} is not its lease`);
  }
  if (event.type === 'ServiceDeploymentIntended') {
    const { serviceArn, leaseId } = event.data;
    if (holdsLease(desk, 'service', serviceArn, leaseId)) return;
    desk.say(`I11: a deployment of ${serviceArn} intended, but ${leaseId} is not its lease`);
  }
};

/** An instance is drained once it is known what will come in its place. */
const judgeDrain = (intent: Intent, rollout: RolloutRecord, desk: Desk): void => {
  const item = rollout.plan.instances.find(
    ({ containerInstanceArn }) => containerInstanceArn === intent.subject,
  );
  if (item === undefined)
    desk.say(`I7: ${intent.stream} drains ${intent.subject}, not in its plan`);
  else if (!rollout.channelsLearnt.has(item.channel)) {
    desk.say(`I18: ${intent.subject} is to be drained before the AMI of ${item.channel} is known`);
  }
};

/** Each step of an instance follows the one before: drained, ended, replaced, proved. */
const judgeOrder = (intent: Intent, rollout: RolloutRecord, desk: Desk): void => {
  const { kind, subject } = intent;
  if (kind === 'terminate' && !rollout.drained.has(subject)) {
    desk.say(`I8: ${subject} is to be terminated before it is drained`);
  }
  if (kind === 'run' && !rollout.replaced.has(plannedArn(rollout, subject))) {
    desk.say(`I18: ${subject} is to be proved before it is replaced`);
  }
};

/** `intent` is not yet in the book; nothing of this event is. */
export const judgeIntent = (recorded: Recorded, intent: Intent, desk: Desk): void => {
  const known = desk.record.effects.get(intent.effectId);
  // Refused by AWS, a step of a drain is intended anew under its name.
  const isAnew = intent.stream.startsWith('drain#') && known?.closedSequence !== undefined;
  if (known !== undefined && !isAnew) {
    desk.say(`I6: ${intent.effectId} is the effect of two intents`);
  }
  judgeLease(recorded, desk);
  if (intent.stream.startsWith('drain#')) {
    judgeDrainIntent(recorded, intent, desk);
    return;
  }
  const rollout = desk.record.rollouts.get(intent.stream);
  if (rollout === undefined) {
    desk.say(`I7: ${intent.stream} intends to ${intent.kind} ${intent.subject} without a plan`);
    return;
  }
  judgeMoment(intent, rollout, desk);
  if (intent.kind === 'drain') judgeDrain(intent, rollout, desk);
  judgeOrder(intent, rollout, desk);
};

/** One replacement stands for one instance. */
export const judgeReplacement = ({ event, stream }: Recorded, desk: Desk): void => {
  if (event.type !== 'InstanceReplaced') return;
  const { containerInstanceArn, replacementArn } = event.data;
  if (containerInstanceArn === replacementArn) {
    desk.say(`I18: ${containerInstanceArn} is said to be its own replacement`);
  }
  for (const other of replacements(desk.record)) {
    if (other.replacementArn !== replacementArn) continue;
    if (other.planned === containerInstanceArn && other.stream === stream) continue;
    desk.say(`I18: ${replacementArn} replaces both ${other.planned} and ${containerInstanceArn}`);
  }
};

const replacements = (record: RecordBook) =>
  [...record.rollouts.values()].flatMap(({ stream, replaced }) =>
    [...replaced].map(([planned, { arn }]) => ({ stream, planned, replacementArn: arn })),
  );
