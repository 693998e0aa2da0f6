import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { beforeEach, describe, expect, it } from 'vitest';
import { clusterStream, fleetStream } from '../../../domain/fleet/shards.ts';
import { ledgerStream } from '../../../domain/maintenance/ledger.ts';
import { rolloutStream } from '../../../domain/rollout/rollout.ts';
import { amiStream } from '../../../domain/windows/ami.ts';
import { RolloutId } from '../../../events/ids.ts';
import { observe } from '../../../functions/observe.ts';
import type { EventStore } from '../../../infra/eventStore/eventStore.ts';
import { openSqliteEventStore } from '../../../infra/eventStore/sqliteEventStore.ts';
import { readViews } from '../../../infra/views/views.ts';
import { happened, planned, rolloutId } from '../../domain/rollout/rolloutBuilder.ts';
import { adopted, write } from '../../functions/record.ts';
import { anAmiFamily, anInstance, at, clusterName, october } from '../../support/fleetBuilder.ts';
import { granted } from '../../support/leases.ts';
import { laggingRecord, told } from './laggingRecord.ts';

const rolloutAt = rolloutStream(rolloutId);
const ledgerAt = ledgerStream(clusterName);
const fleetAt = fleetStream(clusterName, 0);
const { family, channel, amis } = anAmiFamily(october);
const published = amis.map((ami) => ({ type: 'AmiPublished', data: { family, channel, ...ami } }));

const sees = (store: EventStore, name: string, minute: number) => {
  const instance = { kind: 'instance', instance: anInstance(name), from: 'event' } as const;
  return observe(store, { name: clusterName, shards: 1 }, [instance], at(minute));
};

/** A driven cluster of one instance, with an AMI, a rollout, and a lease. */
const beginning = async (store: EventStore) => {
  await write(store, clusterStream(clusterName), adopted('drive'));
  await sees(store, 'a', 1);
  await write(store, amiStream(family), published);
  await write(store, rolloutAt, [planned({ instances: ['a'] })]);
  await write(store, ledgerAt, [granted('a')]);
};

/** What happens afterwards, to every stream that steps and leases are decided over. */
const goesOn = async (store: EventStore) => {
  await write(store, clusterStream(clusterName), adopted('advise').slice(1));
  await sees(store, 'b', 2);
  await write(store, rolloutAt, [happened.started()]);
  await write(store, ledgerAt, [granted('b')]);
};

describe('the views over the view table', () => {
  let around: ReturnType<typeof laggingRecord>;
  let local: EventStore;
  /** The same facts on SQLite, which is read whole: what the views ought to be. */
  const both = async (happens: (store: EventStore) => Promise<void>) => {
    await happens(around.outside);
    await happens(local);
  };
  const whole = async () => told(await readViews(local));
  beforeEach(async () => {
    around = laggingRecord();
    local = openSqliteEventStore(':memory:');
    await both(beginning);
    await around.bringUp();
  });

  it('are those of the record, and ask it nothing where no cluster is named', async () => {
    const { views, asked } = around.instance();
    const seen = await views.catchUp();
    expect(told(seen)).toEqual(await whole());
    expect(seen.upTo).toBe(around.record.items.size);
    expect(asked).toEqual([]);
  });

  it('lag behind the record where no cluster is named', async () => {
    const before = await whole();
    await both(goesOn);
    const { views } = around.instance();
    expect(told(await views.catchUp())).toEqual(before);
    await around.bringUp();
    expect(told(await views.catchUp())).toEqual(await whole());
  });

  it('are up to date for the cluster that is named, however far the table is behind', async () => {
    await both(goesOn);
    const { views, asked } = around.instance();
    expect(told(await views.catchUp(clusterName))).toEqual(await whole());
    // Only what came after the table's version is read, not the stream from a state of its own.
    expect(asked.filter((each) => each.startsWith('read')).toSorted()).toEqual(
      [clusterStream(clusterName), ledgerAt, fleetAt, rolloutAt]
        .map((stream) => `read ${stream} after 1`)
        .toSorted(),
    );
    await both(async (store) => {
      await sees(store, 'c', 3);
    });
    expect(told(await views.catchUp(clusterName))).toEqual(await whole());
  });

  it('know a named cluster of which the table has nothing yet', async () => {
    around.views.items.clear();
    const { views } = around.instance();
    const seen = await views.catchUp(clusterName);
    const { clusters, fleet, ledger } = await whole();
    expect(told(seen)).toMatchObject({ clusters, fleet, ledger });
    expect((await views.catchUp('elsewhere')).clusters.has('elsewhere')).toBe(false);
  });

  it('show what this instance wrote, a new rollout too, whatever is named', async () => {
    const { views, store } = around.instance();
    const other = RolloutId.parse('rollout-shop-2025-11-11');
    const plan = planned({ instances: ['a'] });
    await write(store, rolloutStream(other), [
      { ...plan, data: { ...plan.data, rolloutId: other } },
    ]);
    await write(store, ledgerAt, [granted('b')]);
    const seen = await views.catchUp();
    expect([...seen.rollouts.keys()]).toEqual([rolloutId, other]);
    expect(Object.keys(seen.ledger(clusterName).leases)).toEqual(['a', 'b']);
  });

  it('look again after what this instance wrote when the record could not be read', async () => {
    const { views, store, asked } = around.instance();
    await write(store, ledgerAt, [granted('b')]);
    const { readStream } = store;
    Object.assign(store, { readStream: () => Promise.reject(new Error('connection reset')) });
    await expect(views.catchUp()).rejects.toThrow('connection reset');
    Object.assign(store, { readStream });
    asked.length = 0;
    expect(Object.keys((await views.catchUp()).ledger(clusterName).leases)).toEqual(['a', 'b']);
    await views.catchUp();
    expect(asked).toEqual([`read ${ledgerAt} after 1`]);
  });

  it('leave rollouts alone that have ended and hold nothing', async () => {
    await both((store) => write(store, rolloutAt, [happened.started(), happened.completed()]));
    await around.bringUp();
    const { views, asked } = around.instance();
    expect(told(await views.catchUp(clusterName))).toEqual(await whole());
    expect(asked.filter((each) => each.includes('rollout#'))).toEqual([]);
  });

  it('fold a state of another shape from the record, once', async () => {
    for (const item of around.views.items.values()) {
      item.stateShape = { S: 'of last year' };
      item.state = { B: Buffer.from('not what it was') };
    }
    const { views, asked } = around.instance();
    expect(told(await views.catchUp())).toEqual(await whole());
    expect(asked).toHaveLength(around.views.items.size);
    await views.catchUp();
    expect(asked).toHaveLength(around.views.items.size);
  });

  it('fold a state that was caught half written from the record', async () => {
    const item = around.views.items.get(`fleet ${fleetAt}`);
    around.views.items.set(`fleet ${fleetAt}`, { ...item, parts: { N: '2' } });
    const { views, asked } = around.instance();
    expect(told(await views.catchUp())).toEqual(await whole());
    expect(asked).toEqual([`load ${fleetAt}`]);
  });

  it('read a fresh table once, and follow the named cluster all the same', async () => {
    const { views, mock, later } = around.instance({ freshMs: 1_000 });
    await views.catchUp(clusterName);
    const queries = () => mock.commandCalls(QueryCommand).length;
    const once = queries();
    await both(goesOn);
    await around.bringUp();
    expect(told(await views.catchUp(clusterName))).toEqual(await whole());
    await later(999);
    await views.catchUp();
    expect(queries()).toBe(once);
    await later(1);
    await views.catchUp();
    expect(queries()).toBe(2 * once);
  });

  it('read the table again at once where it could not be read', async () => {
    const { views, mock } = around.instance({ freshMs: 1_000 });
    const { client } = around.views.client();
    let isBroken = true;
    mock.on(QueryCommand).callsFake((input) => {
      if (isBroken) throw new Error('not now');
      return client.send(new QueryCommand(input));
    });
    await expect(views.catchUp()).rejects.toThrow('not now');
    isBroken = false;
    expect(told(await views.catchUp())).toEqual(await whole());
  });

  it('never go back behind what was seen', async () => {
    await both(goesOn);
    const { views } = around.instance();
    await views.catchUp(clusterName);
    expect(told(await views.catchUp())).toEqual(await whole());
  });

  it('do not change in the hands of whoever holds them', async () => {
    const { views } = around.instance();
    const held = await views.catchUp();
    const before = told(held);
    await both(goesOn);
    await views.catchUp(clusterName);
    expect(told(held)).toEqual(before);
  });

  it('leave streams of a newer Tuesday out', async () => {
    const item = around.views.items.get(`fleet ${fleetAt}`);
    around.views.items.set('scaling scaling#a', {
      ...item,
      kind: { S: 'scaling' },
      stream: { S: 'scaling#a' },
    });
    const { views } = around.instance();
    expect(told(await views.catchUp())).toEqual(await whole());
  });

  it('fail where the table cannot be read, and do not take it for empty', async () => {
    const { views, mock } = around.instance();
    mock.on(QueryCommand).rejects(Object.assign(new Error(), { name: 'ThrottlingException' }));
    await expect(views.catchUp(clusterName)).rejects.toMatchObject({ code: 'StoreBusy' });
  });
});
