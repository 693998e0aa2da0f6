import type { Context, DynamoDBRecord } from 'aws-lambda';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { clusterStream } from '../../domain/fleet/shards.ts';
import { ledgerStream } from '../../domain/maintenance/ledger.ts';
import { rolloutStream } from '../../domain/rollout/rollout.ts';
import { stream } from '../../functions/stream.ts';
import { projectViews } from '../../functions/streams/projectViews.ts';
import { effectsOf } from '../../functions/streams/relay.ts';
import { commitReader, placeOf } from '../../infra/eventStore/dynamoCommit.ts';
import { createDynamoEventStore } from '../../infra/eventStore/dynamoEventStore.ts';
import type { EventStore } from '../../infra/eventStore/eventStore.ts';
import { viewsTable } from '../../infra/views/viewsTable.ts';
import { happened, planned, rolloutId } from '../domain/rollout/rolloutBuilder.ts';
import { dynamoDouble } from '../support/dynamoDouble.ts';
import { clusterName } from '../support/fleetBuilder.ts';
import { granted } from '../support/leases.ts';
import { removedByTtl, streamEvent, streamRecord } from '../support/streamRecords.ts';
import { viewTableDouble } from '../support/viewTableDouble.ts';
import { adopted, write } from './record.ts';

const done = { batchItemFailures: [] };
const rolloutAt = rolloutStream(rolloutId);
const ledgerAt = ledgerStream(clusterName);
const tableName = 'events';
const plenty = { getRemainingTimeInMillis: () => 30_000 } as Context;

/** Items beside the commits, as the store writes them for large states. */
const snapshotItem = {
  stream: { S: `snapshot#${rolloutAt}` },
  version: { N: '1000' },
  foldedTo: { N: '3' },
  mark: { S: 'abc' },
  part: { B: Buffer.from('state') },
};
const vocabularyItem = {
  stream: { S: `vocabulary#${rolloutAt}` },
  version: { N: '3' },
  text: { B: Buffer.from('words') },
};

describe('the records of the table stream', () => {
  let record: ReturnType<typeof dynamoDouble>;
  let views: ReturnType<typeof viewTableDouble>;
  let store: EventStore;
  let sent: string[];
  beforeEach(async () => {
    record = dynamoDouble();
    views = viewTableDouble();
    sent = [];
    store = createDynamoEventStore({ tableName, client: record.client().client });
    await write(store, clusterStream(clusterName), adopted('drive'));
    await write(store, rolloutAt, [planned({ instances: ['a'] })]);
    await write(store, ledgerAt, [granted('a')]);
    await write(store, rolloutAt, [happened.started(), happened.rebuildRequested()]);
    await write(store, rolloutAt, [happened.drainIntended()]);
  });

  /** The two consumers, as their handlers put them together, over one stream of records. */
  const consumers = () => {
    const readCommit = commitReader(record.client().client, tableName);
    const table = viewsTable(views.client().client, 'views');
    const project = projectViews({ store, table });
    return {
      relay: stream(async (image) => {
        const commit = await readCommit(image);
        if (commit) sent.push(...effectsOf(commit).map(({ effectId }) => effectId));
      }),
      views: stream(async (image) => {
        const place = placeOf(image);
        if (place) await project(place);
      }),
    };
  };
  const records = () => record.commits().map((item, index) => streamRecord(item, `${index + 1}00`));
  const newest = { [clusterStream(clusterName)]: 1, [ledgerAt]: 1, [rolloutAt]: 3 };
  const intended = ['drain-a', 'rebuild-orders'];

  it('in another order and more than once lead to the same views and effects', async () => {
    const twice = [...records(), ...records()];
    const orders = fc.shuffledSubarray(twice, { minLength: twice.length });
    await fc.assert(
      fc.asyncProperty(orders, async (order) => {
        views.items.clear();
        sent = [];
        const own = consumers();
        expect(await own.relay(streamEvent(...order), plenty)).toEqual(done);
        expect(await own.views(streamEvent(...order), plenty)).toEqual(done);
        expect([...new Set(sent)].toSorted()).toEqual(intended);
        expect(views.versions()).toEqual(newest);
      }),
      { numRuns: 20, seed: 5 },
    );
  });

  it('with gaps: the views fetch what is missing from the record', async () => {
    const last = records().filter(({ dynamodb }) => dynamodb?.Keys?.version?.N === '3');
    expect(last.length).toBe(1);
    expect(await consumers().views(streamEvent(...last), plenty)).toEqual(done);
    expect(views.versions()).toEqual({ [rolloutAt]: 3 });
    const [view] = await viewsTable(views.client().client, 'views').readKind('rollout');
    expect(view?.readState?.()).toMatchObject({ status: 'running', rolloutId });
  });

  it.each<[string, (item: Parameters<typeof streamRecord>[0]) => DynamoDBRecord]>([
    ['removed by TTL', (item) => removedByTtl(item, '1')],
    ['removed by a person', (item) => streamRecord(item, '1', 'REMOVE')],
    ['modified, which no commit ever is', (item) => streamRecord(item, '1', 'MODIFY')],
  ])('of what was %s move nothing', async (_what, told) => {
    const all = [...record.commits(), snapshotItem].map(told);
    const own = consumers();
    expect(await own.relay(streamEvent(...all), plenty)).toEqual(done);
    expect(await own.views(streamEvent(...all), plenty)).toEqual(done);
    expect([sent, views.versions()]).toEqual([[], {}]);
  });

  it('of items that are no commits are passed over by both', async () => {
    const unknown = { stream: { S: 'rollout#x' }, version: { N: '7' }, colour: { S: 'red' } };
    const strange = [snapshotItem, vocabularyItem, unknown].map((item, index) =>
      streamRecord(item, `9${index}`),
    );
    const own = consumers();
    expect(await own.relay(streamEvent(...strange, ...records()), plenty)).toEqual(done);
    expect(await own.views(streamEvent(...strange, ...records()), plenty)).toEqual(done);
    expect(sent.toSorted()).toEqual(intended);
    expect(views.versions()).toEqual(newest);
  });

  it('of which one cannot be read: that one is reported, its neighbours are done', async () => {
    const [first, second] = records().filter(({ dynamodb }) =>
      dynamodb?.Keys?.stream?.S?.startsWith('rollout#'),
    );
    const poison = structuredClone(second);
    if (poison?.dynamodb?.NewImage?.events) {
      poison.dynamodb.NewImage.events = { B: Buffer.from('not packed').toString('base64') };
      poison.dynamodb.SequenceNumber = '666';
    }
    const batch = [first, poison, records().at(-1)].flatMap((each) => each ?? []);
    expect(batch.length).toBe(3);
    expect(await consumers().relay(streamEvent(...batch), plenty)).toEqual({
      batchItemFailures: [{ itemIdentifier: '666' }],
    });
    expect(sent).toEqual(['drain-a']);
    // The views look at the record and not at the image.
    expect(await consumers().views(streamEvent(...batch), plenty)).toEqual(done);
  });

  it('that no time is left for come again, and are not half done', async () => {
    const seen: (string | undefined)[] = [];
    let leftMs = 9_000;
    const door = stream(async ({ version }) => {
      seen.push(version?.N);
      leftMs -= 4_000;
    });
    const context = { getRemainingTimeInMillis: () => leftMs } as Context;
    expect(await door(streamEvent(...records()), context)).toEqual({
      batchItemFailures: ['300', '400', '500'].map((itemIdentifier) => ({ itemIdentifier })),
    });
    expect(seen.length).toBe(2);
  });
});
