import type { Command } from 'commander';
import { ClusterArn } from '../../events/ids.ts';
import { adoptCluster } from '../../functions/api/contract/clusters.ts';
import { findCluster } from '../../functions/ingest/clusters.ts';
import { inspect } from '../../functions/ticks/inspect.ts';
import { sweep } from '../../functions/ticks/sweep.ts';
import { awsGateways } from '../../infra/aws/clients.ts';
import { type Gateways, isGatewayError } from '../../infra/aws/gateways.ts';
import { followViews } from '../../infra/views/views.ts';
import { type ApiOptions, withApi } from '../api/withApi.ts';
import { count } from '../text.ts';
import type { CliTools } from '../tools.ts';
import { UserError } from '../userError.ts';

type Options = ApiOptions & { readonly json?: boolean };
type Reads = Pick<Gateways, 'ecs' | 'ecr' | 'ec2'>;

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
      '\nNeeds to List and Describe in ECS and to read images in ECR. AWS_REGION says where.' +
        '\nWith --api the stack there takes it into view, by its ARN, and reads it itself.',
    )
    .action((name: string, _options, command: Command) => {
      const options = command.optsWithGlobals<Options>();
      if (options.api !== undefined) return adoptThere(name, options, tools);
      return adopt(name, options, tools, reads());
    });
};

const adoptThere = (arn: string, options: Options, tools: CliTools): Promise<void> => {
  const clusterArn = ClusterArn.safeParse(arn);
  if (!clusterArn.success) {
    throw new UserError(
      `${arn} is no ARN of a cluster, which --api needs`,
      'give one as `aws ecs list-clusters` prints them',
    );
  }
  return withApi(options, tools, async (api) => {
    const body = { clusterArn: clusterArn.data };
    const { name, mode } = await api.call(adoptCluster, { body });
    if (options.json) return tools.out(JSON.stringify({ cluster: name, mode }));
    tools.out(
      `${name} is watched in mode ${mode}; the next sweep reads it, in five minutes at most`,
    );
  });
};

const adopt = async (name: string, options: Options, tools: CliTools, reads: Reads) => {
  const { ecs, ecr, ec2 } = reads;
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
    const { distrusted } = await sweep({ store, views, ecs, ec2, now }, cluster.name);
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
