import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSqliteEventStore } from '../../infra/eventStore/sqliteEventStore.ts';
import { cloudClock } from '../../infra/local/cloudClock.ts';
import { readViews } from '../../infra/views/views.ts';

// The first day and a half of the month: the watch begins, what was stale since spring is planned,
// rebuilt, drained, replaced and deployed, and the next Patch Tuesday is still to come.

const until = '2025-10-14T12:00:00Z';
const folder = mkdtempSync(join(tmpdir(), 'tuesday-start-'));
const killed = join(folder, 'killed.sqlite');
const straight = join(folder, 'straight.sqlite');

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const start = (store: string): { child: ChildProcess; output: Promise<string> } => {
  const words = ['cli/tuesday.ts', 'start', '--json', '--until', until, '--store', store];
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] });
  const output = new Promise<string>((resolve) => {
    let text = '';
    child.stdout.on('data', (chunk) => {
      text += chunk;
    });
    child.on('close', () => resolve(text));
  });
  return { child, output };
};

/** Ends the process without warning once its world has come to `at`. */
const killAt = async (store: string, at: string): Promise<void> => {
  const { child, output } = start(store);
  while ((cloudClock(store) ?? 0) < Date.parse(at) && child.exitCode === null) await pause(20);
  child.kill('SIGKILL');
  await output;
};

describe('a lived month', () => {
  let whole = '';

  beforeAll(async () => {
    whole = await start(straight).output;
  });

  it('patches what is stale and says what it leaves', async () => {
    const store = openSqliteEventStore(straight);
    const { rollouts } = await readViews(store);
    store.close();
    const [first] = [...rollouts.values()];
    expect(first?.status).not.toBe('none');
    const instances = Object.values(first?.instances ?? {});
    expect(instances.length).toBeGreaterThan(0);
    // A task of licences may not be moved: its service allows neither more nor fewer.
    const undone = instances.filter(({ status }) => status !== 'done');
    expect(undone.length).toBeLessThan(instances.length);
    const whyNot = (arn: string) => first?.heldNow.find(({ subject }) => subject === arn)?.reason;
    expect(undone.map((each) => whyNot(each.containerInstanceArn))).toEqual(
      undone.map(() => 'DeploymentDeadlock'),
    );
    expect(first?.heldByPlan.map(({ reason }) => reason)).toContain('ImageUnknown');
  });

  it('killed at any moment and started again, ends the same to the letter', async () => {
    await killAt(killed, '2025-10-13T12:00:00Z');
    await killAt(killed, '2025-10-13T14:00:00Z');
    await killAt(killed, '2025-10-13T15:00:00Z');
    await killAt(killed, '2025-10-14T01:00:00Z');
    expect(await start(killed).output).toBe(whole);
    expect(whole).not.toBe('');
  });
});
