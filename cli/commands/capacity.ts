import type { Command } from 'commander';
import { getCapacity } from '../../functions/api/contract/capacity.ts';
import { wireJson } from '../api/api.ts';
import { type ApiOptions, withApi } from '../api/withApi.ts';
import { capacityLines } from '../capacity/capacityLines.ts';
import { clusterNamed } from '../clusterNamed.ts';
import type { CliTools } from '../tools.ts';

type Options = ApiOptions & { readonly json?: boolean; readonly cluster?: string };

/** `tuesday capacity`: how full the cluster is, what waits for room, and who does what about it. */
export const capacityCommand = (program: Command, tools: CliTools): void => {
  program
    .command('capacity')
    .description('how full each capacity provider is, what waits, and what ECS does about it')
    .option('--cluster <name>', 'the cluster, where more than one is known')
    .action((_options, command: Command) => show(command.optsWithGlobals(), tools));
};

const show = (options: Options, tools: CliTools): Promise<void> =>
  withApi(options, tools, async (api) => {
    const cluster = await clusterNamed(api, options.cluster);
    const found = await api.call(getCapacity, { parameters: { cluster } });
    if (options.json) return tools.out(wireJson(getCapacity.answer, found));
    for (const line of capacityLines(found)) tools.out(line);
  });
