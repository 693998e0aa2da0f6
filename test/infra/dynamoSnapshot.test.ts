import { createHash } from 'node:crypto';
import { PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { fold } from '../../domain/decider.ts';
import type { DisruptionEvent } from '../../events/disruption.ts';
import { createDynamoEventStore } from '../../infra/eventStore/dynamoEventStore.ts';
import { itemBytes } from '../../infra/eventStore/dynamoItem.ts';
import type { EventStore } from '../../infra/eventStore/eventStore.ts';
import { dynamoDouble } from '../support/dynamoDouble.ts';
import { at, granted, leases } from '../support/leases.ts';
import { noWaiting } from '../support/noWaiting.ts';
import { commit } from './eventStoreContract.ts';

/** Text that compresses badly, and by what was written before it too: each length has its own. */
const noise = (length: number): string => {
  const chunks = Array.from({ length: Math.ceil(length / 88) }, (_, index) =>
    createHash('sha512').update(`${length} ${index}`).digest('base64'),
  );
  return chunks.join('').slice(0, length);
};

const tableName = 'tuesday-events';
const stream = 'disruption#prod';
const named = (name: string) => Object.assign(new Error(`${name} from AWS`), { name });

describe('a snapshot of several items', () => {
  let double: ReturnType<typeof dynamoDouble>;
  const open = () => {
    const { client, mock } = double.client();
    const { retries } = noWaiting();
    return { store: createDynamoEventStore({ tableName, client, retries }), mock };
  };
  const loadAfresh = async () => (await open().store.load(stream, leases)).state;
  beforeEach(() => {
    double = dynamoDouble();
  });

  /** A state of about 1.1 MB that does not compress, written in commits of 150 KB. */
  const grow = async (store: EventStore, upTo = 8) => {
    for (let version = 1; version <= upTo; version += 1) {
      await commit(store, `${version}`, [granted(`l-${version}`, noise(150_000 + version))]);
    }
  };
  const whole = async () => {
    const commits = await open().store.readStream(stream);
    return fold(
      leases,
      commits.flatMap(({ events }) => events as readonly DisruptionEvent[]),
    );
  };
  const snapshotItems = () =>
    [...double.items.values()].filter(({ stream: key }) => key?.S === `snapshot#${stream}`);
  const parts = () => snapshotItems().filter(({ part }) => part !== undefined);
  const heads = () => snapshotItems().filter(({ part }) => part === undefined);

  it('is found whole by another process, which then reads only what came after', async () => {
    const { store } = open();
    await grow(store);
    expect(parts().length).toBeGreaterThan(1);
    expect(parts().every((item) => itemBytes(item) <= 400 * 1024)).toBe(true);
    const { store: other, mock } = open();
    expect((await other.load(stream, leases)).state).toEqual(await whole());
    const [newest] = heads()
      .map(({ foldedTo }) => Number(foldedTo?.N))
      .toSorted((a, b) => b - a);
    expect(mock.commandCalls(QueryCommand).map(({ args }) => args[0].input)).toContainEqual(
      expect.objectContaining({
        ExpressionAttributeValues: expect.objectContaining({
          ':first': { N: expect.any(String) },
        }),
      }),
    );
    expect(newest).toBeGreaterThan(0);
  });

  it('keeps two at most, each as large as its state', async () => {
    const { store } = open();
    await grow(store);
    for (let version = 9; version <= 60; version += 1) {
      await commit(store, `${version}`, [granted(`s-${version % 3}`, noise(40_000 + version))]);
    }
    expect(heads().length).toBe(2);
    expect(await loadAfresh()).toEqual(await whole());
  });

  it('is not needed: any of its items may be lost, or be of another write', async () => {
    const { store } = open();
    await grow(store);
    await commit(store, 'more', [granted('more', noise(100_000))]);
    const state = await whole();
    const keys = [...double.items.entries()].flatMap(([key, item]) =>
      item.stream?.S === `snapshot#${stream}` ? [key] : [],
    );
    const kept = structuredClone(double.items);
    const harm = fc.constantFrom('lost', 'of another write', 'cut short', 'of another shape');
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.constantFrom(...keys), harm)), async (harms) => {
        double.items.clear();
        for (const [key, item] of kept) double.items.set(key, structuredClone(item));
        for (const [key, what] of harms) {
          const item = double.items.get(key);
          if (item === undefined) continue;
          const { part } = item;
          if (what === 'lost') double.items.delete(key);
          if (what === 'of another write') item.mark = { S: 'another' };
          if (what === 'of another shape') item.stateShape = { S: 'leases-0' };
          if (what === 'cut short' && part?.B) item.part = { B: part.B.slice(0, -1) };
        }
        expect(await loadAfresh()).toEqual(state);
      }),
      { numRuns: 40, seed: 3 },
    );
  });

  it('that broke off anywhere leaves the one before, and a later commit makes it', async () => {
    for (const lastPut of [0, 1, 3, 6]) {
      double = dynamoDouble();
      await grow(open().store, 4);
      const { store, mock } = open();
      const { client } = double.client();
      let puts = 0;
      mock.on(PutItemCommand).callsFake((input) => {
        puts += 1;
        if (input.Item.events === undefined && puts > lastPut) throw named('ThrottlingException');
        return client.send(new PutItemCommand(input));
      });
      for (let version = 5; version <= 12; version += 1) {
        await commit(store, `${version}`, [granted(`l-${version}`, noise(150_000 + version))]);
        if (version % 3 > 0) continue;
        expect(await loadAfresh()).toEqual(await whole());
      }
      const { store: later } = open();
      for (let version = 13; version <= 30; version += 1) {
        await commit(later, `${version}`, [granted('same', noise(390_000 + version))]);
      }
      const folded = heads().map(({ foldedTo }) => Number(foldedTo?.N));
      expect(Math.max(...folded)).toBeGreaterThan(12);
      expect(await loadAfresh()).toEqual(await whole());
    }
  });

  it('of a writer that is late never takes the place of a later one', async () => {
    const { store } = open();
    await grow(store, 3);
    const slow = open();
    const { client } = double.client();
    let letGo = () => {};
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    slow.mock.on(PutItemCommand).callsFake(async (input) => {
      if (input.Item.stream.S.startsWith('snapshot#')) await held;
      return client.send(new PutItemCommand(input));
    });
    const late = (async () => {
      for (let version = 4; version <= 9; version += 1) {
        await commit(slow.store, `slow ${version}`, [granted(`w-${version}`, noise(390_000))]);
      }
    })();
    const { store: quick } = open();
    for (let version = 10; version <= 40; version += 1) {
      const load = noise(200_000 + version);
      await commit(quick, `quick ${version}`, [granted('same', load)]).catch(() => undefined);
    }
    letGo();
    await late.catch(() => undefined);
    expect(await loadAfresh()).toEqual(await whole());
  });

  it('is read through as many answers as it takes, and so is the tail', async () => {
    double = dynamoDouble({ answerBytes: 300_000 });
    const { store } = open();
    await grow(store);
    for (let version = 9; version <= 30; version += 1) {
      await commit(store, `${version}`, [granted('same', noise(90_000 + version))]);
    }
    const { store: other, mock } = open();
    expect((await other.load(stream, leases)).state).toEqual(await whole());
    expect(mock.commandCalls(QueryCommand).length).toBeGreaterThan(4);
    expect((await other.readStream(stream)).length).toBe(30);
  });

  it('is no part of the stream', async () => {
    const { store } = open();
    await grow(store);
    const commits = await store.readStream(stream);
    expect(commits.map(({ version }) => version)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('must be of plain JSON, or the commit is refused', async () => {
    const { store } = open();
    const { position } = await store.load(stream, leases);
    const state = { text: noise(20_000), of: new Map() };
    const one = { commitId: 'x', at: at(1), events: [granted('a', noise(60_000))] };
    await expect(
      store.append(position, { ...one, snapshot: { stateShape: 'leases-1', state } }),
    ).rejects.toThrow('leases-1.of is plain JSON');
    expect(double.items.size).toBe(0);
  });
});
