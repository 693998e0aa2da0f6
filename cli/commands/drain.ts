import type { Command } from 'commander';
import { planDrains } from '../../functions/api/contract/drainPlan.ts';
import { Drain, listDrains, startDrains, undoDrain } from '../../functions/api/contract/drains.ts';
import { everyItem, wireJson } from '../api/api.ts';
import { type ApiOptions, withApi } from '../api/withApi.ts';
import { clusterNamed } from '../clusterNamed.ts';
import { drainListLines } from '../drain/drainListLines.ts';
import {
  atDeadlineIn,
  deadlineMsIn,
  refuseTooMany,
  standaloneIn,
  thenIn,
} from '../drain/drainOptions.ts';
import { drainPlanLines } from '../drain/drainPlanLines.ts';
import { shortArn } from '../text.ts';
import type { CliTools } from '../tools.ts';

type Options = ApiOptions & { readonly json?: boolean; readonly cluster?: string };
type PlanOptions = Options & { readonly standalone: string; readonly allowLastTask?: boolean };
type StartOptions = Options & {
  readonly reason: string;
  readonly deadline: string;
  readonly atDeadline: string;
  readonly standalone: string;
  readonly then: string;
  readonly force?: string;
};

const naming = '\n<instance> is an EC2 id, the id of a container instance or its ARN.';

/** `tuesday drain plan | start | list | undo`. */
export const drainCommand = (program: Command, tools: CliTools): void => {
  const parent = program
    .command('drain')
    .description('empty instances: what would happen, start, list, undo')
    .option('--cluster <name>', 'the cluster, where more than one is known')
    .option('--actor <name>', 'who asks; kept in the record', 'operator');
  const standalone = [
    '--standalone <policy>',
    'tasks that no service replaces: wait, protect, or stop them: stop-after=30m',
    'wait',
  ] as const;
  parent
    .command('plan <instance...>')
    .description('where each task would go, what cannot move and why, and how long it takes')
    .option(...standalone)
    .option('--allow-last-task', 'a service may be left without a healthy task for a while')
    .addHelpText('after', `${naming} Nothing is drained.`)
    .action((instances: readonly string[], _options, command: Command) =>
      plan(instances, command.optsWithGlobals<PlanOptions>(), tools),
    );
  parent
    .command('start <instance...>')
    .description('show the plan, and drain as soon as budget, windows and freezes allow')
    .requiredOption('--reason <text>', 'why; kept in the record')
    .option('--deadline <span>', 'how long it may take, a week at most', '2h')
    .option('--at-deadline <policy>', 'restore: ACTIVE again; escalate: a person looks', 'restore')
    .option(...standalone)
    .option('--then <what>', 'of an empty instance: keep, terminate or restore', 'keep')
    .option('--force <why>', 'go on although something on it would never leave')
    .addHelpText('after', `${naming} All of them are drained, or none.`)
    .action((instances: readonly string[], _options, command: Command) =>
      start(instances, command.optsWithGlobals<StartOptions>(), tools),
    );
  parent
    .command('list')
    .description('what is being drained, by whom, and what each waits for')
    .action((_options, command: Command) => list(command.optsWithGlobals<Options>(), tools));
  parent
    .command('undo <instance>')
    .description('call a drain off, or set its instance ACTIVE again')
    .requiredOption('--reason <text>', 'why; kept in the record')
    .addHelpText('after', naming)
    .action((instance: string, _options, command: Command) =>
      undo(instance, command.optsWithGlobals<Options & { reason: string }>(), tools),
    );
};

const plan = (
  instances: readonly string[],
  options: PlanOptions,
  tools: CliTools,
): Promise<void> => {
  const standalone = standaloneIn(options.standalone);
  refuseTooMany(instances);
  const lastHealthyTask = options.allowLastTask === true ? 'stop' : 'hold';
  return withApi(options, tools, async (api) => {
    const cluster = await clusterNamed(api, options.cluster);
    const body = { instances, standalone, lastHealthyTask } as const;
    const found = await api.call(planDrains, { parameters: { cluster }, body });
    if (options.json) return tools.out(wireJson(planDrains.answer, found));
    for (const line of drainPlanLines(found)) tools.out(line);
  });
};

/** What was shown is what is drained: if something has changed in between, nothing is. */
const start = (
  instances: readonly string[],
  options: StartOptions,
  tools: CliTools,
): Promise<void> => {
  const { reason, force, json } = options;
  const standalone = standaloneIn(options.standalone);
  const atDeadline = atDeadlineIn(options.atDeadline);
  const andThen = thenIn(options.then);
  const deadlineAt = (tools.now() + deadlineMsIn(options.deadline)) as ReturnType<typeof tools.now>;
  refuseTooMany(instances);
  return withApi(options, tools, async (api) => {
    const parameters = { cluster: await clusterNamed(api, options.cluster) };
    const shown = await api.call(planDrains, { parameters, body: { instances, standalone } });
    if (!json) for (const line of drainPlanLines(shown)) tools.out(line);
    const wish = { instances, reason, deadlineAt, atDeadline, standalone, andThen };
    const forced = force === undefined ? {} : { forcedBecause: force };
    const body = { ...wish, ...forced, planToken: shown.planToken };
    const answer = await api.call(startDrains, { parameters, body });
    if (json) return tools.out(wireJson(startDrains.answer, answer));
    tools.out('');
    for (const { ec2InstanceId, status, changed } of answer.drains) {
      tools.out(`${ec2InstanceId} is ${status}${changed ? '' : ' already'}`);
    }
    tools.out('follow it with: tuesday drain list');
  });
};

const list = (options: Options, tools: CliTools): Promise<void> =>
  withApi(options, tools, async (api) => {
    const cluster = await clusterNamed(api, options.cluster);
    const drains = await everyItem((query) =>
      api.call(listDrains, { parameters: { cluster }, query }),
    );
    if (options.json) for (const each of drains) tools.out(wireJson(Drain, each));
    else for (const line of drainListLines(drains, cluster, tools.now())) tools.out(line);
  });

const undo = (
  instance: string,
  options: Options & { readonly reason: string },
  tools: CliTools,
): Promise<void> =>
  withApi(options, tools, async (api) => {
    const cluster = await clusterNamed(api, options.cluster);
    const parameters = { cluster, instance: shortArn(instance) };
    const answer = await api.call(undoDrain, { parameters, body: { reason: options.reason } });
    if (options.json) return tools.out(wireJson(undoDrain.answer, answer));
    const { ec2InstanceId, status, changed } = answer;
    tools.out(`${ec2InstanceId} is ${status}${changed ? '' : ' already'}`);
  });
