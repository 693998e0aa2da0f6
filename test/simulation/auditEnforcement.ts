import type { AuditStep } from './audit.ts';
import type { Act } from './auditActs.ts';
import type { Desk } from './auditDesk.ts';
import type { Recorded } from './auditRecord.ts';
import { serviceName } from './auditTruth.ts';
import { mayRunTogether } from './auditWorkload.ts';

// I7 and I14 of what makes ECS itself keep images off instances (design decision 7).

type Intent = { readonly subject: string; readonly sequence: number; closedSequence?: number };

export type EnforcementBook = {
  /** By effect id. */
  readonly intents: Map<string, Intent>;
  /** Deployed by somebody else, and not by us since: what is where then is theirs. */
  readonly theirs: Set<string>;
};

export const createEnforcementBook = (): EnforcementBook => ({
  intents: new Map(),
  theirs: new Set(),
});

export const noteEnforcement = (book: EnforcementBook, { event, sequence }: Recorded): void => {
  switch (event.type) {
    case 'InstanceLabelIntended':
      book.intents.set(event.data.effectId, { subject: event.data.containerInstanceArn, sequence });
      return;
    case 'ServiceConstraintIntended': {
      const subject = serviceName(event.data.serviceArn);
      book.intents.set(event.data.effectId, { subject, sequence });
      return;
    }
    case 'EnforcementSucceeded':
    case 'EnforcementFailed': {
      const intent = book.intents.get(event.data.effectId);
      if (intent !== undefined) intent.closedSequence = sequence;
      return;
    }
  }
};

/** I7: the intent, stored earlier and without an outcome as far as its caller could know. */
export const judgeEnforcing = (book: EnforcementBook, { call, deed, known }: Act, desk: Desk) => {
  if (deed.kind === 'deploy') book.theirs.delete(deed.service);
  if (deed.kind !== 'label' && deed.kind !== 'constrain') return;
  const subject = deed.kind === 'label' ? deed.instance : deed.service;
  const stands = [...book.intents.values()].some(
    (intent) =>
      intent.subject === subject &&
      intent.sequence <= (call.afterSequence ?? Number.POSITIVE_INFINITY) &&
      (intent.closedSequence ?? Number.POSITIVE_INFINITY) > known,
  );
  if (!stands) desk.say(`I7: ${call.operation} of ${subject} is not intended`);
};

/**
 * Images from April 2025 on fail on instances without that update (Windows-Containers#591): the
 * images of 17763.7249 and 26100.3781 and later.
 */
const floors: ReadonlyMap<string, number> = new Map([
  ['17763', 7249],
  ['26100', 3781],
]);

const isBelowFloor = (image: string, instance: string): boolean => {
  const [major = '', revision] = image.split('.');
  const [on, onRevision] = instance.split('.');
  const floor = floors.get(major);
  if (floor === undefined || on !== major) return false;
  return Number(revision) >= floor && Number(onRevision) < floor;
};

/** I14: no task of a service lands on an instance on which its image may not run. */
export const judgeLandings = (book: EnforcementBook, step: AuditStep, desk: Desk): void => {
  for (const name of step.byOthers.deployed) book.theirs.add(serviceName(name));
  const before = new Set(desk.previous.truth.tasks.map(({ arn }) => arn));
  const builds = new Map(
    desk.present.truth.instances.map(({ ec2InstanceId, build }) => [ec2InstanceId, build]),
  );
  for (const { arn, service, build, instance } of desk.present.truth.tasks) {
    const on = builds.get(instance);
    if (service === null || build === null || on === undefined || before.has(arn)) continue;
    if (book.theirs.has(service)) continue;
    if (mayRunTogether(build, on) && !isBelowFloor(build, on)) continue;
    desk.say(`I14: ${arn} of ${service} on ${build} was placed on ${instance} of build ${on}`);
  }
};

/** I5, at rest. */
export const judgeEnforced = (book: EnforcementBook, desk: Desk): void => {
  for (const [effectId, { subject, closedSequence }] of book.intents) {
    if (closedSequence === undefined) desk.say(`I5: ${effectId} of ${subject} has no outcome`);
  }
};
