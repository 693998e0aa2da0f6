import {
  CreateEventBusCommand,
  EventBridgeClient,
  PutRuleCommand,
  PutTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import { DeleteMessageCommand, ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { vi } from 'vitest';
import { type DynamoDbLocal, startDynamoDbLocal } from '../../bench/dynamoDbLocal.ts';
import type { Cloud } from '../../infra/local/cloud.ts';
import { matchesPattern } from '../../infra/local/eventPattern.ts';
import { type FunctionPattern, readEventPatterns } from '../../infra/local/patterns.ts';
import {
  createQueue,
  drainQueue,
  followStream,
  invoke,
  type Queue,
  sendAll,
  sqsClient,
} from './lambda.ts';

const account = '111122223333';
const busName = 'tuesday';
const minute = 60_000;

/** Where each AWS service is to be found, as AWS_ENDPOINT_URL_<SERVICE> says it. */
export type Endpoints = { readonly simulated: string; readonly moto: string };

const functions = {
  ingest: {
    name: 'ingest',
    batchSize: 100,
    load: () => import('../../functions/ingest/handler.ts'),
  },
  control: {
    name: 'control',
    batchSize: 10,
    load: () => import('../../functions/ticks/controlHandler.ts'),
  },
  effects: {
    name: 'effects',
    batchSize: 10,
    load: () => import('../../functions/effects/handler.ts'),
  },
};

const ticks = {
  watch: () => import('../../functions/ticks/watchHandler.ts'),
  inspect: () => import('../../functions/ticks/inspectHandler.ts'),
  sweep: () => import('../../functions/ticks/sweepHandler.ts'),
  wake: () => import('../../functions/ticks/wakeHandler.ts'),
};

const relay = () => import('../../functions/streams/relayHandler.ts');
const views = () => import('../../functions/streams/viewsHandler.ts');

type Queues = Readonly<Record<'ingest' | 'effects' | 'control' | 'announced', Queue>>;

type Place = {
  readonly cloud: Cloud;
  readonly sqs: SQSClient;
  readonly queues: Queues;
  readonly stream: ReturnType<typeof followStream>;
  readonly patterns: readonly FunctionPattern[];
  /** Detail types of what was put on our bus. */
  readonly announced: string[];
  /** What ticks ended in. */
  readonly failures: string[];
};

/**
 * The control plane as it runs on AWS: its handlers with nothing but an environment, behind real
 * queues, a real stream and a real bus. This is what Lambda, EventBridge and its Scheduler do
 * between them.
 */
export const startPlane = async (cloud: Cloud, { simulated, moto }: Endpoints) => {
  const dynamo = await startDynamoDbLocal();
  const sqs = sqsClient(moto);
  const queues: Queues = {
    ingest: await createQueue(sqs, 'ingest'),
    effects: await createQueue(sqs, 'effects'),
    control: await createQueue(sqs, 'control.fifo'),
    announced: await createQueue(sqs, 'announced'),
  };
  await announceTo(moto, queues.announced);
  const tables = {
    events: await dynamo.createTable('EventTable'),
    views: await dynamo.createTable('ViewTable'),
  };
  setEnvironment({ simulated, moto, dynamo, queues, tables });
  const place: Place = {
    cloud,
    sqs,
    queues,
    stream: followStream(dynamo.endpoint, tables.events),
    patterns: readEventPatterns('serverless.yml', { 'AWS::AccountId': account }),
    announced: [],
    failures: [],
  };
  return {
    announced: place.announced,
    failures: place.failures,
    live: () => live(place),
    stop: async () => {
      sqs.destroy();
      await dynamo.stop();
    },
  };
};

/** Five minutes of the simulated AWS, and everything that Lambda would do in them. */
const live = async (place: Place): Promise<void> => {
  const { cloud, sqs, queues } = place;
  cloud.advance(cloud.now() + 5 * minute);
  vi.setSystemTime(cloud.now());
  await deliverEvents(place);
  await drainQueue(sqs, queues.ingest, functions.ingest);
  await scheduled(place, 'watch');
  await scheduled(place, 'inspect');
  if ((cloud.now() / minute) % 30 === 0) await scheduled(place, 'sweep');
  await scheduled(place, 'wake');
  for (let round = 0; round < 6; round += 1) {
    const seen = await followRecord(place);
    const controlled = await drainQueue(sqs, queues.control, functions.control);
    const carried = await drainQueue(sqs, queues.effects, functions.effects);
    if (seen + controlled + carried === 0) break;
  }
  await build(place);
};

/** A tick that fails is told by an alarm; the next one does its work. */
const scheduled = async ({ cloud, failures }: Place, name: keyof typeof ticks): Promise<void> => {
  const time = new Date(cloud.now()).toISOString().replace(/\.\d+/, '');
  const told = (error: unknown) => failures.push(`${name}: ${error}`);
  await invoke(ticks[name], name, { time }).catch(told);
};

const deliverEvents = async ({ cloud, sqs, queues, patterns }: Place): Promise<void> => {
  for (;;) {
    const pending = cloud.pendingEvents(500);
    const last = pending.at(-1);
    if (last === undefined) return;
    const wanted = pending.filter(({ event }) =>
      patterns.some(
        ({ function: name, pattern }) =>
          name === 'ingest' && matchesPattern(pattern, event as object),
      ),
    );
    const bodies = wanted.map(({ event }) => JSON.stringify(event));
    await sendAll(sqs, queues.ingest, bodies);
    cloud.acknowledge(last.sequence);
  }
};

const followRecord = async ({ stream }: Place): Promise<number> => {
  const inserted = (await stream()).filter(({ eventName }) => eventName === 'INSERT');
  if (inserted.length === 0) return 0;
  for (let start = 0; start < inserted.length; start += 25) {
    await invoke(relay, 'relay', { Records: inserted.slice(start, start + 25) });
  }
  await invoke(views, 'views', { Records: inserted });
  return inserted.length;
};

/** What is asked for on our bus: whoever builds images answers by pushing. */
const build = async ({ cloud, sqs, queues, announced }: Place): Promise<void> => {
  const QueueUrl = queues.announced.url;
  for (;;) {
    const command = new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 });
    const { Messages = [] } = await sqs.send(command);
    if (Messages.length === 0) return;
    for (const { Body = '{}', ReceiptHandle } of Messages) {
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
      const event = JSON.parse(Body) as Readonly<Record<string, unknown>>;
      const DetailType = String(event['detail-type']);
      announced.push(DetailType);
      if (DetailType !== 'Image Rebuild Requested') continue;
      const Detail = JSON.stringify(event.detail);
      const entry = { Source: event.source, DetailType, Detail, EventBusName: busName };
      cloud.call('events', 'PutEvents', { Entries: [entry] });
    }
  }
};

const announceTo = async (endpoint: string, queue: Queue): Promise<void> => {
  const client = new EventBridgeClient({
    endpoint,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  await client.send(new CreateEventBusCommand({ Name: busName }));
  const rule = { Name: 'all', EventBusName: busName };
  await client.send(new PutRuleCommand({ ...rule, EventPattern: '{"source":["tuesday"]}' }));
  await client.send(
    new PutTargetsCommand({
      Rule: 'all',
      EventBusName: busName,
      Targets: [{ Id: 'q', Arn: queue.arn }],
    }),
  );
  client.destroy();
};

const setEnvironment = ({
  simulated,
  moto,
  dynamo,
  queues,
  tables,
}: Endpoints & {
  readonly dynamo: DynamoDbLocal;
  readonly queues: Readonly<Record<'effects' | 'control', Queue>>;
  readonly tables: { readonly events: string; readonly views: string };
}): void => {
  const environment = {
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL_ECS: simulated,
    AWS_ENDPOINT_URL_ECR: simulated,
    AWS_ENDPOINT_URL_SSM: simulated,
    AWS_ENDPOINT_URL_AUTO_SCALING: simulated,
    AWS_ENDPOINT_URL_EC2: simulated,
    AWS_ENDPOINT_URL_ELASTIC_LOAD_BALANCING_V2: moto,
    AWS_ENDPOINT_URL_CLOUDWATCH: moto,
    AWS_ENDPOINT_URL_DYNAMODB: dynamo.endpoint,
    AWS_ENDPOINT_URL_SQS: moto,
    AWS_ENDPOINT_URL_EVENTBRIDGE: moto,
    REGISTRY_URL: simulated,
    EVENT_TABLE: tables.events,
    VIEW_TABLE: tables.views,
    BUS_NAME: busName,
    EFFECT_QUEUE_URL: queues.effects.url,
    CONTROL_QUEUE_URL: queues.control.url,
    TUESDAY_CLUSTERS: 'shop',
    TUESDAY_ACCOUNTS: account,
    TUESDAY_REGIONS: 'eu-west-1',
    POWERTOOLS_METRICS_DISABLED: 'true',
    POWERTOOLS_LOG_LEVEL: 'SILENT',
  };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
};
