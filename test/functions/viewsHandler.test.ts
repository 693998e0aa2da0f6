import { DynamoDBClient, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import type { Context, DynamoDBRecord } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { clusterStream } from '../../domain/fleet/shards.ts';
import { ledgerStream } from '../../domain/maintenance/ledger.ts';
import { rolloutStream } from '../../domain/rollout/rollout.ts';
import { createDynamoEventStore } from '../../infra/eventStore/dynamoEventStore.ts';
import type { EventStore } from '../../infra/eventStore/eventStore.ts';
import { happened, planned, rolloutId } from '../domain/rollout/rolloutBuilder.ts';
import { dynamoDouble } from '../support/dynamoDouble.ts';
import { clusterName } from '../support/fleetBuilder.ts';
import { granted } from '../support/leases.ts';
import { streamEvent, streamRecord } from '../support/streamRecords.ts';
import { viewTableDouble } from '../support/viewTableDouble.ts';
import { adopted, write } from './record.ts';

const context = { getRemainingTimeInMillis: () => 30_000 } as Context;
const clusterAt = clusterStream(clusterName);
const ledgerAt = ledgerStream(clusterName);
const rolloutAt = rolloutStream(rolloutId);
const done = { batchItemFailures: [] };

/** The environment as serverless.yml sets it. */
const environment = {
  EVENT_TABLE: 'events',
  VIEW_TABLE: 'views',
  BUS_NAME: 'tuesday-dev',
  EFFECT_QUEUE_URL: 'https://sqs.eu-west-1.amazonaws.com/123456789012/effects',
  CONTROL_QUEUE_URL: 'https://sqs.eu-west-1.amazonaws.com/123456789012/control.fifo',
  AWS_REGION: 'eu-west-1',
};

/** The door as it is deployed, in an instance that was just started. */
const started = async () => {
  vi.resetModules();
  return (await import('../../functions/streams/viewsHandler.ts')).handler;
};

describe('the door of the views', () => {
  let record: ReturnType<typeof dynamoDouble>;
  let views: ReturnType<typeof viewTableDouble>;
  let aws: ReturnType<typeof mockClient>;
  let viewClient: DynamoDBClient;
  let store: EventStore;
  let puts: string[];
  /** Streams that the record does not answer for. */
  let broken: Set<string | undefined>;

  beforeEach(async () => {
    for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
    record = dynamoDouble();
    views = viewTableDouble();
    puts = [];
    broken = new Set();
    // Made before the class is mocked, because that would be undone by mocking one of its clients.
    const recordClient = record.client().client;
    viewClient = views.client().client;
    store = createDynamoEventStore({ tableName: 'events', client: recordClient });
    aws = mockClient(DynamoDBClient);
    aws.on(QueryCommand, { TableName: 'events' }).callsFake((input) => {
      const asked = input.ExpressionAttributeValues[':stream'].S;
      if (broken.has(asked)) throw new Error(`${asked} cannot be read now`);
      return recordClient.send(new QueryCommand(input));
    });
    aws.on(PutItemCommand, { TableName: 'views' }).callsFake((input) => {
      puts.push(`${input.Item.stream.S} ${input.Item.version.N}`);
      return viewClient.send(new PutItemCommand(input));
    });
    await write(store, clusterAt, adopted('drive'));
    await write(store, rolloutAt, [planned({ instances: ['a'] })]);
    await write(store, ledgerAt, [granted('a')]);
    await write(store, rolloutAt, [happened.started()]);
    await write(store, rolloutAt, [happened.learnt()]);
  });
  afterEach(() => {
    aws.restore();
    vi.unstubAllEnvs();
  });

  const records = (eventName?: DynamoDBRecord['eventName']) =>
    [...record.items.values()].map((item, index) => streamRecord(item, `${index + 1}`, eventName));
  const newest = { [clusterAt]: 1, [ledgerAt]: 1, [rolloutAt]: 3 };

  it('puts the state of every stream, once a batch', async () => {
    const handler = await started();
    expect(await handler(streamEvent(...records()), context)).toEqual(done);
    expect(views.versions()).toEqual(newest);
    expect(puts).toEqual([`${clusterAt} 1`, `${rolloutAt} 3`, `${ledgerAt} 1`]);
  });

  it('ends at the newest of each stream, in whatever order they come, and twice', async () => {
    const batches = fc
      .shuffledSubarray([...records(), ...records()], { minLength: records().length * 2 })
      .chain((all) =>
        fc.nat(all.length).map((cut) => [all.slice(0, cut), all.slice(cut)] as const),
      );
    const restarts = fc.boolean();
    await fc.assert(
      fc.asyncProperty(batches, restarts, async ([first, second], restart) => {
        views.items.clear();
        const handler = await started();
        expect(await handler(streamEvent(...first), context)).toEqual(done);
        const next = restart ? await started() : handler;
        expect(await next(streamEvent(...second), context)).toEqual(done);
        expect(views.versions()).toEqual(newest);
      }),
      { numRuns: 20 },
    );
  });

  it('overwrites nothing newer when its look at the record was the older one', async () => {
    const slow = await started();
    let letGo = () => {};
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const isOld = { Item: { version: { N: '3' } } };
    aws.on(PutItemCommand, isOld).callsFake(async (input) => {
      await held;
      return viewClient.send(new PutItemCommand(input));
    });
    const before = slow(streamEvent(...records().slice(-1)), context);
    await vi.waitFor(() => expect(aws.commandCalls(PutItemCommand, isOld)).toHaveLength(1));
    await write(store, rolloutAt, [happened.drainIntended()]);
    const quick = await started();
    await quick(streamEvent(...records().slice(-1)), context);
    letGo();
    expect(await before).toEqual(done);
    expect(views.versions()).toEqual({ [rolloutAt]: 4 });
  });

  it('reports the records of a stream that cannot be read, and does the others', async () => {
    broken.add(rolloutAt);
    const handler = await started();
    expect(await handler(streamEvent(...records()), context)).toEqual({
      batchItemFailures: ['2', '4', '5'].map((itemIdentifier) => ({ itemIdentifier })),
    });
    expect(views.versions()).toEqual({ [clusterAt]: 1, [ledgerAt]: 1 });
    broken.clear();
    expect(await handler(streamEvent(...records().slice(1)), context)).toEqual(done);
    expect(views.versions()).toEqual(newest);
  });

  it('leaves streams of a newer Tuesday alone, whatever their events are', async () => {
    const theirs = {
      stream: { S: 'notYetKnown#a' },
      version: { N: '1' },
      commitId: { S: 'theirs' },
      at: { N: '0' },
      events: { B: Buffer.from('in another form') },
    };
    const handler = await started();
    expect(await handler(streamEvent(streamRecord(theirs, '9')), context)).toEqual(done);
    expect(aws.calls()).toEqual([]);
  });

  it.each(['MODIFY', 'REMOVE'] as const)('takes no notice of a %s', async (eventName) => {
    const handler = await started();
    expect(await handler(streamEvent(...records(eventName)), context)).toEqual(done);
    expect(aws.calls()).toEqual([]);
  });
});
