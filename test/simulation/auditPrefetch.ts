import { type Act, field } from './auditActs.ts';
import type { Desk } from './auditDesk.ts';
import { holdsLease } from './auditLedger.ts';
import type { Recorded } from './auditRecord.ts';

// I6, I7, I11, I19 for images that are pulled beforehand: intended first, leased, on one instance.

type Pull = {
  readonly ec2InstanceId: string;
  readonly digest: string;
  readonly sequence: number;
  readonly stream: string;
};

/** What became of pulls; a full run must meet each. */
export const prefetchMeetings = ['prefetchPulled', 'prefetchFailed', 'prefetchGivenUp'] as const;
export type PrefetchMeeting = (typeof prefetchMeetings)[number];

export type PrefetchBook = {
  /** By effect id. */
  readonly pulls: Map<string, Pull>;
  readonly met: Record<PrefetchMeeting, number>;
};

export const createPrefetchBook = (): PrefetchBook => ({
  pulls: new Map(),
  met: { prefetchPulled: 0, prefetchFailed: 0, prefetchGivenUp: 0 },
});

const meetings = {
  pulled: 'prefetchPulled',
  failed: 'prefetchFailed',
  givenUp: 'prefetchGivenUp',
} as const;

export const judgePrefetch = (book: PrefetchBook, recorded: Recorded, desk: Desk): void => {
  const { event, stream, sequence } = recorded;
  if (event.type === 'PrefetchEnded') book.met[meetings[event.data.outcome]] += 1;
  if (event.type !== 'PrefetchIntended') return;
  const { effectId, containerInstanceArn: arn, ec2InstanceId, digest, leaseId } = event.data;
  if (book.pulls.has(effectId)) desk.say(`I6: ${effectId} is the effect of two intents`);
  if (!holdsLease(desk, 'instance', arn, leaseId)) {
    desk.say(`I11: a pull onto ${arn} intended, but ${leaseId} is not its lease`);
  }
  const rollout = rolloutOf(stream, desk);
  if (rollout?.started !== true) desk.say(`I19: ${stream} pulls onto ${arn} before its start`);
  book.pulls.set(effectId, { ec2InstanceId, digest, sequence, stream });
};

const rolloutOf = (stream: string, desk: Desk) =>
  desk.record.rollouts.get(stream.replace(/^prefetch#/, 'rollout#'));

const isKnown = ({ sequence }: Pull, { call }: Act): boolean =>
  sequence <= (call.afterSequence ?? Number.POSITIVE_INFINITY);

/** Whether the token is that of a pull; one on another instance than intended is said. */
export const judgePull = (
  book: PrefetchBook,
  token: string,
  ec2InstanceId: string,
  act: Act,
  desk: Desk,
): boolean => {
  const pull = book.pulls.get(token);
  if (pull === undefined || !isKnown(pull, act)) return false;
  if (pull.ec2InstanceId !== ec2InstanceId) {
    desk.say(`I7: RunTask under ${token} on ${ec2InstanceId}, not on ${pull.ec2InstanceId}`);
  }
  // Two streams: an intent may come after a stop, and is given up instead of carried out.
  const stop = rolloutOf(pull.stream, desk)?.stops.find(({ sequence }) => sequence <= act.known);
  if (stop !== undefined)
    desk.say(`I19: RunTask under ${token} in a rollout that was ${stop.kind}`);
  return true;
};

/** I7: no other task definitions are registered than those of intended pulls, by digest. */
export const judgeRegistration = (book: PrefetchBook, act: Act, desk: Desk): void => {
  if (act.deed.kind !== 'register') return;
  const containers = field(act.call.input, 'containerDefinitions');
  const images = (Array.isArray(containers) ? containers : []).map((each) => field(each, 'image'));
  const known = [...book.pulls.values()].filter((pull) => isKnown(pull, act));
  const ours = images.every((image) => known.some(({ digest }) => `${image}`.endsWith(digest)));
  const family = field(act.call.input, 'family');
  if (images.length === 1 && ours && `${family}`.startsWith('tuesday-prefetch-')) return;
  desk.say(`I7: RegisterTaskDefinition of ${family} for ${images.join()}, which no pull asks for`);
};
