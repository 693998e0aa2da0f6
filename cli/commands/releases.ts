import type { Command } from 'commander';
import type { Anomaly, ChannelState } from '../../domain/windows/channel.ts';
import { readViews } from '../../infra/views/views.ts';
import { printable } from '../printable.ts';
import { moment, table } from '../text.ts';
import type { CliTools } from '../tools.ts';

type Options = { readonly store: string; readonly json?: boolean };

/**
 * `tuesday releases`: what every followed tag holds, since when, what it held before, and what it
 * did amiss.
 */
export const releasesCommand = (program: Command, tools: CliTools): void => {
  program
    .command('releases')
    .description('the newest base image of every followed tag, and what tags did amiss')
    .action((_options, command: Command) => show(command.optsWithGlobals<Options>(), tools));
};

const show = async (options: Options, tools: CliTools): Promise<void> => {
  const store = tools.openStore(options.store, { create: false });
  try {
    const { channels } = await readViews(store);
    if (options.json) {
      for (const each of channels) tools.out(JSON.stringify(objectOf(each)));
    } else {
      for (const line of linesOf(channels)) tools.out(printable(line));
    }
  } finally {
    store.close();
  }
};

const before = ({ releases }: ChannelState) => releases.at(-2);

const objectOf = (state: ChannelState): object => {
  const { repository, tag, channel, newest, releases, anomalies, unreadable } = state;
  const previous = before(state);
  return {
    repository,
    tag,
    channel,
    ...(newest === undefined ? {} : { newest }),
    ...(previous === undefined ? {} : { previous }),
    releases: releases.length,
    anomalies,
    ...(unreadable === undefined ? {} : { unreadable }),
  };
};

const linesOf = (channels: readonly ChannelState[]): readonly string[] => {
  if (channels.length === 0) return ['no release has been seen yet: the watch tick reads them'];
  const rows = channels.map((state) => {
    const { repository, tag, newest } = state;
    const name = `${repository}:${tag}`;
    if (newest === undefined) return [name, 'not read', '-', '-', '-', '-'];
    const { build, kb, kind, rebaseline, publishedAt } = newest;
    const what = rebaseline ? `${kind}, rebaseline` : kind;
    return [name, build, kb ?? '-', what, moment(publishedAt), before(state)?.build ?? '-'];
  });
  const amiss = channels.flatMap(amissLines);
  return [
    ...table([['tag', 'newest', 'KB', 'kind', 'seen', 'before'], ...rows]),
    ...(amiss.length === 0 ? [] : ['', ...amiss]),
  ];
};

const amissLines = ({ repository, tag, unreadable, anomalies }: ChannelState) => {
  const name = `${repository}:${tag}`;
  const lines = anomalies.map((each) => `${moment(each.at)}  ${name} ${anomalyText(each)}`);
  if (unreadable === undefined) return lines;
  return [
    ...lines,
    `${moment(unreadable.since)}  ${name} cannot be read since: ${unreadable.reason}`,
  ];
};

const anomalyText = (anomaly: Anomaly): string => {
  switch (anomaly.kind) {
    case 'movedBack':
      return `went back from ${anomaly.from} to ${anomaly.to}; ${anomaly.from} still counts`;
    case 'respun':
      return `was made again under ${anomaly.build}, as ${anomaly.digest.slice(0, 19)}`;
    case 'refused':
      return `held what it should not: ${anomaly.reason}`;
    case 'downgradeAccepted':
      return `was taken back to ${anomaly.to} by ${anomaly.actor}: ${anomaly.reason}`;
    default:
      return anomaly satisfies never;
  }
};
