import { type Act, field } from './auditActs.ts';
import type { Desk } from './auditDesk.ts';
import type { Recorded } from './auditRecord.ts';
import { indexTruth, runningOn } from './auditTruth.ts';

// I7 and S11 for lifecycle hooks: answered after an intent, with CONTINUE, and not while tasks run
// that still have time to leave.

export const hookMeetings = ['hookAnsweredEmpty', 'hookAnsweredInTime'] as const;
export type HookMeeting = (typeof hookMeetings)[number];

export type HookBook = {
  /** By the token of the waiting action: when it began to wait, and the sequence of the intent. */
  readonly waiting: Map<string, { readonly since: number; intended?: number }>;
  readonly met: Record<HookMeeting, number>;
};

export const createHookBook = (): HookBook => ({
  waiting: new Map(),
  met: { hookAnsweredEmpty: 0, hookAnsweredInTime: 0 },
});

export const noteHook = (book: HookBook, { event, sequence }: Recorded): void => {
  if (event.type === 'TerminationHookBegan') {
    const { lifecycleActionToken: token, beganAt: since } = event.data;
    book.waiting.set(token, { since });
  }
  if (event.type !== 'HookAnswerIntended') return;
  const waiting = book.waiting.get(event.data.lifecycleActionToken);
  if (waiting !== undefined) waiting.intended = sequence;
};

/** Of the hour that the hooks of the simulated groups wait. */
const timeToLeaveMs = 45 * 60_000;

export const judgeAnswer = (book: HookBook, { call, deed }: Act, desk: Desk): void => {
  if (deed.kind !== 'answer') return;
  const token = `${field(call.input, 'lifecycleActionToken')}`;
  const waiting = book.waiting.get(token);
  const known = call.afterSequence ?? Number.POSITIVE_INFINITY;
  if (waiting?.intended === undefined || waiting.intended > known) {
    desk.say(`I7: a lifecycle hook of ${deed.instance} is answered, which was never intended`);
    return;
  }
  if (field(call.input, 'lifecycleActionResult') !== 'CONTINUE') {
    desk.say(`I7: a lifecycle hook of ${deed.instance} is answered with something but CONTINUE`);
  }
  if (!call.took) return;
  const index = call.before === undefined ? desk.previous : indexTruth(call.before);
  const isLate = call.at - waiting.since >= timeToLeaveMs;
  book.met[isLate ? 'hookAnsweredInTime' : 'hookAnsweredEmpty'] += 1;
  const [left] = runningOn(index, deed.instance);
  if (left === undefined || isLate) return;
  desk.say(`S11: ${deed.instance} is let go to be ended, and ${left.arn} runs on it`);
};
