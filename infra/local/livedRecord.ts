import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { EventStore } from '../eventStore/eventStore.ts';
import { translated } from '../eventStore/sqliteErrors.ts';
import { sqliteEventStoreOver } from '../eventStore/sqliteEventStore.ts';
import { openSqliteFile } from '../eventStore/sqliteFile.ts';
import { CloudUnusable } from './cloud.ts';
import { soleWriter } from './soleWriter.ts';

/** A record, and the world it was lived in, as they stood together at one moment. */
export type LivedRecord = {
  readonly store: EventStore;
  /** What the last checkpoint kept; `undefined` at the beginning. */
  readonly restored: unknown;
  /** Record and world reach the disk together, or neither does. `at` is the world's own time. */
  readonly checkpoint: (at: number, lived: unknown) => void;
  /** What came after the last checkpoint is gone, as after a kill. */
  readonly close: () => void;
};

const table = `
  CREATE TABLE IF NOT EXISTS lives (
    identity TEXT PRIMARY KEY,
    at INTEGER NOT NULL,
    lived TEXT NOT NULL
  ) STRICT;
`;

/**
 * Opens the record in `file`, or begins it. One transaction is open from checkpoint to checkpoint:
 * killed between two, the process finds itself at the earlier one and lives on from there, to the
 * same end, because nothing but the seed decides. Other processes may read the last checkpoint
 * meanwhile. Throws `CloudUnusable` when the file holds another life, or another process lives in
 * it.
 */
export const openLivedRecord = (file: string, identity: string): LivedRecord => {
  mkdirSync(dirname(file), { recursive: true });
  const database = openSqliteFile(file, {
    readOnly: false,
    busyTimeoutMs: 500,
    survives: 'process',
  });
  try {
    return translated(file, () => {
      database.exec(`BEGIN IMMEDIATE; ${table}`);
      const row = database.prepare('SELECT identity, lived FROM lives').get();
      if (row !== undefined && row.identity !== identity) {
        const what = `${file} holds ${row.identity}, not ${identity}`;
        throw new CloudUnusable(what, 'begin anew with --reset, or name another --store');
      }
      const newest = database.prepare('SELECT max(sequence) AS newest FROM commits').get()?.newest;
      if (row === undefined && newest !== null) {
        const what = `${file} holds a record that was not lived in a replay`;
        throw new CloudUnusable(what, 'name another --store');
      }
      const keep = database.prepare('INSERT OR REPLACE INTO lives VALUES (?, ?, ?)');
      return {
        store: soleWriter(sqliteEventStoreOver(database, file), Number(newest ?? 0)),
        restored: row === undefined ? undefined : JSON.parse(String(row.lived)),
        checkpoint: (at, lived) => {
          keep.run(identity, at, JSON.stringify(lived));
          database.exec('COMMIT; BEGIN IMMEDIATE;');
        },
        close: () => database.close(),
      };
    });
  } catch (error) {
    database.close();
    throw error;
  }
};
