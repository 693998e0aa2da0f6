import type { Command } from 'commander';
import { findCluster } from '../../functions/ingest/clusters.ts';
import { inspect } from '../../functions/ticks/inspect.ts';
import { sweep } from '../../functions/ticks/sweep.ts';
import { awsGateways } from '../../infra/aws/clients.ts';
import { type Gateways, isGatewayError } from '../../infra/aws/gateways.ts';
import { followViews } from '../../infra/views/views.ts';
import { count } from '../text.ts';
import type { CliTools } from '../tools.ts';
import { UserError } from '../userError.ts';

type Options = { readonly store: string; readonly json?: boolean };
type Reads = Pick<Gateways, 'ecs' | 'ecr'>;

/** A busy registry is left alone for a while; a person would rather see what there is. */
const inspectionsMax = 10;

/**
 * `tuesday cluster adopt <name>`: reads a live cluster whole, with the credentials and the region
 * that the AWS SDK finds, and takes it into the record in mode `observe`. Writes nothing on AWS.
 */
export const adoptCommand = (
  parent: Command,
  tools: CliTools,
  reads: () => Reads = () => awsGateways({ busName: 'none' }),
): void => {
  parent
    .command('adopt <name>')
    .description('read a live cluster with your AWS credentials, and watch it in mode observe')
    .addHelpText(
      'after',
      '\nNeeds to List and Describe in ECS and to read images in ECR. AWS_REGION says where.',
    )
    .action((name: string, _options, command: Command) =>
      adopt(name, command.optsWithGlobals<Options>(), tools, reads()),
    );
};

const adopt = async (name: string, options: Options, tools: CliTools, reads: Reads) => {
  const { ecs, ecr } = reads;
  const arn = await ecs.findCluster(name).catch((error: unknown) => {
    if (!isGatewayError(error)) throw error;
    throw new UserError(
      `ECS did not answer for ${name}: ${error.message}`,
      'check AWS_REGION and the credentials: `aws sts get-caller-identity`',
    );
  });
  if (arn === undefined) {
    throw new UserError(
      `there is no ACTIVE cluster ${name} in this account and region`,
      'see `aws ecs list-clusters`, and AWS_REGION',
    );
  }
  const store = tools.openStore(options.store, { create: true });
  try {
    const { now } = tools;
    const cluster = await findCluster(store, arn, now());
    const views = followViews(store);
    const { distrusted } = await sweep({ store, views, ecs, now }, cluster.name);
    const held = await inspectAll({ store, views, ecr, now });
    const view = (await views.catchUp()).fleet(cluster.name);
    const { instances, services } = view;
    const running = [...view.tasks.values()].filter(({ lastStatus }) => lastStatus === 'RUNNING');
    if (options.json) {
      const counts = { instances: instances.size, services: services.size, tasks: running.length };
      tools.out(JSON.stringify({ cluster: cluster.name, mode: cluster.mode, ...counts, held }));
      return;
    }
    const fleet = `${count(instances.size, 'instance')}, ${count(services.size, 'service')}`;
    tools.out(`${cluster.name} is watched in mode ${cluster.mode}: ${fleet},`);
    tools.out(`${count(running.length, 'running task')}; nothing was written on AWS`);
    for (const line of [...distrusted, ...held]) tools.out(`  left open: ${line}`);
    tools.out('');
    tools.out('Next:');
    for (const next of ['releases --read', 'exposure', 'rollout plan']) {
      tools.out(`  npm run tuesday -- ${next} --store ${options.store}`);
    }
  } finally {
    store.close();
  }
};

/** Until every image was looked at once, or a registry asks to be left alone. */
const inspectAll = async (tools: Parameters<typeof inspect>[0]): Promise<readonly string[]> => {
  for (let pass = 1; ; pass += 1) {
    const { held = [] } = await inspect(tools);
    const isWaiting = held.some((line) => /images wait for a later pass/.test(line));
    if (!isWaiting || pass >= inspectionsMax) return held;
  }
};
