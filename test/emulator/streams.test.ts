import { DeleteItemCommand } from '@aws-sdk/client-dynamodb';
import type { Context, DynamoDBRecord } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DynamoDbLocal, startDynamoDbLocal } from '../../bench/dynamoDbLocal.ts';
import { stream as door } from '../../functions/stream.ts';
import { projectViews } from '../../functions/streams/projectViews.ts';
import { commitReader, placeOf } from '../../infra/eventStore/dynamoCommit.ts';
import { createDynamoEventStore } from '../../infra/eventStore/dynamoEventStore.ts';
import type { Commit } from '../../infra/eventStore/eventStore.ts';
import { viewsTable } from '../../infra/views/viewsTable.ts';
import { commit } from '../infra/eventStoreContract.ts';
import { granted, noise } from '../support/leases.ts';
import { streamEvent } from '../support/streamRecords.ts';

const stream = 'disruption#prod';
const plenty = { getRemainingTimeInMillis: () => 30_000 } as Context;

let dynamo: DynamoDbLocal;
beforeAll(async () => {
  dynamo = await startDynamoDbLocal();
});
afterAll(() => dynamo.stop());

/** What Amazon DynamoDB Streams answers, of which the SDK's client is not among our packages. */
const ask = async <Answer>(operation: string, input: object): Promise<Answer> => {
  const answer = await fetch(dynamo.endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `DynamoDBStreams_20120810.${operation}`,
      // DynamoDB Local keeps tables apart by key and Region, and checks no signature.
      authorization:
        'AWS4-HMAC-SHA256 Credential=local/20251014/eu-west-1/dynamodb/aws4_request, ' +
        'SignedHeaders=host, Signature=none',
    },
    body: JSON.stringify(input),
  });
  if (!answer.ok) throw new Error(`${operation}: ${await answer.text()}`);
  return (await answer.json()) as Answer;
};

const recordsOf = async (tableName: string): Promise<readonly DynamoDBRecord[]> => {
  const { Streams: streams } = await ask<{ Streams: { StreamArn: string }[] }>('ListStreams', {
    TableName: tableName,
  });
  const StreamArn = streams[0]?.StreamArn;
  type Described = { StreamDescription: { Shards: { ShardId: string }[] } };
  const { StreamDescription: described } = await ask<Described>('DescribeStream', { StreamArn });
  const records: DynamoDBRecord[] = [];
  for (const { ShardId } of described.Shards) {
    const { ShardIterator: first } = await ask<{ ShardIterator: string }>('GetShardIterator', {
      StreamArn,
      ShardId,
      ShardIteratorType: 'TRIM_HORIZON',
    });
    let iterator: string | undefined = first;
    for (let empty = 0; iterator !== undefined && empty < 3; ) {
      type Page = { Records: DynamoDBRecord[]; NextShardIterator?: string };
      const page: Page = await ask<Page>('GetRecords', { ShardIterator: iterator });
      records.push(...page.Records);
      empty = page.Records.length === 0 ? empty + 1 : 0;
      iterator = page.NextShardIterator;
    }
  }
  return records;
};

describe('the stream of a table on DynamoDB Local', () => {
  it('tells every commit, as the functions read it, and what is none', async () => {
    const tableName = await dynamo.createTable('EventTable');
    const client = dynamo.client();
    const store = createDynamoEventStore({ tableName, client });
    const holders = Array.from({ length: 20 }, (_, index) =>
      noise(8_000).slice(index * 400, index * 400 + 400),
    );
    for (let version = 1; version <= 60; version += 1) {
      const events = holders.map((_, index) =>
        granted(`l-${(version * 7 + index) % 90}`, holders[(version + index) % 20]),
      );
      await commit(store, `${version}`, events);
    }
    await client.send(
      new DeleteItemCommand({
        TableName: tableName,
        Key: { stream: { S: `snapshot#${stream}` }, version: { N: '0' } },
      }),
    );
    const records = await recordsOf(tableName);
    const read = commitReader(client, tableName);
    const commits: Commit[] = [];
    const handle = door(async (image) => {
      const told = await read(image);
      if (told !== undefined) commits.push(told);
    });
    const done = { batchItemFailures: [] };
    expect(await handle(streamEvent(...records), plenty)).toEqual(done);
    expect(commits.toSorted((a, b) => a.version - b.version)).toEqual(
      await store.readStream(stream),
    );
    expect(records.some(({ dynamodb }) => dynamodb?.NewImage?.vocabulary)).toBe(true);
    expect(records.some(({ dynamodb }) => dynamodb?.NewImage?.part)).toBe(true);
    expect(records.map(({ eventName }) => eventName)).toContain('REMOVE');

    const viewTable = await dynamo.createTable('ViewTable');
    const table = viewsTable(dynamo.client(), viewTable);
    const project = projectViews({ store, table });
    const toViews = door(async (image) => {
      const place = placeOf(image);
      if (place !== undefined) await project(place);
    });
    expect(await toViews(streamEvent(...records.toReversed()), plenty)).toEqual(done);
    const [view] = await table.readKind('disruption');
    expect([view?.stream, view?.version]).toEqual([stream, 60]);
  });
});
