import type { Command } from 'commander';
import type { Answer } from '../../functions/api/contract/contract.ts';
import { explainPlacement } from '../../functions/api/contract/placements.ts';
import { type ApiOptions, withApi } from '../api/withApi.ts';
import { clusterNamed } from '../clusterNamed.ts';
import { explanationLines, type NamedInstances } from '../explain/explanationLines.ts';
import { isoJson } from '../isoJson.ts';
import type { CliTools } from '../tools.ts';

type Options = ApiOptions & { readonly json?: boolean; readonly cluster?: string };

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

const explain = (task: string, options: Options, tools: CliTools): Promise<void> =>
  withApi(options, tools, async (api) => {
    const cluster = await clusterNamed(api, options.cluster);
    const asked = { parameters: { cluster }, query: { task } };
    const { instances, ...answer } = await api.call(explainPlacement, asked);
    const { subject, explained, recorded } = answer;
    if (options.json) tools.out(isoJson({ subject, ...explained, recorded }));
    else
      for (const line of explanationLines(byArn(instances), subject, explained, recorded)) {
        tools.out(line);
      }
  });

type Named = Answer<typeof explainPlacement>['instances'];

const byArn = (instances: Named): NamedInstances => ({
  instances: new Map(
    instances.map(({ containerInstanceArn, ec2InstanceId, availabilityZone = null }) => [
      containerInstanceArn,
      { ec2InstanceId, attributes: { 'ecs.availability-zone': availabilityZone } },
    ]),
  ),
});
