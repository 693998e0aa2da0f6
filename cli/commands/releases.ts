import type { Command } from 'commander';
import { Refusal } from '../../domain/refusal.ts';
import { type ChannelState, channel, channelStream } from '../../domain/windows/channel.ts';
import { watchedTags } from '../../domain/windows/watchlist.ts';
import { WindowsBuild } from '../../events/ids.ts';
import { send } from '../../functions/send.ts';
import { watch } from '../../functions/ticks/watch.ts';
import type { EventStore } from '../../infra/eventStore/eventStore.ts';
import { createRegistryClient } from '../../infra/registry/dockerRegistryClient.ts';
import { readViews, type Views } from '../../infra/views/views.ts';
import { isoJson } from '../isoJson.ts';
import { printable } from '../printable.ts';
import { historyLines, releaseLines } from '../releases/lines.ts';
import { decidedOf, followedBy, historyOf } from '../releases/rows.ts';
import type { CliTools } from '../tools.ts';
import { UserError } from '../userError.ts';

type Options = {
  readonly store: string;
  readonly json?: boolean;
  readonly read?: boolean;
  readonly registry: string;
  readonly history?: boolean;
  readonly tag?: string;
};

/**
 * `tuesday releases`: what every followed tag holds, since when, what followed it, what it did
 * amiss and what was decided; `releases accept` takes a tag's way back for good.
 */
export const releasesCommand = (program: Command, tools: CliTools): void => {
  const parent = program
    .command('releases')
    .description('the newest base image of every followed tag, and what tags did amiss')
    .option('--read', 'read every followed tag from the registry first')
    .option('--registry <url>', 'where --read reads', 'https://mcr.microsoft.com')
    .option('--history', 'every release, newest first, and not the newest alone')
    .option('--tag <text>', 'only tags whose <repository>:<tag> holds this, such as ltsc2022')
    .action((_options, command: Command) => show(command.optsWithGlobals<Options>(), tools));
  parent
    .command('accept <tag> <build>')
    .description('take the build that a tag went back to as its newest, such as 20348.4171')
    .requiredOption('--actor <name>', 'who decides; kept in the record')
    .requiredOption('--reason <text>', 'why; kept in the record')
    .action((tag: string, build: string, _options, command: Command) =>
      accept(tag, build, command.optsWithGlobals<AcceptOptions>(), tools),
    );
};

const show = async (options: Options, tools: CliTools): Promise<void> => {
  const store = tools.openStore(options.store, { create: options.read === true });
  try {
    if (options.read) await readTags(store, options, tools);
    const all = await readViews(store);
    const views = { ...all, channels: all.channels.filter((each) => isAsked(each, options)) };
    if (options.tag !== undefined && views.channels.length === 0) {
      const known = all.channels.map(({ repository, tag }) => `${repository}:${tag}`).join(', ');
      throw new UserError(`--tag ${options.tag}: no such tag`, `it is one of: ${known || 'none'}`);
    }
    if (options.json) {
      for (const each of objectsOf(views, options)) tools.out(isoJson(each));
      return;
    }
    const lines = options.history ? historyLines(views.channels) : releaseLines(views);
    for (const line of lines) tools.out(printable(line));
  } finally {
    store.close();
  }
};

const isAsked = ({ repository, tag }: ChannelState, { tag: asked }: Options): boolean =>
  asked === undefined || `${repository}:${tag}`.includes(asked);

const objectsOf = (views: Views, { history }: Options): readonly object[] =>
  history
    ? views.channels.flatMap(historyOf)
    : views.channels.map((state) => objectOf(state, views));

const objectOf = (state: ChannelState, views: Views): object => {
  const { repository, tag, channel: line, newest, releases, unreadable } = state;
  const previous = releases.at(-2);
  return {
    repository,
    tag,
    channel: line,
    ...(newest && { newest, followed: followedBy(views, line, newest.build) }),
    ...(previous && { previous }),
    releases: releases.length,
    anomalies: decidedOf(state),
    ...(unreadable && { unreadable }),
  };
};

type AcceptOptions = { readonly store: string; readonly actor: string; readonly reason: string };

const accept = async (
  name: string,
  build: string,
  { store: file, actor, reason }: AcceptOptions,
  tools: CliTools,
): Promise<void> => {
  const colon = name.lastIndexOf(':');
  if (colon < 1) {
    throw new UserError(`${name} is no tag`, 'give one such as windows/servercore:ltsc2022');
  }
  const to = WindowsBuild.safeParse(build);
  if (!to.success) throw new UserError(`${build} is no build`, 'give one such as 20348.4171');
  const store = tools.openStore(file, { create: false });
  try {
    const now = tools.now();
    const stream = channelStream(name.slice(0, colon), name.slice(colon + 1));
    const command = { type: 'AcceptDowngrade', to: to.data, actor, reason, now } as const;
    const { events } = await send(store, channel, stream, command, now);
    const said = events.length === 0 ? 'counts already' : 'counts from now on';
    tools.out(printable(`${name}: ${build} ${said}`));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new UserError(error.message, 'see what it did with `tuesday releases --history`');
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
