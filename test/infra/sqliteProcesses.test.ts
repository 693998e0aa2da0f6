import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fold } from '../../domain/decider.ts';
import type { DisruptionEvent } from '../../events/disruption.ts';
import type { EventStore, SequencedCommit } from '../../infra/eventStore/eventStore.ts';
import { openSqliteEventStore } from '../../infra/eventStore/sqliteEventStore.ts';
import { leases } from '../support/leases.ts';

const worker = fileURLToPath(new URL('../support/storeWriter.ts', import.meta.url));

type Answered = {
  readonly stream: string;
  readonly commitId: string;
  readonly attempts: number;
};
type Writers = {
  readonly child: ChildProcess;
  /** What the process said was appended, as far as it has been heard. */
  readonly answered: Answered[];
  readonly ended: Promise<unknown>;
};

const children: ChildProcess[] = [];

const startWriters = (
  file: string,
  name: string,
  { writers, commits, streams }: { writers: number; commits: number; streams: readonly string[] },
): Writers => {
  const child = spawn(
    process.execPath,
    [worker, file, name, `${writers}`, `${commits}`, ...streams],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  children.push(child);
  const answered: Answered[] = [];
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => {
    const [stream = '', commitId = '', attempts = ''] = line.split(' ');
    // The last line of a killed process may be cut off.
    if (attempts !== '') answered.push({ stream, commitId, attempts: Number(attempts) });
  });
  return { child, answered, ended: Promise.all([once(child, 'exit'), once(lines, 'close')]) };
};

const everything = (store: EventStore): Promise<readonly SequencedCommit[]> =>
  store.readAll(0, 1_000_000);

/**
 * Versions 1, 2, 3 ... in every stream, every commit id once, the state as the events fold to it.
 */
const expectWhole = async (store: EventStore): Promise<readonly SequencedCommit[]> => {
  const all = await everything(store);
  expect(new Set(all.map(({ commitId }) => commitId)).size).toBe(all.length);
  for (const stream of new Set(all.map((commit) => commit.stream))) {
    const commits = all.filter((commit) => commit.stream === stream);
    expect(commits.map(({ version }) => version)).toEqual(commits.map((_, index) => index + 1));
    expect(await store.readStream(stream)).toEqual(
      commits.map(({ sequence: _, ...commit }) => commit),
    );
    const events = commits.flatMap((commit) => commit.events as readonly DisruptionEvent[]);
    const { state, position } = await store.load(stream, leases);
    expect(state).toEqual(fold(leases, events));
    expect(position.version).toBe(commits.length);
  }
  return all;
};

const expectHeld = (all: readonly SequencedCommit[], answered: readonly Answered[]): void => {
  const held = new Set(all.map(({ stream, commitId }) => `${stream} ${commitId}`));
  const lost = answered.filter(({ stream, commitId }) => !held.has(`${stream} ${commitId}`));
  expect(lost).toEqual([]);
};

describe('a SQLite store under several processes', { timeout: 60_000 }, () => {
  let directory: string;
  let file: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'tuesday-processes-'));
    file = join(directory, 'tuesday.sqlite');
  });
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    rmSync(directory, { recursive: true });
  });

  it('takes 16 writers in 4 processes: no gap, no double, a reader misses nothing', async () => {
    const streams = ['disruption#one', 'disruption#two'];
    const processes = ['p1', 'p2', 'p3', 'p4'].map((name) =>
      startWriters(file, name, { writers: 4, commits: 20, streams }),
    );
    const store = openSqliteEventStore(file);
    const polled: SequencedCommit[] = [];
    let pollsThatFound = 0;
    const poll = async () => {
      const page = await store.readAll(polled.at(-1)?.sequence ?? 0, 7);
      pollsThatFound += page.length > 0 ? 1 : 0;
      polled.push(...page);
    };
    let writing = true;
    const ended = Promise.all(processes.map((writers) => writers.ended)).then(() => {
      writing = false;
    });
    while (writing) {
      await poll();
      await new Promise(setImmediate);
    }
    await ended;
    while ((await everything(store)).length > polled.length) await poll();

    const all = await expectWhole(store);
    const answered = processes.flatMap((writers) => writers.answered);
    expect(answered.length).toBe(16 * 20);
    expect(all.length).toBe(16 * 20);
    expectHeld(all, answered);
    expect(polled).toEqual(all);
    expect(pollsThatFound).toBeGreaterThan(1);
    // Without a clash nothing above was put to the test.
    expect(answered.filter(({ attempts }) => attempts > 1).length).toBeGreaterThan(0);
    store.close();
  });

  it('is made once, however many processes find the file empty at the same moment', async () => {
    const empty = new DatabaseSync(file);
    empty.exec('PRAGMA journal_mode = WAL; BEGIN IMMEDIATE');
    const processes = ['m1', 'm2', 'm3'].map((name) =>
      startWriters(file, name, { writers: 1, commits: 1, streams: ['disruption#one'] }),
    );
    // Time to find it empty and to queue for the lock. Were it too short, less would be tried.
    await new Promise((resolve) => setTimeout(resolve, 1000));
    empty.exec('ROLLBACK');
    empty.close();
    await Promise.all(processes.map((writers) => writers.ended));
    expect(processes.map(({ child }) => child.exitCode)).toEqual([0, 0, 0]);
    const store = openSqliteEventStore(file);
    expect((await expectWhole(store)).length).toBe(3);
    store.close();
  });

  it('holds what it answered when its writer is killed, again and again', async () => {
    const answered: Answered[] = [];
    for (const name of ['k1', 'k2', 'k3']) {
      const streams = ['disruption#one', 'disruption#two'];
      const writers = startWriters(file, name, { writers: 2, commits: 1_000_000, streams });
      while (writers.answered.length < 40) {
        await new Promise((resolve) => setTimeout(resolve, 5));
        expect(writers.child.exitCode).toBeNull();
      }
      writers.child.kill('SIGKILL');
      await writers.ended;
      answered.push(...writers.answered);
      const store = openSqliteEventStore(file);
      const all = await expectWhole(store);
      expectHeld(all, answered);
      store.close();
    }
    expect(answered.length).toBeGreaterThanOrEqual(120);
  });
});
