import type { Answer } from '../../functions/api/contract/contract.ts';
import type { listDrains } from '../../functions/api/contract/drains.ts';
import { printable } from '../printable.ts';
import { duration, moment, shortArn, table } from '../text.ts';

type Drain = Answer<typeof listDrains>['items'][number];

/** `tuesday drain list` for a person: one line a drain, and below it what it waits for. */
export const drainListLines = (
  drains: readonly Drain[],
  cluster: string,
  now: number,
): readonly string[] => {
  if (drains.length === 0) return [`nothing is drained in ${cluster}, and nothing was today`];
  const rows = drains.map((drain) => [
    drain.ec2InstanceId ?? shortArn(drain.containerInstanceArn),
    whatIsWaitedFor(drain),
    tasksText(drain),
    by(drain),
    deadlineText(drain, now),
  ]);
  const [header = '', ...lines] = table([
    ['instance', 'waits for', 'tasks left', 'by', 'deadline'],
    ...rows,
  ]);
  return [header, ...lines.flatMap((line, place) => [line, ...because(drains[place])])];
};

const waits: Readonly<Record<Drain['waitsFor'], string>> = {
  DrainToBegin: 'its beginning',
  TasksToLeave: 'tasks to leave',
  Termination: 'termination',
  Newcomer: 'the instance launched for it',
  SurplusToGo: 'what was launched for it to go',
  Replacement: 'its replacement',
  Proof: 'proof',
  HandingBack: 'handing back',
  SomeoneElse: 'someone else',
  Person: 'you',
  Nothing: 'nothing',
};

const whatIsWaitedFor = ({ waitsFor, asked }: Drain): string => {
  if (asked?.outcome !== undefined) return `nothing: ${asked.outcome}`;
  if (asked?.status === 'escalated') return 'you: past its deadline';
  return asked?.status === 'drained' && waitsFor === 'Person' ? 'you: drained' : waits[waitsFor];
};

const tasksText = ({ tasksLeft, asked }: Drain): string =>
  asked?.status === 'ended' ? '' : `${tasksLeft.length}`;

const by = ({ asked, rollout }: Drain): string => {
  if (rollout !== undefined) return rollout.rolloutId;
  if (asked === undefined) return 'someone else';
  const { actor, reason, because } = asked;
  const who = reason === 'manual' ? actor : `${actor} (${reason})`;
  return printable(because === undefined ? who : `${who}: ${because}`);
};

const deadlineText = ({ asked, rollout }: Drain, now: number): string => {
  if (asked?.status === 'ended') return '';
  const at = asked?.deadlineAt ?? rollout?.deadline;
  if (at === undefined) return '';
  const then = asked === undefined ? '' : `, then ${asked.atDeadline}`;
  return at > now ? `in ${duration(at - now)}${then}` : `was ${moment(at)}`;
};

/** What holds it back, in words, or how it has come to its end; each sentence once. */
const because = (drain: Drain | undefined): readonly string[] => {
  if (drain === undefined) return [];
  const { asked, tasksLeft } = drain;
  if (asked?.detail !== undefined) return [`  ${printable(asked.detail)}`];
  const held = (asked?.held ?? []).map(({ reason, detail }) => `${reason}: ${detail}`);
  const whys = tasksLeft.flatMap(({ group, why }) => (why === undefined ? [] : `${group}: ${why}`));
  const forced = asked?.forcedBecause === undefined ? [] : [`forced: ${asked.forcedBecause}`];
  const sentences = held.length > 0 ? held : whys;
  return [...new Set([...forced, ...sentences])].map((each) => `  ${printable(each)}`);
};
