import { type Command, Option } from 'commander';
import { exposureOf } from '../../domain/patching/exposure.ts';
import { readViews } from '../../infra/views/views.ts';
import { clusterNamed } from '../clusterNamed.ts';
import { exposureLines, exposureObjects, type Grouping, groupings } from '../exposureLines.ts';
import { isoJson } from '../isoJson.ts';
import type { CliTools } from '../tools.ts';

type Options = {
  readonly store: string;
  readonly json?: boolean;
  readonly cluster?: string;
  readonly by?: Grouping;
};

/**
 * `tuesday exposure`: who runs behind, by what and since when, and what cannot be judged and why.
 */
export const exposureCommand = (program: Command, tools: CliTools): void => {
  program
    .command('exposure')
    .description('what runs behind, by how many releases, since when')
    .option('--cluster <name>', 'the cluster, where more than one is known')
    .addOption(
      new Option('--by <what>', 'one line for each; the default is by channel and service').choices(
        groupings,
      ),
    )
    .action((_options, command: Command) => show(command.optsWithGlobals<Options>(), tools));
};

const show = async (options: Options, tools: CliTools): Promise<void> => {
  const store = tools.openStore(options.store, { create: false });
  try {
    const views = await readViews(store);
    const { channels, amis, images } = views;
    const view = views.fleet(clusterNamed(views, options.cluster));
    const report = exposureOf({ view, channels, amis, images, now: tools.now() });
    if (options.json) {
      for (const each of exposureObjects(report, options.by)) tools.out(isoJson(each));
    } else {
      for (const line of exposureLines(report, options.by)) tools.out(line);
    }
  } finally {
    store.close();
  }
};
