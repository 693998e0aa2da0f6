import { GetItemCommand, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { beforeEach, describe, expect, it } from 'vitest';
import { commitReader, placeOf } from '../../infra/eventStore/dynamoCommit.ts';
import { createDynamoEventStore } from '../../infra/eventStore/dynamoEventStore.ts';
import { commitOfItem, itemBytes } from '../../infra/eventStore/dynamoItem.ts';
import type { EventStore } from '../../infra/eventStore/eventStore.ts';
import { dynamoDouble } from '../support/dynamoDouble.ts';
import { at, granted, leases, noise } from '../support/leases.ts';
import { noWaiting } from '../support/noWaiting.ts';
import { streamRecord } from '../support/streamRecords.ts';
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

describeEventStore('a DynamoDB table that answers three kilobytes at a time', () => {
  const double = dynamoDouble({ answerBytes: 3 * 1024 });
  return {
    open: () => createDynamoEventStore({ tableName, client: double.client().client }),
    close: () => {},
  };
});

describe('what is asked of DynamoDB', () => {
  let double: ReturnType<typeof dynamoDouble>;
  let mock: ReturnType<ReturnType<typeof dynamoDouble>['client']>['mock'];
  let store: EventStore;
  beforeEach(() => {
    double = dynamoDouble();
    const made = double.client();
    mock = made.mock;
    const { retries } = noWaiting();
    store = createDynamoEventStore({ tableName, client: made.client, retries });
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

  it('to load a large state: its newest snapshot, and the commits after that', async () => {
    await commit(store, '1', [granted('large', noise(9000))]);
    for (let version = 2; version <= 70; version += 1) {
      await commit(store, `${version}`, [granted(`l-${version}`)]);
    }
    const made = double.client();
    const fresh = createDynamoEventStore({ tableName, client: made.client });
    expect((await fresh.load(stream, leases)).state.events).toBe(70);
    const asked = made.mock.commandCalls(QueryCommand).map(({ args }) => args[0].input);
    // The first commit cost 7 write units, so the 58th is the 64th unit: eight times a snapshot's
    // 8.
    expect(asked.map((query) => query.ExpressionAttributeValues)).toEqual([
      { ':stream': { S: stream } },
      { ':stream': { S: `snapshot#${stream}` }, ':first': { N: '0' }, ':last': { N: '1' } },
      { ':stream': { S: `snapshot#${stream}` }, ':first': { N: '1000' }, ':last': { N: '1000' } },
      { ':stream': { S: stream }, ':after': { N: '58' } },
    ]);
    expect(asked.map((query) => query.ExclusiveStartKey?.version?.N)).toEqual([
      undefined,
      undefined,
      undefined,
      '67',
    ]);
    expect(asked.every((query) => query.ConsistentRead)).toBe(true);
  });

  it('to load a large state again: what came after', async () => {
    await commit(store, '1', [granted('large', noise(9000))]);
    await commit(createDynamoEventStore({ tableName, client: double.client().client }), '2', [
      granted('b'),
    ]);
    mock.resetHistory();
    expect((await store.load(stream, leases)).state.events).toBe(2);
    expect(queries().map((query) => query.ExpressionAttributeValues)).toEqual([
      { ':stream': { S: stream }, ':after': { N: '1' } },
    ]);
  });

  it('to read a stream: upwards from a version, through every page', async () => {
    for (let version = 1; version <= 25; version += 1) {
      await commit(store, `${version}`, [granted(`l-${version}`)]);
    }
    mock.resetHistory();
    const versions = (await store.readStream(stream, 3)).map(({ version }) => version);
    expect(versions).toEqual(Array.from({ length: 22 }, (_, index) => index + 4));
    expect(queries().length).toBe(1);
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

  it('takes a put whose answer was lost for done when it meets it again', async () => {
    const { position } = await store.load(stream, leases);
    const put = double.client().client;
    mock
      .on(PutItemCommand)
      .callsFakeOnce(async (input) => {
        await put.send(new PutItemCommand(input));
        throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
      })
      .callsFake((input) => put.send(new PutItemCommand(input)));
    const ours = { commitId: 'ours', at: at(1), events: [granted('a')] };
    expect((await store.append(position, ours)).version).toBe(1);
    expect([puts().length, gets().length]).toEqual([2, 1]);
    expect((await store.readStream(stream)).map(({ commitId }) => commitId)).toEqual(['ours']);
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
    mock.on(PutItemCommand).rejects(named('AccessDeniedException'));
    await expect(
      store.append(position, { commitId: 'x', at: at(1), events: [granted('a')] }),
    ).rejects.toThrow('AccessDeniedException from AWS');
    expect(puts().length).toBe(1);
  });

  it('has no order over all streams, and says what has', async () => {
    await expect(store.readAll(0, 10)).rejects.toThrow('functions/streams takes its place');
  });
});

describe('an image in the table stream', () => {
  it('is read as the commit that was appended, its bytes as base64', async () => {
    const double = dynamoDouble();
    const { client } = double.client();
    const store = createDynamoEventStore({ tableName, client });
    const holders = Array.from({ length: 20 }, (_, index) =>
      noise(8_000).slice(index * 400, index * 400 + 400),
    );
    for (let version = 1; version <= 60; version += 1) {
      const names = holders.map((_, index) => `l-${(version * 7 + index) % 90}`);
      const events = names.map((name, index) => granted(name, holders[(version + index) % 20]));
      await commit(store, `${version}`, events);
    }
    const images = double.commits().map((item) => streamRecord(item, '1').dynamodb?.NewImage);
    const read = commitReader(client, tableName);
    const commits = await Promise.all(images.map(read));
    expect(commits).toEqual(await store.readStream(stream));
    expect(images.some((image) => image?.vocabulary !== undefined)).toBe(true);
    expect(images.map((image) => image && placeOf(image))).toEqual(
      commits.map((each) => ({ stream, version: each?.version })),
    );
    const others = [...double.items.values()].filter((item) => item.events === undefined);
    expect(others.length).toBeGreaterThanOrEqual(3);
    for (const item of others) {
      const image = streamRecord(item, '1').dynamodb?.NewImage;
      expect(await read(image)).toBeUndefined();
      expect(image && placeOf(image)).toBeUndefined();
    }
    expect(await read(undefined)).toBeUndefined();
  });
});
