import {
  DescribeCapacityProvidersCommand,
  DescribeClustersCommand,
  type ECSClient,
  GetTaskProtectionCommand,
} from '@aws-sdk/client-ecs';
import * as z from 'zod';
import { ClusterArn, Instant } from '../../events/ids.ts';
import { calling } from './awsError.ts';
import { absent, list, Moment, readShape, withoutUndefined } from './awsShape.ts';
import type {
  CapacityProvider,
  EcsCapacityReads,
  EcsCluster,
  TaskProtection,
} from './ecsCapacityPort.ts';
import { type Failure, failureError, refuseFailures } from './ecsFailures.ts';
import { inBatches, pages } from './pages.ts';

/** Most names that one call takes (ECS API Reference). */
const batchMax = 100;

type Sender = Pick<ECSClient, 'send'>;

export const createEcsCapacityReads = (client: Sender): EcsCapacityReads => ({
  describeCluster: async (cluster) => {
    const command = new DescribeClustersCommand({ clusters: [cluster], include: ['SETTINGS'] });
    const answer = await calling('read', 'DescribeClusters', client.send(command));
    refuseFailures(answer.failures, 'DescribeClusters');
    return answer.clusters?.map(clusterFrom)[0];
  },
  describeCapacityProviders: (names) =>
    inBatches(names, batchMax, (batch) => describeProviders(client, batch)),
  getTaskProtection: (cluster, taskArns) =>
    inBatches(taskArns, batchMax, (batch) => taskProtection(client, cluster, batch)),
});

const RawCluster = z.object({
  clusterArn: ClusterArn,
  status: z.string(),
  settings: list(z.object({ name: z.string(), value: z.string() })),
  capacityProviders: list(z.string()),
  defaultCapacityProviderStrategy: list(z.object({ capacityProvider: z.string() })),
});

const clusterFrom = (raw: unknown): EcsCluster => {
  const { settings, defaultCapacityProviderStrategy, ...cluster } = readShape(
    RawCluster,
    raw,
    'cluster',
  );
  const defaults = defaultCapacityProviderStrategy.map(({ capacityProvider }) => capacityProvider);
  return {
    ...cluster,
    settings: Object.fromEntries(settings.map(({ name, value }) => [name, value])),
    defaultCapacityProviders: defaults,
  };
};

const describeProviders = async (client: Sender, names: readonly string[]) => {
  const found = await pages('DescribeCapacityProviders', async (nextToken) => {
    const capacityProviders = [...names];
    const command = new DescribeCapacityProvidersCommand({ capacityProviders, ...nextToken });
    const page = await client.send(command);
    refuseFailures(page.failures, 'DescribeCapacityProviders');
    return { items: page.capacityProviders, nextToken: page.nextToken };
  });
  return found.map(providerFrom);
};

const Switch = z.string().transform((status) => status === 'ENABLED');

const RawProvider = z.object({
  name: z.string(),
  status: z.string(),
  autoScalingGroupProvider: absent(
    z.object({
      autoScalingGroupArn: z.string(),
      managedScaling: absent(
        z.object({
          status: absent(Switch),
          targetCapacity: absent(z.int()),
          minimumScalingStepSize: absent(z.int()),
          maximumScalingStepSize: absent(z.int()),
          instanceWarmupPeriod: absent(z.int()),
        }),
      ),
      managedTerminationProtection: absent(Switch),
      managedDraining: absent(Switch),
    }),
  ),
});

const providerFrom = (raw: unknown): CapacityProvider => {
  const { name, status, autoScalingGroupProvider } = readShape(
    RawProvider,
    raw,
    'capacity provider',
  );
  if (autoScalingGroupProvider === undefined) return { name, status };
  const { managedScaling: scaling, ...group } = autoScalingGroupProvider;
  const isManaged = scaling?.status === true;
  return {
    name,
    status,
    group: withoutUndefined({
      ...group,
      managedScaling: isManaged,
      targetCapacityPercent: isManaged ? scaling.targetCapacity : undefined,
      minimumScalingStepSize: isManaged ? scaling.minimumScalingStepSize : undefined,
      maximumScalingStepSize: isManaged ? scaling.maximumScalingStepSize : undefined,
      instanceWarmupSeconds: isManaged ? scaling.instanceWarmupPeriod : undefined,
      managedTerminationProtection: group.managedTerminationProtection === true,
    }),
  };
};

/** What ECS answers for a task of no service (ECS Developer Guide, task scale-in protection). */
const ofNoService = 'TASK_NOT_VALID';

const RawProtection = z.object({
  taskArn: z.string(),
  protectionEnabled: z.boolean(),
  expirationDate: absent(Moment.pipe(Instant)),
});

const taskProtection = async (
  client: Sender,
  cluster: string,
  taskArns: readonly string[],
): Promise<readonly TaskProtection[]> => {
  const command = new GetTaskProtectionCommand({ cluster, tasks: [...taskArns] });
  const answer = await calling('read', 'GetTaskProtection', client.send(command));
  const failure = answer.failures?.find(
    ({ reason }: Failure) => reason !== 'MISSING' && reason !== ofNoService,
  );
  if (failure !== undefined) throw failureError(failure, 'GetTaskProtection');
  return (answer.protectedTasks ?? []).map((raw) => {
    const task = readShape(RawProtection, raw, 'task protection');
    const { taskArn, protectionEnabled, expirationDate: expiresAt } = task;
    return withoutUndefined({ taskArn, protected: protectionEnabled, expiresAt });
  });
};
