import type { Command } from 'commander';
import { parseQuery } from '../../domain/placement/query/parse.ts';
import type { Answer } from '../../functions/api/contract/contract.ts';
import {
  getFleet,
  type Instance,
  Instance as InstanceSchema,
  listInstances,
  listServices,
  listTasks,
  type Service,
  Service as ServiceSchema,
  type Task,
  Task as TaskSchema,
} from '../../functions/api/contract/fleet.ts';
import { type Api, everyItem } from '../api/api.ts';
import { type ApiOptions, withApi } from '../api/withApi.ts';
import { clusterNamed } from '../clusterNamed.ts';
import {
  instanceCells,
  instanceHeader,
  serviceCells,
  serviceHeader,
  silenceLines,
  taskCells,
  taskHeader,
} from '../fleetRows.ts';
import { count, table } from '../text.ts';
import type { CliTools } from '../tools.ts';
import { UserError } from '../userError.ts';

type Options = ApiOptions & {
  readonly json?: boolean;
  readonly cluster?: string;
  readonly instances?: boolean;
  readonly tasks?: boolean;
  readonly services?: boolean;
  readonly where?: string;
};

/** `tuesday fleet`: what runs where, as far as it was told. */
export const fleetCommand = (program: Command, tools: CliTools): void => {
  program
    .command('fleet')
    .description('what runs where: instances and services, and with --tasks every task')
    .option('--cluster <name>', 'the cluster; not needed when there is only one')
    .option('--instances', 'only instances')
    .option('--where <expression>', 'only instances that satisfy it (cluster query language)')
    .option('--services', 'only services')
    .option('--tasks', 'only tasks, those stopped within the hour included')
    .action((_options, command: Command) => show(command.optsWithGlobals<Options>(), tools));
};

const show = (options: Options, tools: CliTools): Promise<void> => {
  if (options.where !== undefined) refuseUnreadable(options.where);
  return withApi(options, tools, async (api) => {
    const fleet = await read(api, await clusterNamed(api, options.cluster), options);
    for (const note of fleet.notes) tools.err(`note: ${note}`);
    for (const line of options.json ? records(fleet) : texts(fleet, options)) tools.out(line);
  });
};

/** Throws `UserError` that points at the place. */
const refuseUnreadable = (expression: string): void => {
  const parsed = parseQuery(expression);
  if (!('refused' in parsed)) return;
  const { message, column } = parsed.refused;
  throw new UserError(
    '--where cannot be read',
    `${message}\n  ${expression}\n  ${' '.repeat(column - 1)}^`,
  );
};

type Fleet = {
  readonly summary: Answer<typeof getFleet>;
  /** `undefined`: was not asked for. */
  readonly instances: readonly Instance[] | undefined;
  readonly services: readonly Service[] | undefined;
  readonly tasks: readonly Task[] | undefined;
  readonly notes: readonly string[];
};

const read = async (api: Api, cluster: string, options: Options): Promise<Fleet> => {
  const parameters = { cluster };
  const asked = chosen(options);
  const { where } = options;
  let notes: readonly string[] = [];
  const instances = async (paging: object) => {
    const query = { ...paging, ...(where === undefined ? {} : { where }) };
    const page = await api.call(listInstances, { parameters, query });
    notes = page.notes;
    return page;
  };
  const services = (query: object) => api.call(listServices, { parameters, query });
  const tasks = (query: object) => api.call(listTasks, { parameters, query });
  return {
    summary: await api.call(getFleet, { parameters }),
    instances: asked.instances ? await everyItem(instances) : undefined,
    services: asked.services ? await everyItem(services) : undefined,
    tasks: asked.tasks ? await everyItem(tasks) : undefined,
    notes,
  };
};

/** Without a choice everything is shown, but tasks only to scripts: people get lost in hundreds. */
const chosen = ({ instances, services, tasks, json, where }: Options) => {
  const isOnly = where !== undefined;
  const all = !instances && !services && !tasks && !isOnly;
  return {
    instances: all || isOnly || instances === true,
    services: all || services === true,
    tasks: tasks === true || (all && json === true),
  };
};

const records = ({ instances = [], services = [], tasks = [] }: Fleet): readonly string[] => [
  ...instances.map((each) => JSON.stringify(InstanceSchema.encode(each))),
  ...services.map((each) => JSON.stringify(ServiceSchema.encode(each))),
  ...tasks.map((each) => JSON.stringify(TaskSchema.encode(each))),
];

const texts = (fleet: Fleet, { where }: Options): readonly string[] => {
  const { summary, instances, services, tasks } = fleet;
  return [
    summaryOf(summary),
    ...(instances ? ['', ...instanceLines(instances, where !== undefined)] : []),
    ...(services ? ['', ...serviceLines(services)] : []),
    ...(tasks ? ['', ...taskLines(tasks)] : []),
  ];
};

const summaryOf = (summary: Fleet['summary']): string => {
  const { clusterName, instances, services, runningTasks, tasks } = summary;
  const fleet = `${count(instances, 'instance')}, ${count(services, 'service')}`;
  return `${clusterName}: ${fleet}, ${count(runningTasks, 'running task')} of ${tasks} known`;
};

const instanceLines = (instances: readonly Instance[], isOnly: boolean): readonly string[] => {
  const [first] = instances;
  if (first === undefined) return [isOnly ? 'none satisfies it' : 'no instance was seen yet'];
  const unknown = instances.flatMap(({ build, containerInstanceArn }) =>
    build.status === 'unknown' ? [{ reason: build.reason, containerInstanceArn }] : [],
  );
  return [
    ...table([instanceHeader, ...instances.map(instanceCells)], [6, 7, 8, 9, 13]),
    `memory free is less the ${first.free.osReserveMiB} MiB that Windows itself needs`,
    ...reasonLines(unknown),
    ...silenceLines(instances),
  ];
};

/** Why builds are unknown, each reason once. */
const reasonLines = (unknown: readonly { readonly reason: string }[]): readonly string[] =>
  [...Map.groupBy(unknown, ({ reason }) => reason)].map(
    ([reason, alike]) => `build unknown on ${count(alike.length, 'instance')}: ${reason}`,
  );

const serviceLines = (services: readonly Service[]): readonly string[] => {
  if (services.length === 0) {
    return ['no service was described yet: events do not tell their counts'];
  }
  return table([serviceHeader, ...services.map(serviceCells)], [2, 3, 4, 5, 6]);
};

const taskLines = (tasks: readonly Task[]): readonly string[] =>
  tasks.length === 0 ? ['no task was seen yet'] : table([taskHeader, ...tasks.map(taskCells)]);
