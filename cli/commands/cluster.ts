import type { Command } from 'commander';
import { Mode } from '../../events/cluster.ts';
import { listClusters, setMode as setClusterMode } from '../../functions/api/contract/clusters.ts';
import { getWindows } from '../../functions/api/contract/maintenance.ts';
import { type ApiOptions, withApi } from '../api/withApi.ts';
import { clusterNamed } from '../clusterNamed.ts';
import { table } from '../text.ts';
import type { CliTools } from '../tools.ts';
import { UserError } from '../userError.ts';
import { adoptCommand } from './adopt.ts';

type Options = ApiOptions & { readonly json?: boolean };

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

const list = (options: Options, tools: CliTools): Promise<void> =>
  withApi(options, tools, async (api) => {
    const { items } = await api.call(listClusters, {});
    if (options.json) {
      for (const each of items) tools.out(JSON.stringify(each));
      return;
    }
    const rows = items.map((each) => [each.name, each.mode, each.account, each.region]);
    for (const line of table([['cluster', 'mode', 'account', 'region'], ...rows])) tools.out(line);
  });

const setMode = (
  asked: string,
  modeAsked: string,
  options: Options,
  tools: CliTools,
): Promise<void> => {
  const mode = Mode.safeParse(modeAsked);
  if (!mode.success) {
    throw new UserError(
      `mode ${modeAsked} is not known`,
      `it is one of: ${Mode.options.join(', ')}`,
    );
  }
  return withApi(options, tools, async (api) => {
    const cluster = await clusterNamed(api, asked);
    const body = { mode: mode.data };
    await api.call(setClusterMode, { parameters: { cluster }, body });
    const { json } = options;
    if (json) return tools.out(JSON.stringify({ cluster, mode: mode.data }));
    tools.out(`${cluster} is in mode ${mode.data}`);
    if (mode.data !== 'drive') return;
    const { windows } = await api.call(getWindows, { parameters: { cluster } });
    if (windows.length > 0) return;
    tools.out('nothing is disturbed until a maintenance window is set: see `tuesday windows`');
  });
};
