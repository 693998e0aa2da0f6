import {
  DescribeClustersCommand,
  DescribeContainerInstancesCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  type ECSClient,
  ListContainerInstancesCommand,
  ListServicesCommand,
  ListTasksCommand,
} from '@aws-sdk/client-ecs';
import { ClusterArn, type Instant } from '../../events/ids.ts';
import { calling } from './awsError.ts';
import type { EcsCapacityReads } from './ecsCapacityPort.ts';
import { createEcsCapacityReads } from './ecsCapacityReads.ts';
import { refuseFailures } from './ecsFailures.ts';
import { serviceFromEcs, taskDefinitionFromEcs } from './ecsServiceShapes.ts';
import { instanceFromEcs, taskFromEcs } from './ecsShapes.ts';
import type { EcsGateway } from './gateways.ts';
import { inBatches, pages } from './pages.ts';

/** Most names that one Describe call takes, and one List page holds (ECS API Reference). */
const instancesMax = 100;
const tasksMax = 100;
const servicesMax = 10;
const pageMax = 100;

type Sender = Pick<ECSClient, 'send'>;

type EcsReads = EcsCapacityReads &
  Pick<
    EcsGateway,
    | 'findCluster'
    | 'listInstances'
    | 'listTasks'
    | 'listServices'
    | 'describeTasks'
    | 'describeTaskDefinition'
    | 'describeInstance'
    | 'describeInstances'
    | 'describeService'
  >;

/**
 * The half of the ECS gateway that changes nothing. Listings are read to their last page, because
 * half a listing would look like a fleet half gone.
 */
export const createEcsReads = (client: Sender): EcsReads => ({
  ...createEcsCapacityReads(client),
  findCluster: (cluster) => findCluster(client, cluster),
  listInstances: (cluster) => listInstances(client, cluster),
  listTasks: (cluster) => listTasks(client, cluster),
  listServices: (cluster, now) => listServices(client, cluster, now),
  describeTasks: (cluster, arns) => describeTasks(client, cluster, arns),
  describeTaskDefinition: (arn) => describeTaskDefinition(client, arn),
  describeInstance: async (cluster, arn) => (await describeInstances(client, cluster, [arn]))[0],
  describeInstances: (cluster, arns) => describeInstances(client, cluster, arns),
  describeService: async (cluster, arn, now) =>
    (await describeServices(client, cluster, [arn], now))[0],
});

const findCluster = async (client: Sender, cluster: string) => {
  const command = new DescribeClustersCommand({ clusters: [cluster] });
  const answer = await calling('read', 'DescribeClusters', client.send(command));
  refuseFailures(answer.failures, 'DescribeClusters');
  const active = answer.clusters?.find(({ status }) => status === 'ACTIVE');
  const parsed = ClusterArn.safeParse(active?.clusterArn);
  return parsed.success ? parsed.data : undefined;
};

const listInstances = async (client: Sender, cluster: string) => {
  const arns = await pages('ListContainerInstances', async (nextToken) => {
    const command = new ListContainerInstancesCommand({
      cluster,
      maxResults: pageMax,
      ...nextToken,
    });
    const page = await client.send(command);
    return { items: page.containerInstanceArns, nextToken: page.nextToken };
  });
  return inBatches(arns, instancesMax, (batch) => describeInstances(client, cluster, batch));
};

const describeInstances = async (
  client: Sender,
  cluster: string,
  containerInstances: readonly string[],
) => {
  const command = new DescribeContainerInstancesCommand({
    cluster,
    containerInstances: [...containerInstances],
  });
  const answer = await calling('read', 'DescribeContainerInstances', client.send(command));
  refuseFailures(answer.failures, 'DescribeContainerInstances');
  return (answer.containerInstances ?? []).map(instanceFromEcs);
};

/**
 * Two listings, since the default one leaves out what is stopped (API, ListTasks desiredStatus).
 */
const listTasks = async (client: Sender, cluster: string) => {
  const arns = new Set<string>();
  // RUNNING first: a task that stops between the two listings is then seen in the second.
  for (const desiredStatus of ['RUNNING', 'STOPPED'] as const) {
    const listed = await pages('ListTasks', async (nextToken) => {
      const command = new ListTasksCommand({
        cluster,
        desiredStatus,
        maxResults: pageMax,
        ...nextToken,
      });
      const page = await client.send(command);
      return { items: page.taskArns, nextToken: page.nextToken };
    });
    for (const arn of listed) arns.add(arn);
  }
  return inBatches([...arns], tasksMax, (tasks) => describeTasks(client, cluster, tasks));
};

const describeTasks = async (client: Sender, cluster: string, tasks: readonly string[]) => {
  const command = new DescribeTasksCommand({ cluster, tasks: [...tasks] });
  const answer = await calling('read', 'DescribeTasks', client.send(command));
  refuseFailures(answer.failures, 'DescribeTasks');
  return (answer.tasks ?? []).map(taskFromEcs);
};

const listServices = async (client: Sender, cluster: string, now: Instant) => {
  const arns = await pages('ListServices', async (nextToken) => {
    const command = new ListServicesCommand({ cluster, maxResults: pageMax, ...nextToken });
    const page = await client.send(command);
    return { items: page.serviceArns, nextToken: page.nextToken };
  });
  return inBatches(arns, servicesMax, (batch) => describeServices(client, cluster, batch, now));
};

const describeServices = async (
  client: Sender,
  cluster: string,
  services: readonly string[],
  now: Instant,
) => {
  const command = new DescribeServicesCommand({ cluster, services: [...services] });
  const answer = await calling('read', 'DescribeServices', client.send(command));
  refuseFailures(answer.failures, 'DescribeServices');
  return (answer.services ?? []).flatMap((service) => serviceFromEcs(service, now) ?? []);
};

const describeTaskDefinition = async (client: Sender, arn: string) => {
  const command = new DescribeTaskDefinitionCommand({ taskDefinition: arn });
  const answer = await calling('read', 'DescribeTaskDefinition', client.send(command));
  return taskDefinitionFromEcs(answer.taskDefinition);
};
