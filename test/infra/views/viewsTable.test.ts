import { PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import * as fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { type ViewsTable, viewsTable } from '../../../infra/views/viewsTable.ts';
import { noise } from '../../support/leases.ts';
import { noWaiting } from '../../support/noWaiting.ts';
import { viewTableDouble } from '../../support/viewTableDouble.ts';

const tableName = 'tuesday-views';
const stream = 'fleet#shop#0';
const stateShape = 'fleet/1';

const aView = (version: number, state: unknown = { version }, name = stream) => ({
  stream: name,
  version,
  stateShape,
  state,
});
/** What is read where the parts do not belong together. */
const torn = (version: number) => ({ ...aView(version), state: undefined });
const large = (bytes: number) => ({ text: noise(bytes) });

describe('the view table', () => {
  let double: ReturnType<typeof viewTableDouble>;
  let mock: ReturnType<ReturnType<typeof viewTableDouble>['client']>['mock'];
  let table: ViewsTable;
  beforeEach(() => {
    double = viewTableDouble();
    const made = double.client();
    mock = made.mock;
    table = viewsTable(made.client, tableName, noWaiting().retries);
  });

  const puts = () => mock.commandCalls(PutItemCommand).map(({ args }) => args[0].input);
  const queries = () => mock.commandCalls(QueryCommand).map(({ args }) => args[0].input);
  const fleet = async () =>
    (await table.readKind('fleet')).map(({ readState, ...view }) => ({
      ...view,
      state: readState?.(),
    }));

  it('takes a view by one put, unless a newer one stands there', async () => {
    expect(await table.put(aView(7))).toBe(true);
    expect(puts()).toEqual([
      {
        TableName: tableName,
        Item: {
          kind: { S: 'fleet' },
          stream: { S: stream },
          version: { N: '7' },
          stateShape: { S: stateShape },
          parts: { N: '1' },
          mark: { S: expect.any(String) },
          state: { B: expect.any(Uint8Array) },
        },
        ConditionExpression: 'attribute_not_exists(#version) OR #version < :version',
        ExpressionAttributeNames: { '#version': 'version' },
        ExpressionAttributeValues: { ':version': { N: '7' } },
      },
    ]);
    expect(await fleet()).toEqual([aView(7)]);
  });

  it('reads a kind consistently, through every page, and no other kind', async () => {
    const names = Array.from({ length: 7 }, (_, shard) => `fleet#shop#${shard}`);
    for (const name of [...names, 'channel#windows/servercore:ltsc2022']) {
      await table.put(aView(1, {}, name));
    }
    expect((await fleet()).map((view) => view.stream)).toEqual(names);
    expect(queries().length).toBe(3);
    for (const query of queries()) {
      expect(query).toMatchObject({
        TableName: tableName,
        KeyConditionExpression: '#kind = :kind',
        ExpressionAttributeNames: { '#kind': 'kind' },
        ExpressionAttributeValues: { ':kind': { S: 'fleet' } },
        ConsistentRead: true,
      });
    }
    expect(await table.readKind('rollout')).toEqual([]);
  });

  it('ends at the newest version, in whatever order and however often they come', async () => {
    const version = fc.integer({ min: 1, max: 9 });
    const bytes = fc.constantFrom(10, 500_000, 900_000);
    const views = fc.array(fc.tuple(version, bytes), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(views, async (order) => {
        double.items.clear();
        const sizes = new Map(order);
        for (const [each] of order) await table.put(aView(each, large(sizes.get(each) ?? 0)));
        const newest = Math.max(...order.map(([each]) => each));
        expect(await fleet()).toEqual([aView(newest, large(sizes.get(newest) ?? 0))]);
      }),
      { numRuns: 20 },
    );
  });

  it('spreads over items what one has no room for, and shrinks back to one', async () => {
    const was = large(1_500_000);
    await table.put(aView(1, was));
    expect(double.items.size).toBeGreaterThan(2);
    expect(await fleet()).toEqual([aView(1, was)]);
    await table.put(aView(2));
    expect(await fleet()).toEqual([aView(2)]);
  });

  it('gives no state while a large one is half written, and takes a second try', async () => {
    await table.put(aView(1, large(1_500_000)));
    const head = double.items.get(`fleet ${stream}`) ?? {};
    const newer = large(1_500_001);
    await table.put(aView(2, newer));
    // As where the second write broke off: its parts are there, and the head is still the old one.
    double.items.set(`fleet ${stream}`, head);
    expect(await fleet()).toEqual([torn(1)]);

    // The same version folded once more need not have the same bytes.
    const again = { ...newer, also: noise(900_000) };
    await table.put(aView(2, again));
    expect(await fleet()).toEqual([aView(2, again)]);
  });

  it('gives no state when a part is missing', async () => {
    await table.put(aView(1, large(1_500_000)));
    double.items.delete(`fleet ${stream}#part#2`);
    expect(await fleet()).toEqual([torn(1)]);
  });

  it('says that throttling means later, and which setting names a missing table', async () => {
    const named = (name: string) => Object.assign(new Error(name), { name });
    mock.onAnyCommand().rejects(named('ThrottlingException'));
    await expect(table.put(aView(1))).rejects.toMatchObject({ code: 'StoreBusy' });
    await expect(table.readKind('fleet')).rejects.toMatchObject({ code: 'StoreBusy' });
    mock.onAnyCommand().rejects(named('ResourceNotFoundException'));
    const remedy = { code: 'StoreUnusable', remedy: 'deploy first, or mend VIEW_TABLE' };
    await expect(table.put(aView(1))).rejects.toMatchObject(remedy);
    await expect(table.readKind('fleet')).rejects.toMatchObject(remedy);
  });
});
