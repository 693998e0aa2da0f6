import type { Command } from 'commander';
import {
  beginFreeze,
  beginOverride,
  endOverride,
  freezeEverything,
  liftFreeze,
  liftFreezeOfEverything,
} from '../../functions/api/contract/maintenance.ts';
import { type ApiOptions, withApi } from '../api/withApi.ts';
import { clusterNamed } from '../clusterNamed.ts';
import { moment } from '../text.ts';
import type { CliTools } from '../tools.ts';
import { expiryIn } from './spanOption.ts';

type Options = ApiOptions & {
  readonly json?: boolean;
  readonly cluster?: string;
  readonly reason: string;
};
type FreezeOptions = Options & {
  readonly until: string;
  readonly service?: string;
  readonly everything?: boolean;
};

/** What goes against windows: a freeze closes what is open, an override opens what is closed. */
export const freezeCommands = (parent: Command, tools: CliTools): void => {
  parent
    .command('freeze')
    .description('nothing begins until it expires, whatever the windows say')
    .requiredOption('--reason <text>', 'why; kept in the record')
    .requiredOption('--until <moment>', 'such as 4h, 3d or 2026-12-01T08:00Z')
    .option('--service <name>', 'this service alone, and instances with tasks of it')
    .option('--everything', 'every cluster')
    .action((_options, command: Command) => freeze(command.optsWithGlobals(), tools));
  parent
    .command('unfreeze <id>')
    .description('end a freeze before it expires')
    .requiredOption('--reason <text>', 'why; kept in the record')
    .option('--everything', 'it is a freeze of every cluster')
    .action((id: string, _options, command: Command) =>
      unfreeze(id, command.optsWithGlobals(), tools),
    );
  parent
    .command('override')
    .description('in an emergency: go over closed windows for 24 hours at most')
    .requiredOption('--reason <text>', 'why; kept in the record and told on the bus')
    .requiredOption('--until <moment>', 'such as 4h or 2026-12-01T08:00Z')
    .option('--freezes-too', 'over freezes too')
    .action((_options, command: Command) => override(command.optsWithGlobals(), tools));
  parent
    .command('end-override <id>')
    .description('end an override before it expires')
    .requiredOption('--reason <text>', 'why; kept in the record')
    .action((id: string, _options, command: Command) => end(id, command.optsWithGlobals(), tools));
};

const say = ({ out }: CliTools, { json }: Options, data: object, text: string) =>
  out(json ? JSON.stringify(data) : text);

const freeze = (options: FreezeOptions, tools: CliTools): Promise<void> =>
  withApi(options, tools, async (api) => {
    const { reason, service, everything } = options;
    const expiresAt = expiryIn('--until', options.until, tools.now());
    const until = `until ${moment(expiresAt)} UTC`;
    if (everything === true) {
      const { freezeId } = await api.call(freezeEverything, { body: { reason, expiresAt } });
      return say(tools, options, { freezeId }, `${freezeId}: everything is frozen ${until}`);
    }
    const cluster = await clusterNamed(api, options.cluster);
    const scope =
      service === undefined
        ? ({ kind: 'cluster' } as const)
        : ({ kind: 'service', serviceName: service } as const);
    const body = { scope, reason, expiresAt };
    const { freezeId } = await api.call(beginFreeze, { parameters: { cluster }, body });
    const what = service === undefined ? cluster : `${service} in ${cluster}`;
    return say(tools, options, { freezeId }, `${freezeId}: ${what} is frozen ${until}`);
  });

const unfreeze = (
  freezeId: string,
  options: Options & { readonly everything?: boolean },
  tools: CliTools,
): Promise<void> =>
  withApi(options, tools, async (api) => {
    const body = { reason: options.reason };
    if (options.everything === true) {
      await api.call(liftFreezeOfEverything, { parameters: { freezeId }, body });
    } else {
      const cluster = await clusterNamed(api, options.cluster);
      await api.call(liftFreeze, { parameters: { cluster, freezeId }, body });
    }
    say(tools, options, { freezeId }, `${freezeId} is lifted`);
  });

const override = (
  options: Options & { readonly until: string; readonly freezesToo?: boolean },
  tools: CliTools,
): Promise<void> =>
  withApi(options, tools, async (api) => {
    const cluster = await clusterNamed(api, options.cluster);
    const expiresAt = expiryIn('--until', options.until, tools.now());
    const over: readonly ('windows' | 'freezes')[] =
      options.freezesToo === true ? ['windows', 'freezes'] : ['windows'];
    const body = { over, reason: options.reason, expiresAt };
    const { overrideId } = await api.call(beginOverride, { parameters: { cluster }, body });
    const what = `${cluster} may be disturbed until ${moment(expiresAt)} UTC`;
    say(tools, options, { overrideId }, `${overrideId}: ${what}`);
  });

const end = (overrideId: string, options: Options, tools: CliTools): Promise<void> =>
  withApi(options, tools, async (api) => {
    const cluster = await clusterNamed(api, options.cluster);
    const body = { reason: options.reason };
    await api.call(endOverride, { parameters: { cluster, overrideId }, body });
    say(tools, options, { overrideId }, `${overrideId} has ended`);
  });
