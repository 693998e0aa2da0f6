import type { DatabaseSync } from 'node:sqlite';
import { assert } from '../../domain/assert.ts';
import { Instant } from '../../events/ids.ts';
import { decodeEvents, encodeEvents } from './encodedEvents.ts';
import { type Commit, type EventStore, type Fold, VersionConflict } from './eventStore.ts';
import { assertPlainJson, jsonBytesWithin } from './plainJson.ts';
import { issuePositions } from './positions.ts';
import { commitsPerState, keepsState, largeStateBytes, writeUnitBytes } from './snapshotRule.ts';
import { translated } from './sqliteErrors.ts';
import { inTransaction, openSqliteFile, type SqliteOptions } from './sqliteFile.ts';

type CommitRow = {
  readonly sequence: number;
  readonly stream: string;
  readonly version: number;
  readonly commit_id: string;
  readonly at: number;
  readonly events: string;
};
type StateRow = { readonly version: number; readonly state: string };

/**
 * The event store of one machine: a SQLite file that any number of processes may open at once, or
 * `:memory:`. An append that was answered survives `kill -9` and a power cut. `sequence` grows in
 * the order in which commits become visible, because SQLite has one writer at a time.
 *
 * Throws `StoreUnusable` for a file that is not a store, and `StoreBusy` when another writer holds
 * it for longer than `busyTimeoutMs`; the whole process waits so long, because node:sqlite does.
 */
export const openSqliteEventStore = (
  file: string,
  { readOnly = false, busyTimeoutMs = 5000, survives = 'machine' }: Partial<SqliteOptions> = {},
): EventStore & { readonly close: () => void } => {
  const database = openSqliteFile(file, { readOnly, busyTimeoutMs, survives });
  return { ...sqliteEventStoreOver(database, file), close: () => database.close() };
};

/** The event store over an open file. An append joins the transaction that is open, if one is. */
export const sqliteEventStoreOver = (database: DatabaseSync, file: string): EventStore => {
  const positions = issuePositions();
  const statements = prepareAll(database);

  const load: EventStore['load'] = async (stream, fold) =>
    translated(file, () => {
      const kept = statements.state.get(stream, fold.stateShape) as StateRow | undefined;
      const rows = statements.stream.all(stream, kept?.version ?? 0) as CommitRow[];
      const start = kept === undefined ? fold.initialState : JSON.parse(kept.state);
      const { state, version } = foldTail(
        fold,
        { state: start, version: kept?.version ?? 0 },
        rows,
      );
      return { state, position: positions.issue(stream, version) };
    });

  const append: EventStore['append'] = async (position, { commitId, at, events, snapshot }) => {
    positions.check(position);
    assert(commitId !== '', 'a commit has an id');
    const { stream } = position;
    const version = position.version + 1;
    const text = encodeEvents(stream, events);
    const state = snapshot && stateToKeep(version, text, snapshot);
    return translated(file, () => {
      inTransaction(database, () => {
        const { changes } = statements.append.run(stream, version, commitId, at, text);
        if (changes === 0) {
          // Somebody stands at this version. If it is us, the answer to an earlier try was lost.
          if (statements.commitId.get(stream, version)?.commit_id === commitId) return;
          throw new VersionConflict(stream);
        }
        if (state !== undefined) statements.keep.run(stream, state.stateShape, version, state.json);
      });
      return positions.issue(stream, version);
    });
  };

  return {
    load,
    append,
    // A LIMIT below zero is none (sqlite.org, "SELECT").
    readStream: async (stream, after = 0, limit = -1) =>
      translated(file, () =>
        (statements.some.all(stream, after, limit) as CommitRow[]).map(commitFromRow),
      ),
    readAll: async (after, limit) =>
      translated(file, () =>
        (statements.all.all(after, limit) as CommitRow[]).map((row) => ({
          ...commitFromRow(row),
          sequence: row.sequence,
        })),
      ),
  };
};

const prepareAll = (database: DatabaseSync) => ({
  append: database.prepare(
    `INSERT INTO commits (stream, version, commit_id, at, events) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (stream, version) DO NOTHING`,
  ),
  commitId: database.prepare('SELECT commit_id FROM commits WHERE stream = ? AND version = ?'),
  keep: database.prepare(
    `INSERT INTO states (stream, state_shape, version, state) VALUES (?, ?, ?, ?)
     ON CONFLICT (stream, state_shape) DO UPDATE
     SET version = excluded.version, state = excluded.state WHERE excluded.version > version`,
  ),
  state: database.prepare('SELECT version, state FROM states WHERE stream = ? AND state_shape = ?'),
  stream: database.prepare(
    'SELECT * FROM commits WHERE stream = ? AND version > ? ORDER BY version',
  ),
  some: database.prepare(
    'SELECT * FROM commits WHERE stream = ? AND version > ? ORDER BY version LIMIT ?',
  ),
  all: database.prepare('SELECT * FROM commits WHERE sequence > ? ORDER BY sequence LIMIT ?'),
});

const stateToKeep = (
  version: number,
  eventsText: string,
  { stateShape, state }: { readonly stateShape: string; readonly state: unknown },
): { readonly stateShape: string; readonly json: string } | undefined => {
  const commitBytes = Buffer.byteLength(eventsText);
  // Between two versions that keep it anyway only a state that goes along for nothing is measured.
  const limit = version % commitsPerState === 0 ? largeStateBytes : writeUnitBytes - commitBytes;
  const stateBytes = limit > 0 ? jsonBytesWithin(limit, state) : Number.POSITIVE_INFINITY;
  if (!keepsState(version, { commitBytes, stateBytes })) return;
  assertPlainJson(state, stateShape);
  return { stateShape, json: JSON.stringify(state) };
};

const commitFromRow = (row: CommitRow): Commit => ({
  stream: row.stream,
  version: row.version,
  commitId: row.commit_id,
  at: Instant.parse(row.at),
  events: decodeEvents(row.events, row),
});

const foldTail = <State>(
  fold: Fold<State>,
  from: { readonly state: State; readonly version: number },
  rows: readonly CommitRow[],
): { readonly state: State; readonly version: number } => {
  let { state, version } = from;
  for (const row of rows) {
    version += 1;
    assert(row.version === version, `${row.stream} has no gap at version ${version}`);
    for (const event of decodeEvents(row.events, row)) state = fold.evolve(state, event as never);
  }
  return { state, version };
};
