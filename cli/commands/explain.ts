import type { Command } from 'commander';
import { osReserveDefaultMiB } from '../../domain/fleet/capacity.ts';
import type { FleetView } from '../../domain/fleet/fleetView.ts';
import { type ExplainedSubject, explainTask } from '../../domain/placement/explain/explainTask.ts';
import { readViews } from '../../infra/views/views.ts';
import { clusterNamed } from '../clusterNamed.ts';
import { explanationLines } from '../explain/explanationLines.ts';
import { recordedPlacements } from '../explain/recordedPlacements.ts';
import { isoJson } from '../isoJson.ts';
import { shortArn } from '../text.ts';
import type { CliTools } from '../tools.ts';
import { UserError } from '../userError.ts';

type Options = { readonly store: string; readonly json?: boolean; readonly cluster?: string };

/** `tuesday explain`: why a task is where it is, or nowhere, and what was decided about it. */
export const explainCommand = (program: Command, tools: CliTools): void => {
  program
    .command('explain <task>')
    .description('why a task goes where it goes, or what keeps it from going anywhere')
    .option('--cluster <name>', 'the cluster, where more than one is known')
    .addHelpText(
      'after',
      '\n<task> is the id or ARN of a task, or the name of a service: the next task of it.',
    )
    .action((task: string, _options, command: Command) =>
      explain(task, command.optsWithGlobals<Options>(), tools),
    );
};

const explain = async (named: string, options: Options, tools: CliTools): Promise<void> => {
  const store = tools.openStore(options.store, { create: false });
  try {
    const views = await readViews(store);
    const { amis, channels, images } = views;
    const clusterName = clusterNamed(views, options.cluster);
    const view = views.fleet(clusterName);
    const subject = subjectNamed(view, named);
    const explained = explainTask({ view, amis, channels, images }, subject, osReserveDefaultMiB);
    const rollouts = [...views.rollouts.values()].filter(
      (rollout) => rollout.clusterName === clusterName,
    );
    const recorded = await recordedPlacements(store, rollouts, subject);
    if (options.json) tools.out(isoJson({ subject, ...explained, recorded }));
    else for (const line of explanationLines(view, subject, explained, recorded)) tools.out(line);
  } finally {
    store.close();
  }
};

/** Throws `UserError` where there is no such task or service, naming what there is. */
const subjectNamed = (view: FleetView, named: string): ExplainedSubject => {
  const tasks = [...view.tasks.values()].filter(
    ({ taskArn }) => taskArn === named || shortArn(taskArn).startsWith(named),
  );
  const [task, ...others] = tasks;
  if (task !== undefined && (others.length === 0 || task.taskArn === named)) {
    return { type: 'task', task };
  }
  if (others.length > 0 && named.length >= 4) {
    const most = tasks.slice(0, 3).map(({ taskArn }) => shortArn(taskArn));
    throw new UserError(
      `${named} begins more than one task id`,
      `give more of it: ${most.join(', ')}`,
    );
  }
  const name = named.replace(/^service:/, '');
  const services = [...view.services.values()];
  const service = services.find(
    ({ serviceName, serviceArn }) => serviceName === name || serviceArn === named,
  );
  if (service !== undefined) return { type: 'service', service };
  const names = services.map(({ serviceName }) => serviceName).toSorted();
  throw new UserError(
    `${named} is neither a task nor a service of ${view.clusterName}`,
    `see \`tuesday fleet --tasks\` for tasks, or give a service: ${names.slice(0, 8).join(', ')}`,
  );
};
