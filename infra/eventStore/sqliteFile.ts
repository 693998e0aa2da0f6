import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { isBusy, translated } from './sqliteErrors.ts';
import { StoreUnusable } from './storeErrors.ts';

/**
 * "TUES", by which a store is told from other people's SQLite files (sqlite.org, "PRAGMA
 * application_id").
 */
const applicationId = 0x54554553;
const schemaVersion = 1;

/**
 * One row a commit; the newest state of each shape beside it, because an older one is of no use to
 * a load.
 */
const schema = `
  CREATE TABLE commits (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    stream TEXT NOT NULL,
    version INTEGER NOT NULL CHECK (version >= 1),
    commit_id TEXT NOT NULL,
    at INTEGER NOT NULL,
    events TEXT NOT NULL,
    UNIQUE (stream, version)
  ) STRICT;
  CREATE TABLE states (
    stream TEXT NOT NULL,
    state_shape TEXT NOT NULL,
    version INTEGER NOT NULL,
    state TEXT NOT NULL,
    PRIMARY KEY (stream, state_shape)
  ) STRICT, WITHOUT ROWID;
  PRAGMA application_id = ${applicationId};
  PRAGMA user_version = ${schemaVersion};
`;

const pragma = (database: DatabaseSync, name: string): unknown =>
  database.prepare(`PRAGMA ${name}`).get()?.[name];

export type SqliteOptions = {
  readonly readOnly: boolean;
  readonly busyTimeoutMs: number;
  /**
   * What an append that was answered survives: the end of the process, or a power cut too, which
   * costs a sync to the disk for each ("PRAGMA synchronous" of SQLite, in WAL mode).
   */
  readonly survives: 'process' | 'machine';
};

/**
 * Opens the file, makes the tables in an empty one, and refuses, untouched, what is not a store
 * that this Tuesday knows.
 */
export const openSqliteFile = (
  file: string,
  { readOnly, busyTimeoutMs, survives }: SqliteOptions,
): DatabaseSync =>
  translated(file, () => {
    if (!readOnly && file !== ':memory:') mkdirSync(dirname(file), { recursive: true });
    const database = new DatabaseSync(file, { readOnly, timeout: busyTimeoutMs });
    try {
      if (!readOnly && isEmpty(database)) makeTables(database);
      checkVersion(database, file);
      database.exec(`PRAGMA synchronous = ${survives === 'machine' ? 'FULL' : 'NORMAL'}`);
      return database;
    } catch (error) {
      database.close();
      throw error;
    }
  });

const isEmpty = (database: DatabaseSync): boolean =>
  pragma(database, 'user_version') === 0 &&
  database.prepare('SELECT count(*) AS count FROM sqlite_schema').get()?.count === 0;

/**
 * A commit of a batch has some 20 KB: on SQLite's own pages of 4 KB it is a chain of six, and half
 * of the time of an insert goes into them.
 */
const pageBytes = 16_384;

/**
 * Several processes may find the same file empty; the one that gets the lock first makes the
 * tables.
 */
const makeTables = (database: DatabaseSync): void => {
  database.exec(`PRAGMA page_size = ${pageBytes}`);
  useWriteAheadLog(database);
  inTransaction(database, () => {
    if (isEmpty(database)) database.exec(schema);
  });
};

const walAttemptsMax = 100;
const walPauseMs = 50;

/**
 * WAL lets readers read while one writes, and stays on in the file. Turning it on does not wait for
 * a neighbour who is doing the same ("Write-Ahead Logging", SQLITE_BUSY), so the waiting is here.
 */
const useWriteAheadLog = (database: DatabaseSync): void => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      database.exec('PRAGMA journal_mode = WAL');
      return;
    } catch (error) {
      if (!isBusy(error) || attempt === walAttemptsMax) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, walPauseMs);
    }
  }
};

const checkVersion = (database: DatabaseSync, file: string): void => {
  const found = pragma(database, 'user_version');
  if (pragma(database, 'application_id') !== applicationId) {
    throw new StoreUnusable(`${file} is not a Tuesday store`, 'name another file');
  }
  if (found === schemaVersion) return;
  throw new StoreUnusable(
    `${file} has schema ${found}, and this Tuesday knows ${schemaVersion}`,
    'use the newer Tuesday that wrote it, or name another file',
  );
};

/**
 * Runs `work` as one transaction that holds the write lock from its first statement, or as a part
 * of the one that is open: whoever opened it ends it.
 */
export const inTransaction = <Result>(database: DatabaseSync, work: () => Result): Result => {
  if (database.isTransaction) return work();
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
};
