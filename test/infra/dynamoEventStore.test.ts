import { GetItemCommand, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { beforeEach, describe, expect, it } from 'vitest';
import { commitOf } from '../../infra/eventStore/dynamoCommit.ts';
import { createDynamoEventStore } from '../../infra/eventStore/dynamoEventStore.ts';
import { commitOfItem, itemBytes } from '../../infra/eventStore/dynamoItem.ts';
import type { EventStore } from '../../infra/eventStore/eventStore.ts';
import { dynamoDouble } from '../support/dynamoDouble.ts';
import { at, granted, leases, noise } from '../support/leases.ts';
import { commit, describeEventStore } from './eventStoreContract.ts';

const tableName = 'tuesday-events';
const stream = 'disruption#prod';

describeEventStore('a DynamoDB table', () => {
  const double = dynamoDouble();
  return {
    open: () => createDynamoEventStore({ tableName, client: double.client().client }),
    close: () => {},
  };
});

const named = (name: string) => Object.assign(new Error(`${name} from AWS`), { name });

describe('what is asked of DynamoDB', () => {
  let double: ReturnType<typeof dynamoDouble>;
  let mock: ReturnType<ReturnType<typeof dynamoDouble>['client']>['mock'];
  let store: EventStore;
  beforeEach(() => {
    double = dynamoDouble();
    const made = double.client();
    mock = made.mock;
    store = createDynamoEventStore({ tableName, client: made.client });
  });

  const puts = () => mock.commandCalls(PutItemCommand).map(({ args }) => args[0].input);
  const gets = () => mock.commandCalls(GetItemCommand).map(({ args }) => args[0].input);
  const queries = () => mock.commandCalls(QueryCommand).map(({ args }) => args[0].input);

  it('to append: one conditional put of one item, and nothing else', async () => {
    const { position } = await store.load(stream, leases);
    mock.resetHistory();
    await store.append(position, { commitId: 'command-1', at: at(7), events: [granted('a')] });
    expect(mock.calls().length).toBe(1);
    expect(puts()).toEqual([
      {
        TableName: tableName,
        Item: {
          stream: { S: stream },
          version: { N: '1' },
          commitId: { S: 'command-1' },
          at: { N: '7' },
          events: { B: expect.any(Uint8Array) },
        },
        ConditionExpression: 'attribute_not_exists(#stream)',
        ExpressionAttributeNames: { '#stream': 'stream' },
      },
    ]);
    const [item] = [...double.items.values()];
    expect(item && commitOfItem(item)).toEqual({
      stream,
      version: 1,
      commitId: 'command-1',
      at: 7,
      events: [granted('a')],
    });
  });

  it('to load: the newest four, consistently, and no more when one has the state', async () => {
    for (let version = 1; version <= 9; version += 1) {
      await commit(store, `${version}`, [granted('same', noise(2000 + version))]);
    }
    mock.resetHistory();
    expect((await store.load(stream, leases)).position.version).toBe(9);
    expect(queries()).toEqual([
      {
        TableName: tableName,
        KeyConditionExpression: '#stream = :stream',
        ExpressionAttributeNames: { '#stream': 'stream' },
        ExpressionAttributeValues: { ':stream': { S: stream } },
        ScanIndexForward: false,
        ConsistentRead: true,
        Limit: 4,
      },
    ]);
  });

  it('to load a large state: pages back to where it is kept', async () => {
    await commit(store, '1', [granted('large', noise(9000))]);
    for (let version = 2; version <= 60; version += 1) {
      await commit(store, `${version}`, [granted(`l-${version}`)]);
    }
    mock.resetHistory();
    expect((await store.load(stream, leases)).state.events).toBe(60);
    // The double answers ten at most: 60..57, then 56..47, 46..37 and 36..27, where version 32 is.
    expect(queries().map(({ Limit: limit }) => limit)).toEqual([4, 28, undefined, undefined]);
    expect(queries().map((query) => query.ExclusiveStartKey?.version?.N)).toEqual([
      undefined,
      '57',
      '47',
      '37',
    ]);
  });

  it('to read a stream: upwards from a version, through every page', async () => {
    for (let version = 1; version <= 25; version += 1) {
      await commit(store, `${version}`, [granted(`l-${version}`)]);
    }
    mock.resetHistory();
    const versions = (await store.readStream(stream, 3)).map(({ version }) => version);
    expect(versions).toEqual(Array.from({ length: 22 }, (_, index) => index + 4));
    expect(queries().length).toBe(3);
    expect(queries()[0]).toMatchObject({
      KeyConditionExpression: '#stream = :stream AND #version > :after',
      ExpressionAttributeNames: { '#stream': 'stream', '#version': 'version' },
      ConsistentRead: true,
    });
  });

  it('after a failed condition: whose commit stands there, read consistently', async () => {
    const { position } = await store.load(stream, leases);
    const ours = { commitId: 'ours', at: at(1), events: [granted('a')] };
    await store.append(position, ours);
    mock.resetHistory();
    expect((await store.append(position, ours)).version).toBe(1);
    expect(gets()).toEqual([
      {
        TableName: tableName,
        Key: { stream: { S: stream }, version: { N: '1' } },
        ConsistentRead: true,
        ProjectionExpression: 'commitId',
      },
    ]);
  });

  it('takes the state along while the whole item is one write unit', async () => {
    await commit(store, '1', [granted('a')]);
    await commit(store, '2', [granted('b', noise(2000))]);
    await commit(store, '3', [granted('c')]);
    await commit(store, '4', [granted('d')]);
    const items = [...double.items.values()];
    expect(items.map((item) => item.state !== undefined)).toEqual([true, false, false, true]);
    expect(items.map((item) => itemBytes(item) <= 1024)).toEqual([true, false, true, false]);
  });

  it('leaves a state out that no item has room for, and still loads', async () => {
    for (let version = 1; version <= 33; version += 1) {
      const holder = version <= 3 ? noise(200_000) : 'h';
      await commit(store, `${version}`, [granted(`l-${version}`, holder)]);
    }
    expect([...double.items.values()].every((item) => item.state === undefined)).toBe(true);
    expect((await store.load(stream, leases)).state.events).toBe(33);
  });

  it('refuses a commit that no item has room for', async () => {
    const { position } = await store.load(stream, leases);
    const events = [granted('a', noise(600_000))];
    await expect(store.append(position, { commitId: 'x', at: at(1), events })).rejects.toThrow(
      'disruption#prod takes at most 400 KB at once',
    );
    expect(puts()).toEqual([]);
  });

  it('says that throttling means later, on every request', async () => {
    const { position } = await store.load(stream, leases);
    mock.reset();
    mock.onAnyCommand().rejects(named('ProvisionedThroughputExceededException'));
    const busy = { code: 'StoreBusy', message: 'DynamoDB throttles table tuesday-events' };
    const one = { commitId: 'x', at: at(1), events: [granted('a')] };
    await expect(store.load(stream, leases)).rejects.toMatchObject(busy);
    await expect(store.readStream(stream)).rejects.toMatchObject(busy);
    await expect(store.append(position, one)).rejects.toMatchObject(busy);
  });

  it('names the table that is not there', async () => {
    mock.onAnyCommand().rejects(named('ResourceNotFoundException'));
    await expect(store.load(stream, leases)).rejects.toMatchObject({
      code: 'StoreUnusable',
      remedy: 'deploy first, or mend EVENT_TABLE',
    });
  });

  it('passes other failures on as they are, and takes none for a conflict', async () => {
    const { position } = await store.load(stream, leases);
    mock.on(PutItemCommand).rejects(named('InternalServerError'));
    await expect(
      store.append(position, { commitId: 'x', at: at(1), events: [granted('a')] }),
    ).rejects.toThrow('InternalServerError from AWS');
  });

  it('has no order over all streams, and says what has', async () => {
    await expect(store.readAll(0, 10)).rejects.toThrow('functions/streams takes its place');
  });
});

describe('a record of the table stream', () => {
  it('holds the commit that was appended, its bytes as base64', async () => {
    const double = dynamoDouble();
    const store = createDynamoEventStore({ tableName, client: double.client().client });
    await commit(store, 'command-1', [granted('a'), granted('b')]);
    const [item = {}] = [...double.items.values()];
    const image = Object.fromEntries(
      Object.entries(item).map(([name, { S: text, N: digits, B: bytes }]) => [
        name,
        bytes ? { B: Buffer.from(bytes).toString('base64') } : text ? { S: text } : { N: digits },
      ]),
    ) as Record<string, { S?: string; N?: string; B?: string }>;
    expect(image.state?.B).toEqual(expect.any(String));
    expect(commitOf(image as Parameters<typeof commitOf>[0])).toEqual(
      (await store.readStream(stream))[0],
    );
  });

  it('without an image holds none', () => {
    expect(commitOf(undefined)).toBeUndefined();
  });
});
