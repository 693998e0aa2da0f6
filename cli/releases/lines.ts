import type { ChannelState } from '../../domain/windows/channel.ts';
import type { Views } from '../../infra/views/views.ts';
import { moment, table } from '../text.ts';
import { type Decided, decidedOf, followedBy, historyOf } from './rows.ts';

/** A year of releases needs the year: `14 Oct 2025 17:05`. */
const dated = (at: number): string => {
  const [day, time] = [moment(at).slice(0, 6), moment(at).slice(7)];
  return `${day} ${new Date(at).getUTCFullYear()} ${time}`;
};

const blanks = ' '.repeat('14 Oct 2025 17:05  '.length);

/** The newest of every tag and what followed it; then what tags did amiss, and what was decided. */
export const releaseLines = (views: Views): readonly string[] => {
  const { channels } = views;
  if (channels.length === 0) return ['no release has been seen yet: the watch tick reads them'];
  const head = ['tag', 'newest', 'KB', 'kind', 'since', 'before', 'AMI', 'images'];
  const rows = channels.map((state) => row(state, views));
  const amiss = channels.flatMap(amissLines);
  return [
    ...table([head, ...rows], [7]),
    '',
    "images: of the channel's images that run and whose base is known, those on the newest build",
    ...(amiss.length === 0 ? [] : ['', ...amiss]),
  ];
};

const row = (state: ChannelState, views: Views): readonly string[] => {
  const { repository, tag, newest, releases, channel, unreadable } = state;
  const name = `${repository}:${tag}`;
  if (newest === undefined) return [name, 'not read', '-', '-', '-', '-', '-', '-'];
  const { build, kb, publishedAt } = newest;
  const { ami, images } = followedBy(views, channel, build);
  return [
    name,
    unreadable === undefined ? build : `${build} ?`,
    kb ?? '-',
    kindOf(newest),
    dated(publishedAt),
    releases.at(-2)?.build ?? '-',
    ami === undefined ? 'not yet' : dated(ami.at).slice(0, 11),
    `${images.on}/${images.of}`,
  ];
};

const kindOf = ({ kind, rebaseline }: NonNullable<ChannelState['newest']>): string => {
  const what = kind === 'B' ? 'B' : 'out of band';
  return rebaseline ? `${what}, rebaseline` : what;
};

/** `--history`: every release of the named tags, newest first. */
export const historyLines = (channels: readonly ChannelState[]): readonly string[] =>
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
    ...amissLines(state).map((line) => `  ${line}`),
    '',
  ]);

const amissLines = (state: ChannelState): readonly string[] => {
  const { repository, tag, unreadable } = state;
  const name = `${repository}:${tag}`;
  const lines = decidedOf(state).flatMap((each) => [
    `${dated(each.at)}  ${name} ${anomalyText(each)}`,
    `${blanks}${each.decided}`,
  ]);
  if (unreadable === undefined) return lines;
  return [
    ...lines,
    `${dated(unreadable.since)}  ${name} cannot be read since: ${unreadable.reason}`,
    `${blanks}unknown: what it holds now is not taken for what it held`,
  ];
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
      return `stayed at ${anomaly.newest}, though 10.0.${anomaly.build} is there`;
    case 'downgradeAccepted':
      return `was taken back to ${anomaly.to} by ${anomaly.actor}: ${anomaly.reason}`;
    default:
      return anomaly satisfies never;
  }
};
