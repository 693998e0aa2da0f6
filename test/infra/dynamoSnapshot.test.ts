import { createHash } from 'node:crypto';
import { PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { fold } from '../../domain/decider.ts';
import type { DisruptionEvent } from '../../events/disruption.ts';
import { createDynamoEventStore } from '../../infra/eventStore/dynamoEventStore.ts';
import { itemBytes } from '../../infra/eventStore/dynamoItem.ts';
import { askWithRetries } from '../../infra/eventStore/dynamoRetries.ts';
import { dynamoSnapshots } from '../../infra/eventStore/dynamoSnapshots.ts';
import { dynamoTable } from '../../infra/eventStore/dynamoTable.ts';
import { noTail, type Tail } from '../../infra/eventStore/dynamoTail.ts';
import { dynamoDouble } from '../support/dynamoDouble.ts';
import { at, granted, leases } from '../support/leases.ts';
import { noWaiting } from '../support/noWaiting.ts';
import { commit } from './eventStoreContract.ts';

const tableName = 'tuesday-events';
const stream = 'disruption#prod';
const stateShape = 'leases-1';
const named = (name: string) => Object.assign(new Error(`${name} from AWS`), { name });

/** Text that compresses badly, and by what was written before it too: each name has its own. */
const noise = (name: string | number, length: number): string => {
  const chunks = Array.from({ length: Math.ceil(length / 88) }, (_, index) =>
    createHash('sha512').update(`${name} ${index}`).digest('base64'),
  );
  return chunks.join('').slice(0, length);
};

describe('a snapshot of several items', () => {
  let double: ReturnType<typeof dynamoDouble>;
  beforeEach(() => {
    double = dynamoDouble();
  });

  const open = () => {
    const { client, mock } = double.client();
    const ask = askWithRetries(tableName, noWaiting().retries);
    return { snapshots: dynamoSnapshots(dynamoTable(client, tableName, ask)), mock, client };
  };
  /** After commits that cost enough for any snapshot. */
  const costly = (tail: Tail = noTail): Tail => ({ ...tail, units: 100_000 });
  /** Of one to three parts; each version has other bytes, and another number of parts. */
  const stateAt = (version: number) => ({
    text: noise(version, 500_000 + (version % 3) * 500_000),
  });
  const keep = (version: number, tail?: Tail, { snapshots } = open()) =>
    snapshots.make(
      stream,
      { foldedTo: version, stateShape, state: stateAt(version) },
      costly(tail),
    );
  const found = async () => {
    const kept = await open().snapshots.newest(stream, stateShape);
    return kept && { foldedTo: kept.head.foldedTo, state: kept.state };
  };
  const isAt = (foldedTo: number) => ({ foldedTo, state: stateAt(foldedTo) });

  it('is found whole by another process', async () => {
    const tail = await keep(40);
    expect(tail).toMatchObject({ units: 0, snapshot: { foldedTo: 40, parts: 2 } });
    expect(await found()).toEqual(isAt(40));
    expect([...double.items.values()].every((item) => itemBytes(item) <= 400 * 1024)).toBe(true);
    expect(await open().snapshots.newest(stream, 'leases-2')).toBeUndefined();
    expect(await open().snapshots.newest('disruption#other', stateShape)).toBeUndefined();
  });

  it('is not written before the commits have cost eight times as much', async () => {
    const { snapshots, mock } = open();
    const snapshot = { foldedTo: 40, stateShape, state: stateAt(40) };
    const tail = await snapshots.make(stream, snapshot, { ...noTail, units: 900 });
    expect(tail).toMatchObject({ units: 900, nextUnits: expect.any(Number) });
    expect(mock.calls()).toEqual([]);
    const enough = { ...tail, units: 8 * (tail.nextUnits ?? 0) };
    expect((await snapshots.make(stream, snapshot, enough)).units).toBe(0);
  });

  it('takes turns in two places, so that there are never more than two', async () => {
    let tail = noTail;
    for (let version = 1; version <= 6; version += 1) {
      tail = await keep(version, tail);
      expect(await found()).toEqual(isAt(version));
    }
    const heads = [...double.items.values()].filter(({ parts }) => parts !== undefined);
    expect(heads.map(({ foldedTo }) => foldedTo?.N).toSorted()).toEqual(['5', '6']);
  });

  it('that broke off anywhere leaves the one before', async () => {
    const before = await keep(1);
    for (let broken = 0; broken <= 4; broken += 1) {
      const writer = open();
      let puts = 0;
      const { client } = double.client();
      writer.mock.on(PutItemCommand).callsFake((input) => {
        puts += 1;
        if (puts > broken) throw named('ThrottlingException');
        return client.send(new PutItemCommand(input));
      });
      const tail = await keep(2, before, writer);
      const done = broken === 4;
      expect(tail.units).toBe(done ? 0 : 100_000);
      expect(await found()).toEqual(isAt(done ? 2 : 1));
    }
  });

  it('of a late writer never takes the place of a later one, nor mixes with it', async () => {
    const before = await keep(1);
    for (let letThrough = 0; letThrough <= 3; letThrough += 1) {
      double.items.clear();
      await keep(1);
      const late = open();
      let puts = 0;
      const { client } = double.client();
      let letGo = () => {};
      const held = new Promise<void>((resolve) => {
        letGo = resolve;
      });
      late.mock.on(PutItemCommand).callsFake(async (input) => {
        puts += 1;
        if (puts > letThrough) await held;
        return client.send(new PutItemCommand(input));
      });
      const writes = keep(3, before, late);
      await keep(5, before);
      letGo();
      await writes;
      expect(await found()).toEqual(isAt(5));
    }
  });

  it('is another writer’s where that one was quicker', async () => {
    await keep(7);
    const tail = await keep(9, noTail);
    expect(tail).toMatchObject({ units: 0, snapshot: { foldedTo: 7 } });
    expect(await found()).toEqual(isAt(7));
  });

  it('is whole or not found: any of its items may be lost, or be of another write', async () => {
    await keep(2, await keep(1));
    const kept = structuredClone(double.items);
    const harm = fc.constantFrom('lost', 'of another write', 'cut short', 'of another shape');
    const harms = fc.array(fc.tuple(fc.constantFrom(...kept.keys()), harm), { maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(harms, async (all) => {
        double.items.clear();
        for (const [key, item] of kept) double.items.set(key, structuredClone(item));
        for (const [key, what] of all) {
          const item = double.items.get(key) ?? {};
          const { part } = item;
          if (what === 'lost') double.items.delete(key);
          if (what === 'of another write') item.mark = { S: 'another' };
          if (what === 'of another shape') item.stateShape = { S: 'leases-0' };
          if (what === 'cut short' && part?.B) item.part = { B: part.B.slice(0, -1) };
        }
        const state = await found();
        if (all.length === 0) expect(state).toEqual(isAt(2));
        if (state !== undefined) expect(state).toEqual(isAt(state.foldedTo));
      }),
      { numRuns: 40, seed: 3 },
    );
  });
});

describe('a stream with a snapshot of several items', () => {
  it('is loaded from it and from what came after, and is the whole without it too', async () => {
    const double = dynamoDouble();
    const open = () => {
      const { client, mock } = double.client();
      const { retries } = noWaiting();
      return { store: createDynamoEventStore({ tableName, client, retries }), mock };
    };
    const { store } = open();
    for (let version = 1; version <= 36; version += 1) {
      const holder = noise(version, 250_000);
      await commit(store, `${version}`, [granted(`l-${version % 3}`, holder)]);
    }
    const parts = [...double.items.values()].filter(({ part }) => part !== undefined);
    expect(parts.length).toBeGreaterThan(1);
    const { store: other, mock } = open();
    const commits = await other.readStream(stream);
    expect(commits.map(({ version }) => version)).toEqual(
      Array.from({ length: 36 }, (_, index) => index + 1),
    );
    expect(mock.commandCalls(QueryCommand).length).toBeGreaterThan(5);
    const whole = fold(
      leases,
      commits.flatMap(({ events }) => events as readonly DisruptionEvent[]),
    );
    expect((await other.load(stream, leases)).state).toEqual(whole);
    for (const [key, item] of double.items) {
      if (item.part !== undefined) double.items.delete(key);
    }
    expect((await open().store.load(stream, leases)).state).toEqual(whole);
  });

  it('refuses the commit whose state is not plain JSON', async () => {
    const double = dynamoDouble();
    const store = createDynamoEventStore({ tableName, client: double.client().client });
    const { position } = await store.load(stream, leases);
    const state = { text: noise('state', 20_000), of: new Map() };
    const one = { commitId: 'x', at: at(1), events: [granted('a', noise('a', 60_000))] };
    await expect(
      store.append(position, { ...one, snapshot: { stateShape, state } }),
    ).rejects.toThrow('leases-1.of is plain JSON');
    expect(double.items.size).toBe(0);
  });
});
