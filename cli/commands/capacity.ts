import type { Command } from 'commander';
import { getCapacity } from '../../functions/api/contract/capacity.ts';
import { setScalingPolicy } from '../../functions/api/contract/scalingPolicy.ts';
import { wireJson } from '../api/api.ts';
import { type ApiOptions, withApi } from '../api/withApi.ts';
import { capacityLines } from '../capacity/capacityLines.ts';
import { policyText } from '../capacity/scalingLines.ts';
import { clusterNamed } from '../clusterNamed.ts';
import type { CliTools } from '../tools.ts';
import { UserError } from '../userError.ts';

type Options = ApiOptions & { readonly json?: boolean; readonly cluster?: string };
type PolicyOptions = Options & { readonly scaleOut?: string; readonly scaleIn?: string };

/** `tuesday capacity`: how full the cluster is, what waits for room, and who does what about it. */
export const capacityCommand = (program: Command, tools: CliTools): void => {
  const parent = program
    .command('capacity')
    .description('how full each capacity provider is, what waits, and what is done about it')
    .option('--cluster <name>', 'the cluster, where more than one is known')
    .option('--actor <name>', 'who asks; kept in the record', 'operator');
  parent
    .command('show', { isDefault: true })
    .description('figures, what ECS does next, and what Tuesday does or would do')
    .action((_options, command: Command) => show(command.optsWithGlobals(), tools));
  parent
    .command('policy')
    .description('whether Tuesday sets the size of groups that ECS does not scale')
    .option('--scale-out <on|off>', 'launch instances for tasks that wait')
    .option('--scale-in <on|off>', 'drain instances that are not needed, and end them')
    .action((_options, command: Command) => policy(command.optsWithGlobals(), tools));
};

const show = (options: Options, tools: CliTools): Promise<void> =>
  withApi(options, tools, async (api) => {
    const cluster = await clusterNamed(api, options.cluster);
    const found = await api.call(getCapacity, { parameters: { cluster } });
    if (options.json) return tools.out(wireJson(getCapacity.answer, found));
    for (const line of capacityLines(found)) tools.out(line);
  });

/** Without an option it says what is on; what is not named stays as it is. */
const policy = (options: PolicyOptions, tools: CliTools): Promise<void> =>
  withApi(options, tools, async (api) => {
    const scaleOut = switchOf('scale-out', options.scaleOut);
    const scaleIn = switchOf('scale-in', options.scaleIn);
    const cluster = await clusterNamed(api, options.cluster);
    const { scaling } = await api.call(getCapacity, { parameters: { cluster } });
    const { policy: known, mode } = scaling;
    const body = { scaleOut: scaleOut ?? known.scaleOut, scaleIn: scaleIn ?? known.scaleIn };
    const isAsked = scaleOut !== undefined || scaleIn !== undefined;
    const set = isAsked
      ? await api.call(setScalingPolicy, { parameters: { cluster }, body })
      : { policy: known, changed: false };
    if (options.json) return tools.out(wireJson(setScalingPolicy.answer, set));
    tools.out(policyText(set.policy, mode));
  });

const switchOf = (option: string, text: string | undefined): boolean | undefined => {
  if (text === undefined) return undefined;
  if (text === 'on' || text === 'off') return text === 'on';
  throw new UserError(`--${option} ${text} is neither on nor off`, `give --${option} on, or off`);
};
