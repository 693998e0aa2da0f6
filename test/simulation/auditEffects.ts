import { type Act, type Deed, field } from './auditActs.ts';
import type { Desk } from './auditDesk.ts';
import { type Intent, type IntentKind, intentsFor } from './auditRecord.ts';
import { judgeDecrement } from './auditSurge.ts';

// I6, I7, I13, I19, I33: every call of ours has its cause and its right.

const never = Number.POSITIVE_INFINITY;

/** Stored when the call was sent, and not ended as far as its caller could know. */
const standing = (intent: Intent, act: Act): boolean =>
  intent.at <= act.call.at &&
  intent.sequence <= (act.call.afterSequence ?? never) &&
  (intent.closedSequence ?? never) > act.known;

const describe = ({ call, deed }: Act): string => {
  if ('instance' in deed) return `${call.operation} (${deed.kind}) of ${deed.instance}`;
  if ('service' in deed) return `${call.operation} of ${deed.service}`;
  if ('group' in deed) return `${call.operation} (${deed.desired}) of ${deed.group}`;
  return `${call.operation} at ${call.at}`;
};

/** I19: nothing goes forward in a rollout that was halted, aborted or complete. */
const judgeForward = (act: Act, intent: Intent, desk: Desk): void => {
  const { deed } = act;
  const instance = 'instance' in deed ? desk.taken.instances.get(deed.instance) : undefined;
  // A repetition moves nothing: its instance is out already.
  if (deed.kind === 'drain' && instance !== undefined) return;
  if (deed.kind === 'terminate' && instance?.terminated === true) return;
  const stop = desk.record.rollouts.get(intent.stream)?.stops.find(({ kind, sequence }) => {
    // What is under way when a rollout is aborted is finished or handed back (events/rollout.ts).
    const finishes = kind === 'aborted' && deed.kind === 'terminate' && intent.sequence < sequence;
    return kind !== 'paused' && sequence <= act.known && !finishes;
  });
  if (stop === undefined) return;
  desk.say(`I19: ${describe(act)} after ${intent.stream} was ${stop.kind}`);
};

/**
 * I6: one intent to deploy makes at most one deployment at a time. One that ECS has rolled back
 * leaves no trace by which a caller whose answer was lost could know it.
 */
const spendDeployment = (act: Act, intents: readonly Intent[], desk: Desk): void => {
  if (!act.call.took) return;
  const intent = intents.findLast(({ spent }) => !spent) ?? intents.at(-1);
  if (intent === undefined) return;
  if (intent.spent && isThere(act, intent.deploymentId)) {
    desk.say(`I6: a second deployment on one intent: ${describe(act)}`);
  }
  intent.spent = true;
  intent.deploymentId = primaryIn(act.call.answer);
};

const isThere = ({ call, deed }: Act, id: string | undefined): boolean => {
  if (id === undefined || call.before === undefined || deed.kind !== 'deploy') return true;
  const service = call.before.services.find(({ name }) => name === deed.service);
  return service?.deployments.some((each) => each.id === id) !== false;
};

const primaryIn = (answer: unknown): string | undefined => {
  const deployments = field(field(answer, 'service'), 'deployments');
  const primary = (Array.isArray(deployments) ? deployments : []).find(
    (each) => field(each, 'status') === 'PRIMARY',
  );
  const id = field(primary, 'id');
  return typeof id === 'string' ? id : undefined;
};

type Caused = Extract<Deed, { instance: string } | { service: string } | { group: string }>;

const subjectOf = (deed: Caused): string => {
  if ('instance' in deed) return deed.instance;
  return 'service' in deed ? deed.service : deed.group;
};

/** What may stand behind it: the patch itself, or a surplus that is given back. */
const kindsFor = ({ kind }: Caused): readonly IntentKind[] => {
  if (kind === 'drain') return ['drain', 'empty'];
  if (kind === 'terminate') return ['terminate', 'end'];
  if (kind === 'restore') return ['restore', 'keep'];
  return kind === 'deploy' || kind === 'surge' ? [kind] : [];
};

/** I7: the intent, stored earlier. The answer is what the call stands on. */
const judgeCause = (act: Act, desk: Desk): void => {
  const { deed } = act;
  if (deed.kind === 'other' || deed.kind === 'run' || deed.kind === 'register') return;
  if (
    deed.kind === 'label' ||
    deed.kind === 'constrain' ||
    deed.kind === 'deregister' ||
    deed.kind === 'makeVersion' ||
    deed.kind === 'setTemplate' ||
    deed.kind === 'answer'
  )
    return;
  const subject = subjectOf(deed);
  const intents = kindsFor(deed).flatMap((kind) => intentsFor(desk.record, kind, subject));
  const open = intents.filter((intent) => standing(intent, act));
  const intent = open.at(-1);
  if (intent === undefined) {
    const why = intents.length === 0 ? 'was never intended' : 'is not intended now';
    desk.say(`I7: ${describe(act)} ${why}`);
    return;
  }
  // To give back what was launched is no step forward.
  const isBack = ['restore', 'empty', 'end', 'keep'].includes(intent.kind);
  if (!isBack) judgeForward(act, intent, desk);
  if (deed.kind === 'deploy') spendDeployment(act, open, desk);
  if (intent.kind === 'end' && act.call.took) intent.spent = true;
};

/** I13: what somebody else drained is neither put back nor ended by us. */
const judgeOwnership = (act: Act, desk: Desk): void => {
  const { deed } = act;
  if (deed.kind !== 'restore' && deed.kind !== 'terminate') return;
  const { instances, othersDrained, drainsSent } = desk.taken;
  if (instances.has(deed.instance)) return;
  // It never registered, so that nobody could drain it.
  if (deed.instance.startsWith('i-') && desk.surges.givenBack.has(deed.instance)) return;
  if (othersDrained.has(deed.instance)) {
    desk.say(`I13: ${describe(act)}, which somebody else drained`);
  } else if (deed.kind === 'terminate' || !drainsSent.has(deed.instance)) {
    desk.say(`I13: ${describe(act)}, which we had not drained`);
  }
};

const judgeShape = (act: Act, desk: Desk): void => {
  const { call, deed } = act;
  judgeDecrement(act, desk);
  if (deed.kind === 'deploy' && deed.resizes) {
    desk.say(`I22: ${describe(act)} writes the desired count, which is not ours`);
  }
  if (deed.kind === 'other') {
    const rule = call.operation === 'StopTask' ? 'I8: no task is stopped by us' : 'I7: no intent';
    desk.say(`${rule}: ${describe(act)}`);
  }
  const cluster = field(call.input, 'cluster');
  const ours = desk.setup.clusterName;
  if (typeof cluster === 'string' && cluster !== ours && !cluster.endsWith(`:cluster/${ours}`)) {
    desk.say(`I33: ${describe(act)} in another cluster: ${cluster}`);
  }
};

/** Only in `drive` is anything begun on AWS (design decision 5); to put back is always allowed. */
const judgeMode = (act: Act, desk: Desk): void => {
  const { kind, sequence, before } = desk.record.mode;
  if (act.deed.kind === 'restore') return;
  if (kind === 'drive' || (before === 'drive' && sequence > act.known)) return;
  desk.say(`mode: ${describe(act)} while the mode is ${kind}`);
};

export const judgeAct = (act: Act, desk: Desk): void => {
  judgeMode(act, desk);
  judgeShape(act, desk);
  judgeOwnership(act, desk);
  judgeCause(act, desk);
};
