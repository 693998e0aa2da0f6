import { type Command, Option } from 'commander';
import type { ExposureReport } from '../../domain/patching/exposure.ts';
import {
  getExposure,
  listExposedInstances,
  listExposedTasks,
} from '../../functions/api/contract/exposure.ts';
import { type Api, everyItem } from '../api/api.ts';
import { type ApiOptions, withApi } from '../api/withApi.ts';
import { clusterNamed } from '../clusterNamed.ts';
import { exposureLines, exposureObjects, type Grouping, groupings } from '../exposureLines.ts';
import { isoJson } from '../isoJson.ts';
import type { CliTools } from '../tools.ts';

type Options = ApiOptions & {
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

const show = (options: Options, tools: CliTools): Promise<void> =>
  withApi(options, tools, async (api) => {
    const report = await reportOf(api, await clusterNamed(api, options.cluster), options.by);
    if (options.json) {
      for (const each of exposureObjects(report, options.by)) tools.out(isoJson(each));
    } else {
      for (const line of exposureLines(report, options.by)) tools.out(line);
    }
  });

/** Tasks and instances one by one are asked for only where they are shown. */
const reportOf = async (
  api: Api,
  cluster: string,
  by: Grouping | undefined,
): Promise<ExposureReport> => {
  const parameters = { cluster };
  const tasks = (query: object) => api.call(listExposedTasks, { parameters, query });
  const instances = (query: object) => api.call(listExposedInstances, { parameters, query });
  return {
    ...(await api.call(getExposure, { parameters })),
    tasks: by === 'task' ? await everyItem(tasks) : [],
    instances: by === 'instance' ? await everyItem(instances) : [],
  };
};
