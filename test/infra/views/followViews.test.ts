import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fleetShard } from '../../../domain/fleet/fleetShard.ts';
import { fleetStream } from '../../../domain/fleet/shards.ts';
import { handleCommand } from '../../../infra/eventStore/handleCommand.ts';
import { openSqliteEventStore } from '../../../infra/eventStore/sqliteEventStore.ts';
import { soleWriter } from '../../../infra/local/soleWriter.ts';
import { followViews } from '../../../infra/views/views.ts';
import { aTask, at, seenTask } from '../../domain/fleet/fleetBuilder.ts';

let store: ReturnType<typeof openSqliteEventStore>;
beforeEach(() => {
  store = openSqliteEventStore(':memory:');
});
afterEach(() => store.close());

const see = async (into: Parameters<typeof handleCommand>[0], version: number) => {
  const observations = [seenTask(aTask('t', version, { lastStatus: 'RUNNING' }))];
  const command = { type: 'Observe', observations, now: at(version) } as const;
  const identity = { commitId: `c-${version}`, now: at(version) };
  await handleCommand(into, fleetShard, fleetStream('shop', 0), command, identity);
};

/** Nothing else tells whether an object is still held. */
const collectGarbage = () => {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
};

describe('views that follow the record', () => {
  it('let go of the views before: a process that follows for months does not grow', async () => {
    const views = followViews(store);
    const held: WeakRef<object>[] = [];
    const look = async (version: number) => {
      await see(store, version);
      const fleet = (await views.catchUp()).fleet('shop');
      expect([...fleet.tasks.values()][0]?.version).toBe(version);
      held.push(new WeakRef(fleet));
    };
    for (let version = 1; version <= 5; version += 1) await look(version);
    // A WeakRef keeps what it was asked for until the turn ends.
    await new Promise((resolve) => setImmediate(resolve));
    collectGarbage();
    expect(held.slice(0, 3).filter((each) => each.deref() !== undefined)).toEqual([]);
  });

  it('see the same whether they fold themselves or are handed what was folded', async () => {
    const lived = soleWriter(store, 0);
    const handed = followViews(lived);
    const folding = followViews(store);
    for (let version = 1; version <= 3; version += 1) {
      await see(lived, version);
      const [one, other] = [await handed.catchUp(), await folding.catchUp()];
      expect(one.fleet('shop')).toEqual(other.fleet('shop'));
      expect(one.upTo).toBe(other.upTo);
    }
  });
});
