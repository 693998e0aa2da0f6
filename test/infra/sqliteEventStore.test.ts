import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSqliteEventStore } from '../../infra/eventStore/sqliteEventStore.ts';
import { at, granted, leases } from '../support/leases.ts';
import { commit, describeEventStore } from './eventStoreContract.ts';

describeEventStore('a SQLite file', () => {
  const directory = mkdtempSync(join(tmpdir(), 'tuesday-store-'));
  const opened: { close: () => void }[] = [];
  return {
    open: () => {
      const store = openSqliteEventStore(join(directory, 'deep', 'tuesday.sqlite'));
      opened.push(store);
      return store;
    },
    close: () => {
      for (const store of opened.splice(0)) store.close();
      rmSync(directory, { recursive: true });
    },
  };
});

describe('the whole record', () => {
  it('is read in the order in which it was written, over all streams, page by page', async () => {
    const store = openSqliteEventStore(':memory:');
    for (const [index, stream] of ['a#1', 'b#1', 'a#1', 'c#1', 'b#1'].entries()) {
      const { position } = await store.load(stream, leases);
      const events = [granted(`l-${index}`)];
      await store.append(position, { commitId: `${index}`, at: at(index), events });
    }
    const first = await store.readAll(0, 2);
    const rest = await store.readAll(first.at(-1)?.sequence ?? 0, 10);
    expect([first.length, rest.length]).toEqual([2, 3]);
    const all = [...first, ...rest];
    expect(all.map(({ stream, version }) => `${stream} ${version}`)).toEqual([
      'a#1 1',
      'b#1 1',
      'a#1 2',
      'c#1 1',
      'b#1 2',
    ]);
    expect(all.map(({ sequence }) => sequence)).toEqual(
      all.map(({ sequence }) => sequence).toSorted((a, b) => a - b),
    );
    expect(await store.readAll(all.at(-1)?.sequence ?? 0, 10)).toEqual([]);
    store.close();
  });
});

describe('a store file', () => {
  let directory: string;
  let file: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'tuesday-file-'));
    file = join(directory, 'tuesday.sqlite');
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const change = (statement: string) => {
    const database = new DatabaseSync(file);
    database.exec(statement);
    database.close();
  };

  const opening = (options?: { readOnly: boolean }) => () => openSqliteEventStore(file, options);

  it('may be opened only to read, beside a writer', async () => {
    const writer = openSqliteEventStore(file);
    const reader = openSqliteEventStore(file, { readOnly: true });
    await commit(writer, 'one', [granted('a')]);
    expect((await reader.readAll(0, 10)).length).toBe(1);
    await expect(commit(reader, 'two', [granted('b')])).rejects.toMatchObject({
      code: 'StoreUnusable',
      message: expect.stringContaining('may only be read'),
    });
    reader.close();
    writer.close();
  });

  it('that is missing is not made by a reader', () => {
    expect(opening({ readOnly: true })).toThrow('cannot be opened: check that it exists');
  });

  it('that is no database is refused by name', () => {
    writeFileSync(file, 'Patch Tuesday\n'.repeat(100));
    expect(opening()).toThrow(`${file} is not a SQLite file: name another file`);
  });

  it("that is someone else's database is refused and left as it was", () => {
    change('CREATE TABLE recipes (title TEXT)');
    expect(opening()).toThrow('is not a Tuesday store');
    const database = new DatabaseSync(file);
    expect(database.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'delete' });
    expect(database.prepare('SELECT name FROM sqlite_schema').all()).toEqual([{ name: 'recipes' }]);
    database.close();
  });

  it('of a newer schema is refused with the way out', () => {
    openSqliteEventStore(file).close();
    change('PRAGMA user_version = 7');
    expect(opening()).toThrow(
      'has schema 7, and this Tuesday knows 1: use the newer Tuesday that wrote it',
    );
  });

  it('whose directory cannot be made is refused by name', () => {
    writeFileSync(file, '');
    const beneath = join(file, 'below', 'tuesday.sqlite');
    expect(() => openSqliteEventStore(beneath)).toThrow('has no directory to be in');
  });

  it('that another process keeps locked is busy, not broken', async () => {
    const store = openSqliteEventStore(file, { busyTimeoutMs: 20 });
    const other = new DatabaseSync(file);
    other.exec('BEGIN IMMEDIATE');
    await expect(commit(store, 'one', [granted('a')])).rejects.toMatchObject({ code: 'StoreBusy' });
    other.exec('ROLLBACK');
    other.close();
    expect((await commit(store, 'one', [granted('a')])).version).toBe(1);
    store.close();
  });

  const rewritten = async (events: string) => {
    const store = openSqliteEventStore(file);
    await commit(store, 'one', [granted('a')]);
    await commit(store, 'two', [granted('b')]);
    change(`UPDATE commits SET events = '${events}' WHERE version = 2`);
    change('DELETE FROM states');
    return store;
  };

  it('with an event nobody knows says which, on every way of reading', async () => {
    const store = await rewritten('[{"type":"LeaseStolen","data":{}}]');
    const where = 'LeaseStolen in disruption#prod at version 2: no such event is known';
    await expect(store.load('disruption#prod', leases)).rejects.toThrow(where);
    await expect(store.readStream('disruption#prod')).rejects.toThrow(where);
    await expect(store.readAll(0, 10)).rejects.toThrow(where);
    expect((await store.readAll(0, 1)).length).toBe(1);
    store.close();
  });

  it('with a commit that is not JSON says which', async () => {
    const store = await rewritten('[{"type":');
    await expect(store.readAll(0, 10)).rejects.toThrow('in disruption#prod at version 2');
    store.close();
  });

  it('with a hole in a stream is not folded over', async () => {
    const store = await rewritten('[]');
    change('DELETE FROM commits WHERE version = 1');
    await expect(store.load('disruption#prod', leases)).rejects.toThrow(
      'disruption#prod has no gap at version 1',
    );
    store.close();
  });
});
