import type { Command } from 'commander';
import { RolloutSummary, WireRollout } from '../../functions/api/contract/rollout.ts';
import {
  abortRollout,
  pauseRollout,
  planRollout,
  resumeRollout,
  startRollout,
} from '../../functions/api/contract/rollouts.ts';
import { wireJson } from '../api/api.ts';
import { type ApiOptions, withApi } from '../api/withApi.ts';
import { clusterNamed } from '../clusterNamed.ts';

import { rolloutLines } from '../rolloutLines.ts';
import { everyRollout, rolloutNamed } from '../rolloutNamed.ts';
import type { CliTools } from '../tools.ts';
import { watchRollout } from '../watchRollout.ts';

type Options = ApiOptions & {
  readonly json?: boolean;
  readonly cluster?: string;
  readonly emergency?: boolean;
  readonly reason?: string;
};

/** `tuesday rollout plan | list | watch | start | pause | resume | abort`. */
export const rolloutCommand = (program: Command, tools: CliTools): void => {
  const parent = program.command('rollout').description('plan a rollout and see it through');
  const actor = ['--actor <name>', 'who asks; kept in the record', 'operator'] as const;
  const cluster = ['--cluster <name>', 'the cluster, where more than one is known'] as const;
  const reason = ['--reason <text>', 'why; kept in the record'] as const;
  parent
    .command('plan')
    .description('plan one rollout over everything that runs behind; nothing moves')
    .option(...cluster)
    .option('--emergency', 'images do not wait for instances')
    .option(...actor)
    .action((_options, command: Command) => plan(command.optsWithGlobals<Options>(), tools));
  parent
    .command('list')
    .description('every rollout, newest first')
    .option(...cluster)
    .action((_options, command: Command) => list(command.optsWithGlobals<Options>(), tools));
  parent
    .command('watch [id]')
    .description('how far it is, what is held and why; follows it on a terminal')
    .option(...cluster)
    .action((id: string | undefined, _options, command: Command) => {
      const options = command.optsWithGlobals<Options>();
      return withApi(options, tools, (api) => watchRollout(api, id, options, tools));
    });
  for (const [name, description] of [
    ['start', 'let a planned rollout begin'],
    ['pause', 'begin nothing new; what is under way is finished'],
    ['resume', 'go on after a pause or a halt'],
    ['abort', 'begin nothing new, hand back what drains, end'],
  ] as const) {
    parent
      .command(`${name} <id>`)
      .description(description)
      .option(...actor)
      .option(...reason)
      .option(...cluster)
      .action((id: string, _options, command: Command) =>
        move(id, name, command.optsWithGlobals<Options>(), tools),
      );
  }
};

const plan = (options: Options, tools: CliTools) =>
  withApi(options, tools, async (api) => {
    const cluster = await clusterNamed(api, options.cluster);
    const body = { emergency: options.emergency === true };
    const { rolloutId } = await api.call(planRollout, { parameters: { cluster }, body });
    const planned = await rolloutNamed(api, rolloutId, cluster);
    if (options.json) return tools.out(wireJson(WireRollout, planned));
    for (const line of rolloutLines(planned, tools.now(), planned.fadingImages)) tools.out(line);
    tools.out(`\nstart it with: tuesday rollout start ${rolloutId}`);
  });

const list = (options: Options, tools: CliTools) =>
  withApi(options, tools, async (api) => {
    const newestFirst = await everyRollout(api, options.cluster);
    if (newestFirst.length === 0 && !options.json) tools.out('no rollout has been planned yet');
    for (const each of newestFirst) {
      tools.out(
        options.json ? wireJson(RolloutSummary, each) : `${each.rolloutId}  ${each.status}`,
      );
    }
  });

type Move = 'start' | 'pause' | 'resume' | 'abort';

const move = (id: string, how: Move, options: Options, tools: CliTools) =>
  withApi(options, tools, async (api) => {
    const { clusterName, rolloutId } = await rolloutNamed(api, id, options.cluster);
    const parameters = { cluster: clusterName, rolloutId };
    const body = { reason: options.reason ?? 'none given' };
    const moved = await {
      start: () => api.call(startRollout, { parameters }),
      pause: () => api.call(pauseRollout, { parameters, body }),
      resume: () => api.call(resumeRollout, { parameters }),
      abort: () => api.call(abortRollout, { parameters, body }),
    }[how]();
    const { status, changed } = moved;
    if (options.json) tools.out(JSON.stringify({ rolloutId, status }));
    else tools.out(`${rolloutId} is ${status}${changed ? '' : ' already'}`);
  });
