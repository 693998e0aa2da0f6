import type { Act } from './auditActs.ts';
import type { Desk } from './auditDesk.ts';
import type { Recorded } from './auditRecord.ts';
import { indexTruth } from './auditTruth.ts';

// I7, I13 and F22 for ghosts: only what is dead is forced out of ECS, and only after an intent; and
// what is dead does not stay there for ever.

export const ghostMeetings = ['ghostDeregistered'] as const;
export type GhostMeeting = (typeof ghostMeetings)[number];

export type GhostBook = {
  /** By ARN, the sequence of its last intent. */
  readonly intents: Map<string, number>;
  readonly met: Record<GhostMeeting, number>;
};

export const createGhostBook = (): GhostBook => ({
  intents: new Map(),
  met: { ghostDeregistered: 0 },
});

export const noteGhost = (book: GhostBook, { event, sequence }: Recorded): void => {
  switch (event.type) {
    case 'GhostDeregistrationIntended':
      book.intents.set(event.data.containerInstanceArn, sequence);
      return;
    case 'GhostDeregistered':
      book.met.ghostDeregistered += 1;
      return;
  }
};

/** A machine that is alive loses nothing but its tasks' names: ECS replaces what runs on. */
export const judgeDeregistration = (book: GhostBook, act: Act, desk: Desk): void => {
  const { call, deed } = act;
  if (deed.kind !== 'deregister') return;
  const intended = book.intents.get(deed.instance);
  if (intended === undefined || intended > (call.afterSequence ?? Number.POSITIVE_INFINITY)) {
    desk.say(`I7: DeregisterContainerInstance of ${deed.instance} was never intended`);
  }
  if (!call.took) return;
  const truths = call.before === undefined ? [desk.previous] : [indexTruth(call.before)];
  for (const { instances } of truths) {
    if (instances.get(deed.instance)?.alive !== true) continue;
    desk.say(`I13: ${deed.instance} is deregistered, and its machine lives`);
  }
};

/** At rest no dead machine is ACTIVE or DRAINING in ECS any more. */
export const judgeGhostsAtRest = (desk: Desk): void => {
  for (const { arn, alive, status } of desk.present.truth.instances) {
    if (arn === '' || alive || (status !== 'ACTIVE' && status !== 'DRAINING')) continue;
    desk.say(`F22: ${arn} is dead, and is still ${status} in ECS`);
  }
};
