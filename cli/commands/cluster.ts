import type { Command } from 'commander';
import { clusterStream } from '../../domain/fleet/shards.ts';
import { cluster } from '../../domain/maintenance/cluster.ts';
import { Mode } from '../../events/cluster.ts';
import { send } from '../../functions/send.ts';
import { readViews } from '../../infra/views/views.ts';
import { clusterNamed } from '../clusterNamed.ts';
import { table } from '../text.ts';
import type { CliTools } from '../tools.ts';
import { UserError } from '../userError.ts';
import { adoptCommand } from './adopt.ts';

type Options = { readonly store: string; readonly json?: boolean; readonly actor: string };

/**
 * `tuesday cluster list | adopt <name> | mode <name> <mode>`: what Tuesday watches, what it may do
 * there, and who said so (design decision 5).
 */
export const clusterCommand = (program: Command, tools: CliTools): void => {
  const parent = program
    .command('cluster')
    .description('the clusters watched, and what may be done');
  adoptCommand(parent, tools);
  parent
    .command('list', { isDefault: true })
    .description('every cluster with its mode')
    .action((_options, command: Command) => list(command.optsWithGlobals<Options>(), tools));
  parent
    .command('mode <name> <mode>')
    .description('observe: facts only; advise: plans too; drive: Tuesday drains, replaces, deploys')
    .option('--actor <name>', 'who asks; kept in the record', 'operator')
    .action((name: string, mode: string, _options, command: Command) =>
      setMode(name, mode, command.optsWithGlobals<Options>(), tools),
    );
};

const list = async (options: Options, tools: CliTools): Promise<void> => {
  const store = tools.openStore(options.store, { create: false });
  try {
    const { clusters } = await readViews(store);
    if (options.json) {
      for (const state of clusters.values()) tools.out(JSON.stringify(state));
      return;
    }
    const rows = [...clusters.values()].map((each) => [
      each.name,
      each.mode,
      each.account,
      each.region,
    ]);
    for (const line of table([['cluster', 'mode', 'account', 'region'], ...rows])) tools.out(line);
  } finally {
    store.close();
  }
};

const setMode = async (
  asked: string,
  modeAsked: string,
  { store: file, actor, json }: Options,
  tools: CliTools,
): Promise<void> => {
  const mode = Mode.safeParse(modeAsked);
  if (!mode.success) {
    throw new UserError(
      `mode ${modeAsked} is not known`,
      `it is one of: ${Mode.options.join(', ')}`,
    );
  }
  const store = tools.openStore(file, { create: false });
  try {
    const name = clusterNamed(await readViews(store), asked);
    const now = tools.now();
    const command = { type: 'SetMode', mode: mode.data, actor, now } as const;
    await send(store, cluster, clusterStream(name), command, now);
    tools.out(
      json ? JSON.stringify({ cluster: name, mode: mode.data }) : `${name} is in mode ${mode.data}`,
    );
  } finally {
    store.close();
  }
};
