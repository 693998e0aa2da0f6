import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSqliteEventStore } from '../../../infra/eventStore/sqliteEventStore.ts';
import { cloudClock } from '../../../infra/local/cloudClock.ts';
import { openLivedRecord } from '../../../infra/local/livedRecord.ts';
import { granted, leases } from '../../support/leases.ts';
import { commit } from '../eventStoreContract.ts';

let folder = '';
let file = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tuesday-lived-'));
  file = join(folder, 'lived.sqlite');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const stream = 'disruption#prod';

describe('a lived record', () => {
  it('keeps record and world of the last checkpoint, and nothing that came after', async () => {
    const first = openLivedRecord(file, 'life');
    await commit(first.store, 'one', [granted('a')]);
    first.checkpoint(1_000, { steps: 1 });
    await commit(first.store, 'two', [granted('b')]);
    first.close();
    const second = openLivedRecord(file, 'life');
    expect(second.restored).toEqual({ steps: 1 });
    expect((await second.store.readStream(stream)).map(({ commitId }) => commitId)).toEqual([
      'one',
    ]);
    second.close();
  });

  it('is read by others meanwhile, and tells them what time it is in it', async () => {
    const lived = openLivedRecord(file, 'life');
    await commit(lived.store, 'one', [granted('a')]);
    lived.checkpoint(86_400_000, {});
    await commit(lived.store, 'two', [granted('b')]);
    const reader = openSqliteEventStore(file, { readOnly: true });
    expect((await reader.readStream(stream)).length).toBe(1);
    reader.close();
    expect(cloudClock(file)).toBe(86_400_000);
    lived.close();
  });

  it('gives back what it was given: states, and all streams in order', async () => {
    const lived = openLivedRecord(file, 'life');
    for (let version = 1; version <= 40; version += 1) {
      await commit(lived.store, `${version}`, [granted(`l-${version}`)]);
    }
    const remembered = await lived.store.load(stream, leases);
    // What each commit folds to is for the one follower in this process.
    const page = await lived.store.readAll(10, 5);
    const seen = page.map(({ folded: _, ...rest }) => rest);
    lived.checkpoint(1, {});
    lived.close();
    const store = openSqliteEventStore(file, { readOnly: true });
    const loaded = await store.load(stream, leases);
    expect(remembered.state).toEqual(loaded.state);
    expect(remembered.position.version).toBe(loaded.position.version);
    expect(seen).toEqual(await store.readAll(10, 5));
    store.close();
  });

  it('goes on in the sequence of what was there', async () => {
    const first = openLivedRecord(file, 'life');
    await commit(first.store, 'one', [granted('a')]);
    first.checkpoint(1, {});
    first.close();
    const second = openLivedRecord(file, 'life');
    await commit(second.store, 'two', [granted('b')]);
    const all = await second.store.readAll(0, 10);
    expect(all.map(({ sequence, commitId }) => [sequence, commitId])).toEqual([
      [1, 'one'],
      [2, 'two'],
    ]);
    expect((await second.store.readAll(1, 10)).map(({ commitId }) => commitId)).toEqual(['two']);
    second.close();
  });

  it('belongs to one life, and to no record that was not lived', async () => {
    const first = openLivedRecord(file, 'life');
    first.checkpoint(1, {});
    first.close();
    expect(() => openLivedRecord(file, 'another')).toThrow('holds life, not another');
    const plain = join(folder, 'plain.sqlite');
    const store = openSqliteEventStore(plain);
    await commit(store, 'one', [granted('a')]);
    store.close();
    expect(() => openLivedRecord(plain, 'life')).toThrow('name another --store');
  });
});
