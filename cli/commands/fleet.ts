import type { Command } from 'commander';
import { osReserveDefaultMiB as osReserveMiB } from '../../domain/fleet/capacity.ts';
import type { FleetView } from '../../domain/fleet/fleetView.ts';
import { judgeFleet } from '../../domain/placement/query/judgeFleet.ts';
import { parseQuery } from '../../domain/placement/query/parse.ts';
import { readViews, type Views } from '../../infra/views/views.ts';
import { clusterNamed } from '../clusterNamed.ts';
import {
  instanceCells,
  instanceHeader,
  instanceRecord,
  serviceCells,
  serviceHeader,
  serviceRecord,
  taskCells,
  taskHeader,
  taskRecord,
} from '../fleetRows.ts';
import { count, table } from '../text.ts';
import type { CliTools } from '../tools.ts';
import { UserError } from '../userError.ts';

type Options = {
  readonly store: string;
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
    .action(async (_options, command: Command) => {
      const options = command.optsWithGlobals<Options>();
      const store = tools.openStore(options.store, { create: false });
      try {
        const views = await readViews(store);
        const whole = views.fleet(clusterNamed(views, options.cluster));
        const view = options.where === undefined ? whole : satisfying(whole, options.where, tools);
        const lines = options.json ? records(views, view, options) : texts(views, view, options);
        for (const line of lines) tools.out(line);
      } finally {
        store.close();
      }
    });
};

/**
 * The fleet with those instances alone, and what is odd about the expression on the side. Throws
 * `UserError` where it cannot be read.
 */
const satisfying = (view: FleetView, expression: string, { err }: CliTools): FleetView => {
  const parsed = parseQuery(expression);
  if ('refused' in parsed) {
    const { message, column } = parsed.refused;
    throw new UserError(
      '--where cannot be read',
      `${message}\n  ${expression}\n  ${' '.repeat(column - 1)}^`,
    );
  }
  const { satisfying: arns, findings } = judgeFleet(parsed.ok, view);
  for (const { message } of findings) err(`note: ${message}`);
  const instances = new Map([...view.instances].filter(([arn]) => arns.includes(arn)));
  return { ...view, instances };
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

const records = (views: Views, view: FleetView, options: Options): readonly string[] => {
  const { instances, services, tasks } = chosen(options);
  return [
    ...(instances ? [...view.instances.values()].map((i) => instanceRecord(views, view, i)) : []),
    ...(services ? [...view.services.values()].map((each) => serviceRecord(view, each)) : []),
    ...(tasks ? [...view.tasks.values()].map(taskRecord) : []),
  ].map((record) => JSON.stringify(record));
};

const texts = (views: Views, view: FleetView, options: Options): readonly string[] => {
  const { instances, services, tasks } = chosen(options);
  return [
    summaryOf(view),
    ...(instances ? ['', ...instanceLines(views, view, options.where !== undefined)] : []),
    ...(services ? ['', ...serviceLines(view)] : []),
    ...(tasks ? ['', ...taskLines(view)] : []),
  ];
};

const summaryOf = ({ clusterName, instances, tasks, services }: FleetView): string => {
  const running = [...tasks.values()].filter(({ lastStatus }) => lastStatus === 'RUNNING').length;
  const fleet = `${count(instances.size, 'instance')}, ${count(services.size, 'service')}`;
  return `${clusterName}: ${fleet}, ${count(running, 'running task')} of ${tasks.size} known`;
};

const instanceLines = (views: Views, view: FleetView, isOnly: boolean): readonly string[] => {
  if (view.instances.size === 0) return [isOnly ? 'none satisfies it' : 'no instance was seen yet'];
  const seen = [...view.instances.values()].map((each) => instanceRecord(views, view, each));
  const unknown = seen.flatMap(({ build, containerInstanceArn }) =>
    build.status === 'unknown' ? [{ reason: build.reason, containerInstanceArn }] : [],
  );
  return [
    ...table([instanceHeader, ...seen.map(instanceCells)], [6, 7, 8, 9, 13]),
    `memory free is less the ${osReserveMiB} MiB that Windows itself needs`,
    ...reasonLines(unknown),
  ];
};

/** Why builds are unknown, each reason once. */
const reasonLines = (unknown: readonly { readonly reason: string }[]): readonly string[] =>
  [...Map.groupBy(unknown, ({ reason }) => reason)].map(
    ([reason, alike]) => `build unknown on ${count(alike.length, 'instance')}: ${reason}`,
  );

const serviceLines = ({ services }: FleetView): readonly string[] => {
  if (services.size === 0) return ['no service was described yet: events do not tell their counts'];
  return table([serviceHeader, ...[...services.values()].map(serviceCells)], [2, 3, 4, 5, 6]);
};

const taskLines = ({ tasks }: FleetView): readonly string[] => {
  if (tasks.size === 0) return ['no task was seen yet'];
  return table([taskHeader, ...[...tasks.values()].map(taskCells)]);
};
