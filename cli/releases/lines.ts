import type { Release } from '../../domain/windows/channel.ts';
import type { Channel } from '../../events/ids.ts';
import type { FollowedTag } from '../../functions/api/contract/releases.ts';
import type { Decided } from '../../functions/api/queries/anomalies.ts';
import { moment, table } from '../text.ts';
import { historyOf, newestOf } from './rows.ts';

/** A year of releases needs the year: `14 Oct 2025 17:05`. */
const dated = (at: number): string => {
  const [date, time] = [moment(at).slice(0, 6), moment(at).slice(7)];
  return `${date} ${new Date(at).getUTCFullYear()} ${time}`;
};

const day = (at: number): string => dated(at).slice(0, 11);

const blanks = ' '.repeat('14 Oct 2025 17:05  '.length);

/**
 * Channel by channel the newest build and what followed it, with every tag and what it holds; then
 * what tags did amiss, and what was decided.
 */
export const releaseLines = (channels: readonly FollowedTag[]): readonly string[] => {
  if (channels.length === 0) return ['no release has been seen yet: the watch tick reads them'];
  const byChannel = Map.groupBy(channels, ({ channel }) => channel);
  const groups = [...byChannel].toSorted(([a], [b]) => (a < b ? -1 : 1));
  // One table, so that the columns stand under one another over all channels.
  const [head = '', ...rows] = table([
    ['  tag', 'holds', 'since'],
    ...groups.flatMap(([, states]) => states.map(row)),
  ]);
  const blocks = groups.map(([name, states]) => [
    ...channelLines(name, states),
    head,
    ...rows.splice(0, states.length),
  ]);
  const amiss = amissLines(channels);
  return [...blocks, ...(amiss.length === 0 ? [] : [amiss])].flatMap((lines, index) =>
    index === 0 ? lines : ['', ...lines],
  );
};

const channelLines = (name: Channel, states: readonly FollowedTag[]): readonly string[] => {
  const found = newestOf(states);
  if (found === undefined) return [`${name}  not read`];
  const { newest, before } = found;
  const { ami, images = none } =
    states.find((each) => each.newest?.build === newest.build)?.followed ?? {};
  const first = [
    name,
    newest.build,
    newest.kb ?? 'no KB tag',
    kindOf(newest),
    `since ${dated(newest.publishedAt)}`,
    ...(before === undefined ? [] : [`before it ${before}`]),
  ];
  const carried = ami === undefined ? 'on no AMI yet' : `on an AMI since ${day(ami.at)}`;
  const running = `${images.on} of ${images.of} running images whose base is known are on it`;
  return [first.join('  '), `${' '.repeat(name.length)}  ${carried}; ${running}`];
};

const none = { on: 0, of: 0 };

const row = ({ repository, tag, newest, unreadable }: FollowedTag): readonly string[] => {
  const name = `  ${repository}:${tag}`;
  if (newest === undefined) return [name, 'not read', '-'];
  return [
    name,
    unreadable === undefined ? newest.build : `${newest.build} ?`,
    dated(newest.publishedAt),
  ];
};

const kindOf = ({ kind, rebaseline }: Release): string => {
  const what = kind === 'B' ? 'B' : 'out of band';
  return rebaseline ? `${what}, rebaseline` : what;
};

/** `--history`: every release of the named tags, newest first. */
export const historyLines = (channels: readonly FollowedTag[]): readonly string[] =>
  channels.flatMap((state) => [
    `${state.repository}:${state.tag}`,
    ...table([
      ['  build', 'KB', 'kind', 'from', 'until'],
      ...historyOf(state).map((each) => [
        `  ${each.build}`,
        each.kb ?? '-',
        kindOf(each),
        dated(each.publishedAt),
        each.until === undefined ? 'now' : dated(each.until),
      ]),
    ]),
    ...amissLines([state]).map((line) => `  ${line}`),
    '',
  ]);

/** What tags did amiss, oldest first: what happened, and under it what was decided. */
const amissLines = (channels: readonly FollowedTag[]): readonly string[] =>
  channels
    .flatMap(amissOf)
    .toSorted((a, b) => a.at - b.at || (a.happened < b.happened ? -1 : 1))
    .flatMap(({ at, happened, decided }) => [`${dated(at)}  ${happened}`, `${blanks}${decided}`]);

type Amiss = { readonly at: number; readonly happened: string; readonly decided: string };

const amissOf = (state: FollowedTag): readonly Amiss[] => {
  const { repository, tag, unreadable } = state;
  const name = `${repository}:${tag}`;
  const told = state.anomalies.map((each) => {
    const { at, decided } = each;
    return { at, happened: `${name} ${anomalyText(each)}`, decided };
  });
  if (unreadable === undefined) return told;
  const happened = `${name} cannot be read since: ${unreadable.reason}`;
  const decided = 'unknown: what it holds now is not taken for what it held';
  return [...told, { at: unreadable.since, happened, decided }];
};

const anomalyText = (anomaly: Decided): string => {
  switch (anomaly.kind) {
    case 'movedBack':
      return `went back from ${anomaly.from} to ${anomaly.to}`;
    case 'respun':
      return `was made again under ${anomaly.build}, as ${anomaly.digest.slice(0, 19)}`;
    case 'refused':
      return `held what it should not: ${anomaly.reason}`;
    case 'newerListed':
      return `stayed behind: 10.0.${anomaly.build} was listed`;
    case 'downgradeAccepted':
      return `was taken back to ${anomaly.to} by ${anomaly.actor}: ${anomaly.reason}`;
    default:
      return anomaly satisfies never;
  }
};
