import type { Scope } from '../events/aws/scope.ts';
import { Instant } from '../events/ids.ts';
import { awsGateways, awsQueue } from './aws/clients.ts';
import type { Gateways } from './aws/gateways.ts';
import type { QueueGateway } from './aws/queue.ts';
import { type Config, readConfig } from './config.ts';
import { commitReader, type ReadCommit } from './eventStore/dynamoCommit.ts';
import { createDynamoEventStore } from './eventStore/dynamoEventStore.ts';
import { oneTryClient, systemRetries } from './eventStore/dynamoRetries.ts';
import type { EventStore } from './eventStore/eventStore.ts';
import { lazily } from './lazily.ts';
import type { RegistryClient } from './registry/registryClient.ts';
import { noteWrites } from './views/ownWrites.ts';
import { recordedStreams } from './views/recordedStreams.ts';
import type { FollowedViews } from './views/views.ts';
import type { ViewsTable } from './views/viewsTable.ts';

/** What a Lambda function may use of the world around it. */
export type LambdaTools = {
  readonly store: EventStore;
  /** The commit of an item as the table's stream tells it. */
  readonly readCommit: ReadCommit;
  readonly views: FollowedViews;
  /** Where functions/streams/views puts what the other functions look at. */
  readonly viewsTable: ViewsTable;
  /** Every stream of the record, by a scan of all of it. */
  readonly recordedStreams: () => AsyncIterable<string>;
  readonly gateways: Gateways;
  readonly registry: RegistryClient;
  /** Where the relay and the sweep put work. */
  readonly queues: { readonly effects: QueueGateway; readonly control: QueueGateway };
  /** Set by the environment: what this Tuesday watches. */
  readonly scope: Scope;
  readonly now: () => Instant;
};

/** The views function writes at most every minute (serverless.yml): more often is no use. */
const viewsFreshMs = 30_000;

let made: LambdaTools | undefined;

/** The tools over real AWS, made once for the life of a function instance. */
export const lambdaTools = (): LambdaTools => {
  made ??= makeTools(readConfig(process.env));
  return made;
};

const makeTools = (config: Config): LambdaTools => {
  const client = oneTryClient();
  const store = noteWrites(createDynamoEventStore({ tableName: config.eventTable, client }));
  return {
    store,
    readCommit: commitReader(client, config.eventTable),
    views: lazily(async () => {
      const { dynamoViews } = await import('./views/dynamoViews.ts');
      return dynamoViews(client, config.viewTable, store, systemRetries, viewsFreshMs);
    }),
    viewsTable: lazily(async () => {
      const { viewsTable } = await import('./views/viewsTable.ts');
      return viewsTable(client, config.viewTable);
    }),
    recordedStreams: () => recordedStreams(client, config.eventTable),
    gateways: awsGateways({ busName: config.busName }),
    registry: lazily(async () => {
      const { createRegistryClient } = await import('./registry/dockerRegistryClient.ts');
      return createRegistryClient(config.registryUrl);
    }),
    queues: { effects: awsQueue(config.effectQueueUrl), control: awsQueue(config.controlQueueUrl) },
    scope: { clusters: config.clusters, accounts: config.accounts, regions: config.regions },
    now: () => Instant.parse(Date.now()),
  };
};
