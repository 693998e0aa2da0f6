import type { Command } from 'commander';
import { watchedTags } from '../../domain/windows/watchlist.ts';
import { WindowsBuild } from '../../events/ids.ts';
import {
  acceptDowngrade,
  type FollowedTag,
  listReleases,
} from '../../functions/api/contract/releases.ts';
import { watch } from '../../functions/ticks/watch.ts';
import { createRegistryClient } from '../../infra/registry/dockerRegistryClient.ts';
import { type ApiOptions, withApi } from '../api/withApi.ts';
import { isoJson } from '../isoJson.ts';
import { printable } from '../printable.ts';
import { historyLines, releaseLines } from '../releases/lines.ts';
import { historyOf } from '../releases/rows.ts';
import type { CliTools } from '../tools.ts';
import { UserError } from '../userError.ts';

type Options = ApiOptions & {
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
    .option('--actor <name>', 'who decides, where no signature tells; kept in the record')
    .requiredOption('--reason <text>', 'why; kept in the record')
    .action((tag: string, build: string, _options, command: Command) =>
      accept(tag, build, command.optsWithGlobals<AcceptOptions>(), tools),
    );
};

const show = async (options: Options, tools: CliTools): Promise<void> => {
  if (options.read) await readTags(options, tools);
  return withApi(options, tools, async (api) => {
    const { tag } = options;
    const query = tag === undefined ? {} : { tag };
    const { items } = await api.call(listReleases, { query });
    if (options.json) {
      const objects = options.history ? items.flatMap(historyOf) : items.map(objectOf);
      for (const each of objects) tools.out(isoJson(each));
      return;
    }
    const lines = options.history ? historyLines(items) : releaseLines(items);
    for (const line of lines) tools.out(printable(line));
  });
};

const objectOf = (state: FollowedTag): object => {
  const { repository, tag, channel, newest, followed, releases, anomalies, unreadable } = state;
  const previous = releases.at(-2);
  return {
    repository,
    tag,
    channel,
    ...(newest && { newest, followed }),
    ...(previous && { previous }),
    releases: releases.length,
    anomalies,
    ...(unreadable && { unreadable }),
  };
};

type AcceptOptions = ApiOptions & { readonly reason: string };

const accept = async (
  name: string,
  text: string,
  options: AcceptOptions,
  tools: CliTools,
): Promise<void> => {
  const colon = name.lastIndexOf(':');
  if (colon < 1) {
    throw new UserError(`${name} is no tag`, 'give one such as windows/servercore:ltsc2022');
  }
  const build = WindowsBuild.safeParse(text);
  if (!build.success) throw new UserError(`${text} is no build`, 'give one such as 20348.4171');
  if (options.api === undefined && options.actor === undefined) {
    throw new UserError('--actor is missing', 'say who decides: it is kept in the record');
  }
  const body = {
    repository: name.slice(0, colon),
    tag: name.slice(colon + 1),
    build: build.data,
    reason: options.reason,
  };
  return withApi(options, tools, async (api) => {
    const { changed } = await api.call(acceptDowngrade, { body });
    tools.out(printable(`${name}: ${text} ${changed ? 'counts from now on' : 'counts already'}`));
  });
};

/** The watch tick without its AMIs, which only an AWS account can be asked for. */
const readTags = async ({ registry, store: file, api }: Options, tools: CliTools) => {
  if (api !== undefined) {
    const remedy = 'what is deployed there reads the registry by itself, every quarter of an hour';
    throw new UserError('--read reads into a record on this machine', remedy);
  }
  if (!URL.canParse(registry)) {
    throw new UserError(
      `--registry ${registry} is no address`,
      'such as https://mcr.microsoft.com',
    );
  }
  const store = tools.openStore(file, { create: true });
  try {
    const things = { tags: watchedTags, amiFamilies: [] };
    const client = createRegistryClient(registry);
    const report = await watch({ store, registry: client, ssm: noAmis, now: tools.now }, things);
    for (const held of report.held) tools.err(`not read: ${held}`);
  } finally {
    store.close();
  }
};

const noAmis = { readAmi: async () => undefined };
