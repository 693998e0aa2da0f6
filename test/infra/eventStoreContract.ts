import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fold } from '../../domain/decider.ts';
import type { DisruptionEvent } from '../../events/disruption.ts';
import type { EventStore, Fold, Position } from '../../infra/eventStore/eventStore.ts';
import { at, granted, type LeasesState, leases, noise, returned } from '../support/leases.ts';

/** What a store is tried on. Every call of `open` gives another client of the same data. */
export type StoreUnderTest = {
  readonly open: () => EventStore;
  readonly close: () => void;
};

const stream = 'disruption#prod';

/** Loads, folds and appends as handleCommand does, with the snapshot that the new state makes. */
export const commit = async (
  store: EventStore,
  commitId: string,
  events: readonly DisruptionEvent[],
): Promise<Position> => {
  const { state, position } = await store.load(stream, leases);
  const next = events.reduce(leases.evolve, state);
  const snapshot = { stateShape: leases.stateShape, state: next };
  return store.append(position, { commitId, at: at(1), events, snapshot });
};

const eventsOf = async (store: EventStore): Promise<readonly DisruptionEvent[]> =>
  (await store.readStream(stream)).flatMap(({ events }) => events as readonly DisruptionEvent[]);

/** A fold that counts what it was shown: how much a load had to read. */
const counting = (stateShape = leases.stateShape) => {
  const seen = { events: 0 };
  const counted: Fold<LeasesState> = {
    stateShape,
    initialState: leases.initialState,
    evolve: (state, event) => {
      seen.events += 1;
      return leases.evolve(state, event);
    },
  };
  return { seen, counted };
};

/** What every store promises, whatever it is made of. */
export const describeEventStore = (
  name: string,
  start: () => StoreUnderTest | Promise<StoreUnderTest>,
): void => {
  describe(`${name}, as an event store`, () => {
    let data: StoreUnderTest;
    let store: EventStore;
    beforeEach(async () => {
      data = await start();
      store = data.open();
    });
    afterEach(() => data.close());

    describe('a stream', () => {
      it('is empty at version 0 before its first commit', async () => {
        const { state, position } = await store.load(stream, leases);
        expect(state).toEqual(leases.initialState);
        expect(position.version).toBe(0);
        expect(await store.readStream(stream)).toEqual([]);
      });

      it('gives back what was appended, whole and in order, to another client too', async () => {
        const first = [granted('a'), granted('b')];
        await commit(store, 'one', first);
        await commit(store, 'two', [returned('a')]);
        const expected = [
          { stream, version: 1, commitId: 'one', at: at(1), events: first },
          { stream, version: 2, commitId: 'two', at: at(1), events: [returned('a')] },
        ];
        expect(await store.readStream(stream)).toEqual(expected);
        expect(await data.open().readStream(stream)).toEqual(expected);
        expect(await store.readStream(stream, 1)).toEqual(expected.slice(1));
        expect(await store.readStream(stream, 2)).toEqual([]);
        expect(await store.readStream(stream, 0, 1)).toEqual(expected.slice(0, 1));
        expect(await store.readStream(stream, 1, 5)).toEqual(expected.slice(1));
      });

      it('is apart from every other stream', async () => {
        await commit(store, 'one', [granted('a')]);
        const { state, position } = await store.load('disruption#prod2', leases);
        expect([state, position.version]).toEqual([leases.initialState, 0]);
      });
    });

    describe('a clash', () => {
      it('lets one of two writers in and leaves no trace of the other', async () => {
        const other = data.open();
        const [mine, theirs] = [await store.load(stream, leases), await other.load(stream, leases)];
        await store.append(mine.position, { commitId: 'a', at: at(1), events: [granted('a')] });
        await expect(
          other.append(theirs.position, { commitId: 'b', at: at(1), events: [granted('b')] }),
        ).rejects.toMatchObject({ code: 'VersionConflict' });
        expect(await eventsOf(store)).toEqual([granted('a')]);
      });

      it('refuses a stale position for ever, however far the stream has moved', async () => {
        const { position: stale } = await store.load(stream, leases);
        for (const name of ['a', 'b', 'c']) {
          await commit(store, name, [granted(name)]);
          const late = { commitId: 'late', at: at(2), events: [granted('late')] };
          await expect(store.append(stale, late)).rejects.toMatchObject({
            code: 'VersionConflict',
          });
        }
        expect(await eventsOf(store)).toEqual([granted('a'), granted('b'), granted('c')]);
      });

      it('is no clash when the commit there is our own, whose answer was lost', async () => {
        const { position } = await store.load(stream, leases);
        const ours = { commitId: 'ours', at: at(1), events: [granted('a')] };
        await store.append(position, ours);
        const again = await store.append(position, ours);
        expect(again.version).toBe(1);
        await store.append(again, { commitId: 'next', at: at(2), events: [granted('b')] });
        expect(await eventsOf(store)).toEqual([granted('a'), granted('b')]);
      });

      it('takes an own commit for our own at its version only', async () => {
        const { position } = await store.load(stream, leases);
        await commit(store, 'theirs', [granted('b')]);
        await commit(store, 'ours', [granted('a')]);
        const ours = { commitId: 'ours', at: at(1), events: [granted('a')] };
        await expect(store.append(position, ours)).rejects.toMatchObject({
          code: 'VersionConflict',
        });
      });

      it('leaves one commit a version when sixteen write at once', async () => {
        const names = Array.from({ length: 16 }, (_, index) => `writer-${index}`);
        const tryOnce = async (name: string): Promise<void> => {
          const client = data.open();
          // One of those who try gets in each time, so sixteen attempts are enough for everybody.
          for (let attempt = 1; attempt <= names.length; attempt += 1) {
            const done = await commit(client, name, [granted(name)]).catch((error) => {
              expect(error).toMatchObject({ code: 'VersionConflict' });
            });
            if (done) return;
          }
          expect.unreachable(`${name} never got in`);
        };
        await Promise.all(names.map(tryOnce));
        const commits = await store.readStream(stream);
        expect(commits.map(({ version }) => version)).toEqual(names.map((_, index) => index + 1));
        expect(commits.map(({ commitId }) => commitId).toSorted()).toEqual(names.toSorted());
      });
    });

    describe('a position', () => {
      it('cannot be forged, copied or taken from another store', async () => {
        const { position } = await store.load(stream, leases);
        const events = [granted('a')];
        const forged = { stream, version: 7 } as unknown as Position;
        const foreign = (await data.open().load(stream, leases)).position;
        for (const wrong of [forged, { ...position }, foreign]) {
          await expect(store.append(wrong, { commitId: 'x', at: at(1), events })).rejects.toThrow(
            'a position comes from load or append',
          );
        }
        expect(await store.readStream(stream)).toEqual([]);
      });
    });

    describe('what is not in the catalogue', () => {
      const { data: lease } = granted('a');
      const wrong: readonly (readonly [string, unknown])[] = [
        ['an unknown type', { type: 'LeaseStolen', data: {} }],
        ['a missing field', { type: 'LeaseReturned', data: { leaseId: 'a' } }],
        ['an unknown field', { type: 'LeaseGranted', data: { ...lease, colour: 'red' } }],
        ['no event at all', 'LeaseGranted'],
      ];
      it.each(wrong)('is not written: %s', async (_, event) => {
        const { position } = await store.load(stream, leases);
        const events = [granted('b'), event];
        await expect(store.append(position, { commitId: 'x', at: at(1), events })).rejects.toThrow(
          'broken promise: disruption#prod is never given',
        );
        expect(await store.readStream(stream)).toEqual([]);
      });

      it('is not written: a commit without events', async () => {
        const { position } = await store.load(stream, leases);
        await expect(
          store.append(position, { commitId: 'x', at: at(1), events: [] }),
        ).rejects.toThrow('holds at least one event');
      });
    });

    describe('a snapshot', () => {
      const holder = fc.integer({ min: 0, max: 3000 }).map((length) => noise(length));
      const event = fc.oneof(
        fc.tuple(fc.integer({ min: 0, max: 30 }), holder).map(([n, h]) => granted(`l-${n}`, h)),
        fc.integer({ min: 0, max: 30 }).map((n) => returned(`l-${n}`)),
      );
      const batches = fc.array(fc.array(event, { minLength: 1, maxLength: 4 }), {
        minLength: 1,
        maxLength: 40,
      });

      it('and the tail after it are the full fold, for states of every size', async () => {
        await fc.assert(
          fc.asyncProperty(batches, async (past) => {
            const fresh = await start();
            try {
              const writer = fresh.open();
              for (const [index, events] of past.entries())
                await commit(writer, `${index}`, events);
              const { state, position } = await fresh.open().load(stream, leases);
              expect(state).toEqual(fold(leases, past.flat()));
              expect(position.version).toBe(past.length);
            } finally {
              fresh.close();
            }
          }),
          { numRuns: 25 },
        );
      });

      it('spares a load the history: all of it, or of a middling state all but three', async () => {
        for (let version = 1; version <= 40; version += 1) {
          await commit(store, `s${version}`, [granted('same', noise(20))]);
          const { seen, counted } = counting();
          await store.load(stream, counted);
          expect(seen.events).toBe(0);
        }
        for (let version = 41; version <= 60; version += 1) {
          await commit(store, `m${version}`, [granted('same', noise(2000 + version))]);
          const { seen, counted } = counting();
          expect((await store.load(stream, counted)).state.events).toBe(version);
          expect(seen.events).toBeLessThanOrEqual(3);
        }
      });

      it('of a large state spares a load all but the last eighty commits', async () => {
        await commit(store, 'v1', [granted('large', noise(9000))]);
        for (let version = 2; version <= 240; version += 1) {
          await commit(store, `v${version}`, [granted(`l-${version}`)]);
        }
        const { seen, counted } = counting();
        expect((await data.open().load(stream, counted)).state.events).toBe(240);
        expect(seen.events).toBeLessThanOrEqual(80);
      });

      it('under another state shape is not trusted', async () => {
        await commit(store, 'one', [granted('a')]);
        await commit(store, 'two', [granted('b')]);
        const { seen, counted } = counting('leases-2');
        const { state, position } = await store.load(stream, counted);
        expect(state).toEqual(fold(leases, [granted('a'), granted('b')]));
        expect([seen.events, position.version]).toEqual([2, 2]);
      });

      it('is never of a state that JSON would change', async () => {
        const { position } = await store.load(stream, leases);
        const append = (state: unknown) =>
          store.append(position, {
            commitId: 'x',
            at: at(1),
            events: [granted('a')],
            snapshot: { stateShape: 'leases-1', state },
          });
        for (const state of [
          { of: new Map([['a', 1]]) },
          { of: Number.NaN },
          { of: new Date(0) },
        ]) {
          await expect(append(state)).rejects.toThrow('leases-1.of is');
        }
        expect(await store.readStream(stream)).toEqual([]);
      });
    });
  });
};
