import type { Command } from 'commander';
import type { StandalonePolicy } from '../../domain/draining/drainQuestion.ts';
import { instancesMost, planDrains } from '../../functions/api/contract/drainPlan.ts';
import { wireJson } from '../api/api.ts';
import { type ApiOptions, withApi } from '../api/withApi.ts';
import { clusterNamed } from '../clusterNamed.ts';
import { drainPlanLines } from '../drain/drainPlanLines.ts';
import type { CliTools } from '../tools.ts';
import { UserError } from '../userError.ts';

type Options = ApiOptions & {
  readonly json?: boolean;
  readonly cluster?: string;
  readonly standalone: string;
  readonly allowLastTask?: boolean;
};

/** `tuesday drain plan`: what happens if these instances are drained. Nothing is. */
export const drainCommand = (program: Command, tools: CliTools): void => {
  program
    .command('drain')
    .description('what happens if instances are drained')
    .command('plan <instance...>')
    .description('where each task would go, what cannot move and why, and how long it takes')
    .option('--cluster <name>', 'the cluster, where more than one is known')
    .option(
      '--standalone <policy>',
      'tasks that no service replaces: wait, protect, or stop after so many minutes, such as 30',
      'wait',
    )
    .option('--allow-last-task', 'a service may be left without a healthy task for a while')
    .addHelpText(
      'after',
      '\n<instance> is an EC2 id, the id of a container instance or its ARN. Nothing is drained.',
    )
    .action((instances: readonly string[], _options, command: Command) =>
      plan(instances, command.optsWithGlobals<Options>(), tools),
    );
};

const plan = (instances: readonly string[], options: Options, tools: CliTools): Promise<void> => {
  const standalone = policyFrom(options.standalone);
  if (instances.length > instancesMost) {
    const what = `<instance>: ${instances.length} instances are too many for one plan`;
    throw new UserError(what, `name at most ${instancesMost}`);
  }
  const lastHealthyTask = options.allowLastTask === true ? 'stop' : 'hold';
  return withApi(options, tools, async (api) => {
    const cluster = await clusterNamed(api, options.cluster);
    const body = { instances, standalone, lastHealthyTask } as const;
    const found = await api.call(planDrains, { parameters: { cluster }, body });
    if (options.json) return tools.out(wireJson(planDrains.answer, found));
    for (const line of drainPlanLines(found)) tools.out(line);
  });
};

/** Throws `UserError` for what is no policy. */
const policyFrom = (text: string): StandalonePolicy => {
  if (text === 'wait' || text === 'protect') return { type: text };
  const minutes = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (minutes <= 7 * 24 * 60) return { type: 'stopAfter', afterMs: minutes * 60_000 };
  throw new UserError(
    `--standalone ${text} is no policy`,
    'give wait, protect, or minutes, such as 30 (at most 10080, a week)',
  );
};
