import type { Command } from 'commander';
import { osReserveDefaultMiB as osReserveMiB } from '../../domain/fleet/capacity.ts';
import { Refusal } from '../../domain/refusal.ts';
import { defaultPolicy } from '../../domain/rollout/defaultPolicy.ts';
import { newestTargets } from '../../domain/rollout/planCampaign.ts';
import { planRollout } from '../../domain/rollout/planRollout.ts';
import { rollout, rolloutStream } from '../../domain/rollout/rollout.ts';
import type { OperatorCommand } from '../../domain/rollout/rolloutCommand.ts';
import type { Rollout } from '../../domain/rollout/rolloutState.ts';
import { send } from '../../functions/send.ts';
import { rolloutIdFor } from '../../functions/ticks/campaign.ts';
import { sightOf } from '../../functions/ticks/controlTools.ts';
import type { EventStore } from '../../infra/eventStore/eventStore.ts';
import { readViews } from '../../infra/views/views.ts';
import { clusterNamed } from '../clusterNamed.ts';
import { rolloutLines } from '../rolloutLines.ts';
import type { CliTools } from '../tools.ts';
import { UserError } from '../userError.ts';
import { watchRollout } from '../watchRollout.ts';

type Options = {
  readonly store: string;
  readonly json?: boolean;
  readonly cluster?: string;
  readonly emergency?: boolean;
  readonly actor: string;
  readonly reason?: string;
};

/** `tuesday rollout plan | start | watch | pause | resume | abort`. */
export const rolloutCommand = (program: Command, tools: CliTools): void => {
  const parent = program.command('rollout').description('plan a rollout and see it through');
  const actor = ['--actor <name>', 'who asks; kept in the record', 'operator'] as const;
  const reason = ['--reason <text>', 'why; kept in the record'] as const;
  parent
    .command('plan')
    .description('plan one rollout over everything that runs behind; nothing moves')
    .option('--cluster <name>', 'the cluster; not needed when there is only one')
    .option('--emergency', 'images do not wait for instances')
    .option(...actor)
    .action((_options, command: Command) => plan(command.optsWithGlobals<Options>(), tools));
  parent
    .command('list')
    .description('every rollout, newest first')
    .action((_options, command: Command) => list(command.optsWithGlobals<Options>(), tools));
  parent
    .command('watch [id]')
    .description('how far it is, what is held and why; follows it on a terminal')
    .action((id: string | undefined, _options, command: Command) =>
      withStore(command.optsWithGlobals<Options>(), tools, false, (store, options) =>
        watchRollout(store, id, options.json === true, tools),
      ),
    );
  for (const [name, type, description] of [
    ['start', 'StartRollout', 'let a planned rollout begin'],
    ['pause', 'PauseRollout', 'begin nothing new; what is under way is finished'],
    ['resume', 'ResumeRollout', 'go on after a pause or a halt'],
    ['abort', 'AbortRollout', 'begin nothing new, hand back what drains, end'],
  ] as const) {
    parent
      .command(`${name} <id>`)
      .description(description)
      .option(...actor)
      .option(...reason)
      .action((id: string, _options, command: Command) =>
        ask(id, type, command.optsWithGlobals<Options>(), tools),
      );
  }
};

const withStore = async (
  options: Options,
  tools: CliTools,
  create: boolean,
  use: (store: EventStore, options: Options) => Promise<void>,
): Promise<void> => {
  const store = tools.openStore(options.store, { create });
  try {
    await use(store, options);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new UserError(
      `${error.code}: ${error.message}`,
      remedies[error.code] ?? 'nothing was done',
    );
  } finally {
    store.close();
  }
};

const remedies: Partial<Record<Refusal['code'], string>> = {
  RolloutNotFound: 'see `tuesday rollout list` for those that there are',
  RolloutEnded: 'plan a new one with `tuesday rollout plan`',
  RolloutNotRunning: 'start it first with `tuesday rollout start <id>`',
  NothingToRollOut: 'see `tuesday exposure` for what is unknown, and why',
  ClusterNotDriven: 'raise it with `tuesday cluster mode <name> drive`',
};

const plan = (given: Options, tools: CliTools) =>
  withStore(given, tools, false, async (store, options) => {
    const views = await readViews(store);
    const clusterName = clusterNamed(views, options.cluster);
    const newest = newestTargets(views.channels);
    if (newest === undefined) {
      throw new UserError(
        'no Windows base image release is known yet',
        'read Microsoft’s registry first: `tuesday releases --read`',
      );
    }
    const now = tools.now();
    const command = planRollout(sightOf(views, clusterName, { osReserveMiB }, now), {
      rolloutId: rolloutIdFor(clusterName, newest.publishedAt, [...views.rollouts.keys()]),
      targets: newest.targets,
      emergency: options.emergency === true,
      policy: views.clusters.get(clusterName)?.policy ?? defaultPolicy,
      actor: options.actor,
    });
    const { state } = await send(store, rollout, rolloutStream(command.rolloutId), command, now);
    if (state.status === 'none') return;
    show(state, options, tools);
    if (!options.json) tools.out(`\nstart it with: tuesday rollout start ${state.rolloutId}`);
  });

const list = (given: Options, tools: CliTools) =>
  withStore(given, tools, false, async (store, options) => {
    const views = await readViews(store);
    const newestFirst = [...views.rollouts.values()].toSorted((a, b) => b.plannedAt - a.plannedAt);
    if (newestFirst.length === 0 && !options.json) tools.out('no rollout has been planned yet');
    for (const each of newestFirst) {
      if (options.json) tools.out(JSON.stringify(each));
      else tools.out(`${each.rolloutId}  ${each.status}`);
    }
  });

const ask = (
  id: string,
  type: Exclude<OperatorCommand['type'], 'PlanRollout'>,
  given: Options,
  tools: CliTools,
) =>
  withStore(given, tools, false, async (store, options) => {
    const now = tools.now();
    const views = await readViews(store);
    const found = views.rollouts.get(id);
    if (found === undefined) throw new Refusal('RolloutNotFound', `there is no rollout ${id}`);
    const mode = views.clusters.get(found.clusterName)?.mode ?? 'observe';
    if (type === 'StartRollout' && mode !== 'drive') {
      throw new Refusal('ClusterNotDriven', `${found.clusterName} is in mode ${mode}`);
    }
    const { actor, reason = 'none given' } = options;
    const command = { type, actor, reason, now } as OperatorCommand;
    const { state, events } = await send(store, rollout, rolloutStream(id), command, now);
    if (state.status === 'none') return;
    if (options.json) tools.out(JSON.stringify({ rolloutId: id, status: state.status }));
    else tools.out(`${id} is ${state.status}${events.length === 0 ? ' already' : ''}`);
  });

const show = (state: Rollout, options: Options, tools: CliTools) => {
  if (options.json) tools.out(JSON.stringify(state));
  else for (const line of rolloutLines(state, tools.now())) tools.out(line);
};
