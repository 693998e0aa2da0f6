import {
  DescribeTableCommand,
  type DynamoDBClient,
  PutItemCommand,
  QueryCommand,
  type QueryCommandInput,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DynamoDbLocal, startDynamoDbLocal } from '../../bench/dynamoDbLocal.ts';
import { fold } from '../../domain/decider.ts';
import type { DisruptionEvent } from '../../events/disruption.ts';
import { createDynamoEventStore } from '../../infra/eventStore/dynamoEventStore.ts';
import { itemBytes } from '../../infra/eventStore/dynamoItem.ts';
import { commit, describeEventStore } from '../infra/eventStoreContract.ts';
import { dynamoDouble } from '../support/dynamoDouble.ts';
import { granted, leases, noise } from '../support/leases.ts';

const stream = 'disruption#prod';

let dynamo: DynamoDbLocal;
beforeAll(async () => {
  dynamo = await startDynamoDbLocal();
});
afterAll(() => dynamo.stop());

describeEventStore('a table of DynamoDB Local', async () => {
  const tableName = await dynamo.createTable('EventTable');
  return {
    open: () => createDynamoEventStore({ tableName, client: dynamo.client() }),
    close: () => {},
  };
});

describe('the event table', () => {
  it('is created as the template says, with its stream', async () => {
    const tableName = await dynamo.createTable('EventTable');
    const { Table: table } = await dynamo
      .client()
      .send(new DescribeTableCommand({ TableName: tableName }));
    expect(table?.KeySchema).toEqual([
      { AttributeName: 'stream', KeyType: 'HASH' },
      { AttributeName: 'version', KeyType: 'RANGE' },
    ]);
    expect(table?.StreamSpecification).toEqual({
      StreamEnabled: true,
      StreamViewType: 'NEW_IMAGE',
    });
  });

  it('is paged through beyond 1 MB: stream, tail and snapshot', async () => {
    const tableName = await dynamo.createTable('EventTable');
    const store = createDynamoEventStore({ tableName, client: dynamo.client() });
    const holder = (version: number) => `${version}`.repeat(3) + noise(250_000 + version * 7);
    for (let version = 1; version <= 40; version += 1) {
      await commit(store, `${version}`, [granted(`l-${version % 4}`, holder(version))]);
    }
    const other = createDynamoEventStore({ tableName, client: dynamo.client() });
    const commits = await other.readStream(stream);
    expect(commits.map(({ version }) => version)).toEqual(
      Array.from({ length: 40 }, (_, index) => index + 1),
    );
    const events = commits.flatMap((each) => each.events as readonly DisruptionEvent[]);
    expect((await other.load(stream, leases)).state).toEqual(fold(leases, events));
    const first = await dynamo.client().send(new QueryCommand(allOf(tableName)));
    expect(first.LastEvaluatedKey).toBeDefined();
  });
});

const allOf = (tableName: string): QueryCommandInput => ({
  TableName: tableName,
  KeyConditionExpression: '#stream = :stream',
  ExpressionAttributeNames: { '#stream': 'stream' },
  ExpressionAttributeValues: { ':stream': { S: stream } },
});

describe('the double', () => {
  /** The same items in both, of sizes around the limits of an answer. */
  const both = async (sizes: readonly number[]) => {
    const tableName = await dynamo.createTable('EventTable');
    const double = dynamoDouble().client().client;
    const real = dynamo.client();
    for (const [index, bytes] of sizes.entries()) {
      const keys = { stream: { S: stream }, version: { N: `${index + 1}` } };
      const rest = bytes - itemBytes({ ...keys, body: { B: Buffer.alloc(0) } });
      const put = new PutItemCommand({
        TableName: tableName,
        Item: { ...keys, body: { B: Buffer.alloc(rest, 1) } },
        ConditionExpression: 'attribute_not_exists(#stream)',
        ExpressionAttributeNames: { '#stream': 'stream' },
      });
      await real.send(put);
      await double.send(put);
    }
    const pages = async (client: DynamoDBClient, more: Partial<QueryCommandInput>) => {
      const lengths: number[] = [];
      let from: QueryCommandInput['ExclusiveStartKey'];
      do {
        const page = await client.send(
          new QueryCommand({ ...allOf(tableName), ...more, ExclusiveStartKey: from }),
        );
        lengths.push(page.Items?.length ?? 0);
        from = page.LastEvaluatedKey;
      } while (from !== undefined);
      return lengths;
    };
    return {
      real: (more = {}) => pages(real, more),
      double: (more = {}) => pages(double, more),
    };
  };

  it.each([
    ['quarters of an answer', Array.from({ length: 9 }, () => 256 * 1024)],
    ['a byte more', Array.from({ length: 9 }, () => 256 * 1024 + 1)],
    ['small and large', [100, 390_000, 100, 390_000, 390_000, 100, 390_000, 100, 100]],
  ])('ends its answers where the real one does: %s', async (_what, sizes) => {
    const tables = await both(sizes);
    for (const more of [{}, { ScanIndexForward: false }, { Limit: 3 }]) {
      expect(await tables.double(more)).toEqual(await tables.real(more));
    }
  });

  it('counts the bytes of an item as the real one does: 400 KB and not one more', async () => {
    await both([400 * 1024]);
    await expect(both([400 * 1024 + 1])).rejects.toThrow('Item size has exceeded');
  });
});
