import type { Command } from 'commander';
import type { Budget, Share } from '../../events/disruption.ts';
import { getBudget, setBudget } from '../../functions/api/contract/budget.ts';
import { wireJson } from '../api/api.ts';
import { type ApiOptions, withApi } from '../api/withApi.ts';
import { clusterNamed } from '../clusterNamed.ts';
import { readSourceFiles } from '../documents.ts';
import { budgetLines } from '../maintenance/budgetLines.ts';
import type { CliTools } from '../tools.ts';
import { UserError } from '../userError.ts';

type Options = ApiOptions & { readonly json?: boolean; readonly cluster?: string };
type SetOptions = Options & {
  readonly file?: string;
  readonly instances?: string;
  readonly services?: string;
  readonly zone?: string;
  readonly servicesAlone?: string;
  readonly reasons?: string;
};

/** `tuesday budget`: how much may be disturbed at once, and who disturbs what now. */
export const budgetCommand = (program: Command, tools: CliTools): void => {
  const parent = program
    .command('budget')
    .description('how much may be disturbed at once, and who disturbs what now')
    .option('--cluster <name>', 'the cluster, where more than one is known')
    .option('--actor <name>', 'who asks; kept in the record', 'operator');
  parent
    .command('show', { isDefault: true })
    .description('every limit with what is used of it')
    .action((_options, command: Command) => show(command.optsWithGlobals(), tools));
  parent
    .command('set')
    .description('change the limits that are named; --file replaces all of them')
    .option('--instances <share>', 'of all instances at once: 4 or 10%')
    .option('--services <share>', 'of all services at once')
    .option('--zone <share>', 'of the instances of each availability zone, or none')
    .option('--services-alone <list>', 'of the instances that run each: orders=1,*=50%')
    .option('--reasons <list>', 'all that may disturb: patch,manual,scaleIn=2; no other does')
    .option('--file <file>', 'JSON as `budget` of `tuesday budget --json`')
    .action((_options, command: Command) => change(command.optsWithGlobals(), tools));
};

const show = (options: Options, tools: CliTools): Promise<void> =>
  withApi(options, tools, async (api) => {
    const cluster = await clusterNamed(api, options.cluster);
    const found = await api.call(getBudget, { parameters: { cluster } });
    if (options.json) return tools.out(wireJson(getBudget.answer, found));
    for (const line of budgetLines(found, tools.now())) tools.out(line);
  });

const change = (options: SetOptions, tools: CliTools): Promise<void> =>
  withApi(options, tools, async (api) => {
    const cluster = await clusterNamed(api, options.cluster);
    const parameters = { cluster };
    const { budget } = await api.call(getBudget, { parameters });
    const next = options.file === undefined ? changed(budget, options) : budgetIn(options.file);
    await api.call(setBudget, { parameters, body: next });
    await show(options, tools);
  });

const changed = (budget: Budget, given: SetOptions): Budget => {
  const { instances, services, zone, servicesAlone, reasons: listed } = given;
  const { perZone, perService, ...rest } = budget;
  const nextZone = zone === undefined ? perZone : zone === 'none' ? undefined : share('zone', zone);
  const nextService =
    servicesAlone?.split(',').map((text) => {
      const [serviceName = '', value] = split(text);
      return { serviceName, instances: share('services-alone', value ?? '') };
    }) ?? perService;
  const reasons = listed?.split(',').map((text) => {
    const [name = '', value] = split(text);
    const limit = value === undefined ? {} : { instances: share('reasons', value) };
    return { reason: name, ...limit };
  }) as Budget['reasons'] | undefined;
  return {
    ...rest,
    ...(instances === undefined ? {} : { instances: share('instances', instances) }),
    ...(services === undefined ? {} : { services: share('services', services) }),
    ...(reasons === undefined ? {} : { reasons }),
    ...(nextZone === undefined ? {} : { perZone: nextZone }),
    ...(nextService === undefined ? {} : { perService: nextService }),
  };
};

const split = (text: string): readonly string[] => {
  const at = text.lastIndexOf('=');
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
};

/** `4` or `10%`. Throws `UserError` naming the option. */
const share = (option: string, text: string): Share => {
  const found = /^(\d{1,5})(%?)$/.exec(text);
  const value = Number(found?.[1]);
  if (found?.[2] === '') return { count: value };
  if (found?.[2] === '%' && value <= 100) return { percent: value };
  throw new UserError(`--${option} ${text} is no share`, 'give a count such as 4, or 10%');
};

const budgetIn = (file: string): Budget => {
  const [source] = readSourceFiles([file]);
  try {
    return JSON.parse(source?.text ?? '') as Budget;
  } catch {
    throw new UserError(`--file ${file} is not JSON`, 'see what `tuesday budget --json` prints');
  }
};
