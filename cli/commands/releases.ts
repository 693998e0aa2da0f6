import type { Command } from 'commander';
import type { Anomaly, ChannelState } from '../../domain/windows/channel.ts';
import { watchedTags } from '../../domain/windows/watchlist.ts';
import { watch } from '../../functions/ticks/watch.ts';
import type { EventStore } from '../../infra/eventStore/eventStore.ts';
import { createRegistryClient } from '../../infra/registry/dockerRegistryClient.ts';
import { readViews } from '../../infra/views/views.ts';
import { isoJson } from '../isoJson.ts';
import { printable } from '../printable.ts';
import { moment, table } from '../text.ts';
import type { CliTools } from '../tools.ts';
import { UserError } from '../userError.ts';

type Options = {
  readonly store: string;
  readonly json?: boolean;
  readonly read?: boolean;
  readonly registry: string;
};

/**
 * `tuesday releases`: what every followed tag holds, since when, what it held before, and what it
 * did amiss.
 */
export const releasesCommand = (program: Command, tools: CliTools): void => {
  program
    .command('releases')
    .description('the newest base image of every followed tag, and what tags did amiss')
    .option('--read', 'read every followed tag from the registry first')
    .option('--registry <url>', 'where --read reads', 'https://mcr.microsoft.com')
    .action((_options, command: Command) => show(command.optsWithGlobals<Options>(), tools));
};

const show = async (options: Options, tools: CliTools): Promise<void> => {
  const store = tools.openStore(options.store, { create: options.read === true });
  try {
    if (options.read) await readTags(store, options, tools);
    const { channels } = await readViews(store);
    if (options.json) {
      for (const each of channels) tools.out(isoJson(objectOf(each)));
    } else {
      for (const line of linesOf(channels)) tools.out(printable(line));
    }
  } finally {
    store.close();
  }
};

/** The watch tick without its AMIs, which only an AWS account can be asked for. */
const readTags = async (store: EventStore, { registry }: Options, tools: CliTools) => {
  if (!URL.canParse(registry)) {
    throw new UserError(
      `--registry ${registry} is no address`,
      'such as https://mcr.microsoft.com',
    );
  }
  const things = { tags: watchedTags, amiFamilies: [] };
  const client = createRegistryClient(registry);
  const report = await watch({ store, registry: client, ssm: noAmis, now: tools.now }, things);
  for (const held of report.held) tools.err(`not read: ${held}`);
};

const noAmis = { readAmi: async () => undefined };

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
