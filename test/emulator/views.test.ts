import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type DynamoDbLocal, startDynamoDbLocal } from '../../bench/dynamoDbLocal.ts';
import { clusterStream } from '../../domain/fleet/shards.ts';
import { ledgerStream } from '../../domain/maintenance/ledger.ts';
import { rolloutStream } from '../../domain/rollout/rollout.ts';
import { observe } from '../../functions/observe.ts';
import { projectViews } from '../../functions/streams/projectViews.ts';
import { rebuildViews } from '../../functions/streams/rebuildViews.ts';
import { createDynamoEventStore } from '../../infra/eventStore/dynamoEventStore.ts';
import type { EventStore } from '../../infra/eventStore/eventStore.ts';
import { openSqliteEventStore } from '../../infra/eventStore/sqliteEventStore.ts';
import { dynamoViews } from '../../infra/views/dynamoViews.ts';
import { noteWrites } from '../../infra/views/ownWrites.ts';
import { recordedStreams } from '../../infra/views/recordedStreams.ts';
import { readViews } from '../../infra/views/views.ts';
import { viewsTable } from '../../infra/views/viewsTable.ts';
import { happened, planned, rolloutId } from '../domain/rollout/rolloutBuilder.ts';
import { adopted, write } from '../functions/record.ts';
import { told } from '../infra/views/laggingRecord.ts';
import { anInstance, at, clusterName } from '../support/fleetBuilder.ts';
import { granted, noise } from '../support/leases.ts';

let dynamo: DynamoDbLocal;
beforeAll(async () => {
  dynamo = await startDynamoDbLocal();
});
afterAll(() => dynamo.stop());

const sees = (store: EventStore, name: string, minute: number) => {
  const instance = { kind: 'instance', instance: anInstance(name), from: 'event' } as const;
  return observe(store, { name: clusterName, shards: 1 }, [instance], at(minute));
};

const beginning = async (store: EventStore) => {
  await write(store, clusterStream(clusterName), adopted('drive'));
  await sees(store, 'a', 1);
  await write(store, rolloutStream(rolloutId), [planned({ instances: ['a'] })]);
  await write(store, ledgerStream(clusterName), [granted('a')]);
};
const goesOn = async (store: EventStore) => {
  await sees(store, 'b', 2);
  await write(store, rolloutStream(rolloutId), [happened.started()]);
  await write(store, ledgerStream(clusterName), [granted('b')]);
};

describe('the views over tables of DynamoDB Local', () => {
  let eventTable: string;
  let viewTable: string;
  let store: EventStore;
  let local: EventStore;
  const both = async (happens: (into: EventStore) => Promise<void>) => {
    await happens(store);
    await happens(local);
  };
  const whole = async () => told(await readViews(local));
  const anInstanceOfControl = () => {
    const own = createDynamoEventStore({ tableName: eventTable, client: dynamo.client() });
    return dynamoViews(dynamo.client(), viewTable, noteWrites(own));
  };
  const table = () => viewsTable(dynamo.client(), viewTable);
  const rebuild = () =>
    rebuildViews({
      streams: recordedStreams(dynamo.client(), eventTable),
      project: projectViews({ store, table: table() }),
    });

  beforeEach(async () => {
    eventTable = await dynamo.createTable('EventTable');
    viewTable = await dynamo.createTable('ViewTable');
    store = createDynamoEventStore({ tableName: eventTable, client: dynamo.client() });
    local = openSqliteEventStore(':memory:');
    await both(beginning);
  });

  it('are those of the record once the table is rebuilt from it', async () => {
    expect((await anInstanceOfControl().catchUp()).clusters.size).toBe(0);
    expect(await rebuild()).toBe(4);
    expect(told(await anInstanceOfControl().catchUp())).toEqual(await whole());
    await both(goesOn);
    expect(await rebuild()).toBe(4);
    expect(told(await anInstanceOfControl().catchUp())).toEqual(await whole());
  });

  it('catch up with the record for the cluster that is named', async () => {
    await rebuild();
    await both(goesOn);
    expect(told(await anInstanceOfControl().catchUp(clusterName))).toEqual(await whole());
  });

  it('take a state of several items, and nothing older over a newer one', async () => {
    const state = { text: noise(1_500_000) };
    const view = { stream: 'fleet#shop#9', stateShape: 'fleetShard/2', state };
    expect(await table().put({ ...view, version: 2 })).toBe(true);
    expect(await table().put({ ...view, version: 1 })).toBe(false);
    const { Items: items = [] } = await dynamo
      .client()
      .send(new ScanCommand({ TableName: viewTable }));
    expect(items.length).toBeGreaterThan(2);
    const [read] = await table().readKind('fleet');
    expect([read?.version, read?.readState?.()]).toEqual([2, state]);
  });
});
