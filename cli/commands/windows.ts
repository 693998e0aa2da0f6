import type { Command } from 'commander';
import { alwaysOpen } from '../../domain/maintenance/whyNotWindows.ts';
import { type Closing, MaintenanceWindow } from '../../events/maintenance.ts';
import { getWindows, setWindows } from '../../functions/api/contract/maintenance.ts';
import { type Api, wireJson } from '../api/api.ts';
import { type ApiOptions, withApi } from '../api/withApi.ts';
import { clusterNamed } from '../clusterNamed.ts';
import { readSourceFiles } from '../documents.ts';
import { freezeCommands } from '../maintenance/freezeCommands.ts';
import { durationIn } from '../maintenance/spanOption.ts';
import { windowLines } from '../maintenance/windowLines.ts';
import type { CliTools } from '../tools.ts';
import { UserError } from '../userError.ts';

type Options = ApiOptions & { readonly json?: boolean; readonly cluster?: string };
type Closings = { readonly closing?: string; readonly lastStart?: string };

/** `tuesday windows`: when a cluster may be disturbed, and how that is changed. */
export const windowsCommand = (program: Command, tools: CliTools): void => {
  const parent = program
    .command('windows')
    .description('when a cluster may be disturbed: windows, freezes, overrides')
    .option('--cluster <name>', 'the cluster, where more than one is known')
    .option('--actor <name>', 'who asks; kept in the record', 'operator');
  parent
    .command('show', { isDefault: true })
    .description('whether something may begin now, and when the next windows open')
    .action((_options, command: Command) => show(command.optsWithGlobals<Options>(), tools));
  setCommands(parent, tools);
  freezeCommands(parent, tools);
};

const setCommands = (parent: Command, tools: CliTools): void => {
  parent
    .command('set')
    .description('replace all windows')
    .option('--always', 'it may be disturbed at any time')
    .option('--file <file>', 'JSON: {"windows": [...], "closing": {...}}, as --json shows them')
    .action((_options, command: Command) => {
      const options = command.optsWithGlobals<Options & { always?: boolean; file?: string }>();
      const body = options.always === true ? { windows: [alwaysOpen] } : bodyIn(options.file);
      return change(options, tools, () => body);
    });
  parent
    .command('add <name>')
    .description('one more window, or another one under the same name')
    .requiredOption('--zone <zone>', 'IANA time zone, such as Europe/Dublin')
    .requiredOption('--days <rule>', 'RFC 5545, such as FREQ=WEEKLY;BYDAY=TU,TH')
    .requiredOption('--opens <time>', 'by the clock there, such as 21:00')
    .requiredOption('--closes <time>', 'such as 05:00, which is then on the next day')
    .option('--since <day>', 'the day from which an INTERVAL in --days counts')
    .option('--reasons <list>', 'for these alone, such as patch,scaleIn')
    .action((name: string, _options, command: Command) => {
      const options = command.optsWithGlobals<Options & AddOptions>();
      const added = windowFrom(name, options);
      return change(options, tools, ({ windows }) => ({
        windows: [...windows.filter((each) => each.name !== name), added],
      }));
    });
  parent
    .command('remove <name>')
    .description('without a window nothing is disturbed')
    .action((name: string, _options, command: Command) =>
      change(command.optsWithGlobals<Options>(), tools, ({ windows }) => {
        const left = windows.filter((each) => each.name !== name);
        if (left.length < windows.length) return { windows: left };
        const known = windows.map((each) => each.name).join(', ') || 'there is none';
        throw new UserError(`no window is named ${name}`, `these are: ${known}`);
      }),
    );
  parent
    .command('closing <policy>')
    .description('finish, or handBack: what happens to a drain under way when the last one closes')
    .option('--last-start <time>', 'nothing begins in the last, such as 30m', '0m')
    .action((policy: string, _options, command: Command) => {
      const options = command.optsWithGlobals<Options & Closings>();
      const closing = closingFrom(policy, options.lastStart ?? '0m');
      return change(options, tools, ({ windows }) => ({ windows, closing }));
    });
};

const show = (options: Options, tools: CliTools): Promise<void> =>
  withApi(options, tools, async (api) => {
    const cluster = await clusterNamed(api, options.cluster);
    await print(api, cluster, options, tools);
  });

const print = async (api: Api, cluster: string, { json }: Options, tools: CliTools) => {
  const found = await api.call(getWindows, { parameters: { cluster } });
  if (json) return tools.out(wireJson(getWindows.answer, found));
  for (const line of windowLines(cluster, found)) tools.out(line);
};

type Windows = readonly MaintenanceWindow[];
type Body = { readonly windows: Windows; readonly closing?: Closing | undefined };

const change = (options: Options, tools: CliTools, next: (now: Body) => Body): Promise<void> =>
  withApi(options, tools, async (api) => {
    const cluster = await clusterNamed(api, options.cluster);
    const parameters = { cluster };
    const { windows, closing } = await api.call(getWindows, { parameters });
    await api.call(setWindows, { parameters, body: next({ windows, closing }) });
    await print(api, cluster, options, tools);
  });

type AddOptions = {
  readonly zone: string;
  readonly days: string;
  readonly opens: string;
  readonly closes: string;
  readonly since?: string;
  readonly reasons?: string;
};

/** Throws `UserError` naming the option that is wrong. */
const windowFrom = (name: string, given: AddOptions): MaintenanceWindow => {
  const { zone, days, opens, closes, since, reasons } = given;
  const window = {
    name,
    timeZone: zone,
    days,
    opens,
    closes,
    ...(since === undefined ? {} : { since }),
    ...(reasons === undefined ? {} : { reasons: reasons.split(',') }),
  };
  const parsed = MaintenanceWindow.safeParse(window);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = String(issue?.path[0] ?? 'window');
  const option = field === 'timeZone' ? '--zone' : `--${field}`;
  throw new UserError(
    `${option}: ${issue?.message}`,
    'see `tuesday windows add --help` for examples',
  );
};

const closingFrom = (underway: string, lastStart: string): Closing => {
  if (underway !== 'finish' && underway !== 'handBack') {
    throw new UserError(`${underway} is no policy`, 'give finish or handBack');
  }
  return { underway, lastStartMs: durationIn('--last-start', lastStart) };
};

const bodyIn = (file: string | undefined): Body => {
  if (file === undefined) {
    throw new UserError('neither --file nor --always is given', 'give one of them');
  }
  const [source] = readSourceFiles([file]);
  try {
    return JSON.parse(source?.text ?? '') as Body;
  } catch {
    throw new UserError(`--file ${file} is not JSON`, 'see what `tuesday windows --json` prints');
  }
};
