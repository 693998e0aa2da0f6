import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { replayCommand } from '../../cli/commands/replay.ts';
import { liveReplay, type Replayed } from '../../cli/replay/liveReplay.ts';
import { summaryOf } from '../../cli/replay/summary.ts';
import { summaryLines } from '../../cli/replay/summaryLines.ts';
import { openLivedRecord } from '../../infra/local/livedRecord.ts';
import { replayYears } from '../../infra/local/scenario/replayYears.ts';
import { commandLine } from './commandLine.ts';

// The week in which the floating tags of 2019 went back to March (official-images#18823).
const span = { from: '2025-04-07', to: '2025-04-10' };
const scenario = replayYears(span);
const identity = `${scenario.name} seed 7`;
const april8 = Date.parse('2025-04-08T17:00:00Z');
const patience = 120_000;

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tuesday-replay-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Lives in `file` and is broken off, as by a kill, once `steps` were taken. */
const live = async (file: string, steps = Number.POSITIVE_INFINITY) => {
  const record = openLivedRecord(join(folder, file), identity);
  let taken = 0;
  let clock = 0;
  try {
    return await liveReplay(scenario, 7, record, {
      // A checkpoint at about every third step.
      wallClock: () => (clock += 1_500),
      progress: () => {
        taken += 1;
        if (taken >= steps) throw new Error('broken off');
      },
    });
  } finally {
    record.close();
  }
};

const told = (lived: Replayed) => JSON.stringify(summaryOf(lived, new Set()));

/** Every stream. Two shards of one batch are written in either order. */
const streamsIn = async (file: string): Promise<ReadonlyMap<string, unknown>> => {
  const record = openLivedRecord(join(folder, file), identity);
  try {
    const commits = await record.store.readAll(0, Number.MAX_SAFE_INTEGER);
    const plain = commits.map(({ sequence: _, ...commit }) => commit);
    return Map.groupBy(plain, ({ stream }) => stream);
  } finally {
    record.close();
  }
};

describe('a replayed week', () => {
  let whole: Replayed;
  beforeAll(async () => {
    whole = await live('whole.sqlite');
  }, patience);

  it('is the same for the same seed, broken off and carried on or not', {
    timeout: patience,
  }, async () => {
    for (const steps of [7, 20, 41]) {
      await expect(live('broken.sqlite', steps)).rejects.toThrow('broken off');
    }
    expect(told(await live('broken.sqlite'))).toBe(told(whole));
    const [broken, unbroken] = [await streamsIn('broken.sqlite'), await streamsIn('whole.sqlite')];
    expect([...broken.keys()].toSorted()).toEqual([...unbroken.keys()].toSorted());
    const others = [...broken].filter(
      ([stream, commits]) => !isDeepStrictEqual(commits, unbroken.get(stream)),
    );
    expect(others.map(([stream]) => stream)).toEqual([]);
  });

  it('sees tags go back to March, says so once each, and moves no channel', () => {
    const { anomalies } = summaryOf(whole, new Set());
    expect(anomalies.map(({ tag, kind }) => `${kind} ${tag}`).toSorted()).toEqual([
      'movedBack windows/nanoserver:1809',
      'movedBack windows/servercore:ltsc2019',
    ]);
    for (const { repository, channel, newest } of whole.views.channels) {
      if (channel !== 'ltsc2019' || !repository.startsWith('windows/')) continue;
      if (repository.endsWith('/iis')) continue;
      expect(newest?.build).toBe('17763.7136');
    }
  });

  it('asks for no rebuild on March, and has every image that could be rebuilt', () => {
    const [april] = summaryOf(whole, new Set()).releases;
    expect(april).toMatchObject({ release: '2025-04-08', kind: 'B', instancesReplaced: 0 });
    expect(april?.imagesRebuilt).toBeGreaterThan(40);
    const later = [...whole.views.rollouts.values()].filter(({ plannedAt }) => plannedAt > april8);
    expect(later.length).toBeGreaterThan(0);
    for (const { targets } of later) {
      expect(targets.map(({ build }) => build)).not.toContain('17763.7009');
    }
  });

  it('is told in columns that fit, each line at most 130 wide', () => {
    for (const line of summaryLines(summaryOf(whole, new Set()))) {
      expect(line.length).toBeLessThanOrEqual(130);
    }
  });

  it('does not go on in a record of another life', () => {
    const file = join(folder, 'whole.sqlite');
    expect(() => openLivedRecord(file, 'another')).toThrow('begin anew with --reset');
  });
});

describe('tuesday replay', () => {
  it.each([
    [['--from', 'March'], '--from March is no day'],
    [['--from', '2019-01-01'], '--from 2019-01-01 is outside what is known'],
    [['--to', '2031-01-01'], '--to 2031-01-01 is outside what is known'],
    [['--from', '2025-05-01', '--to', '2025-04-01'], '--from 2025-05-01 is after --to 2025-04-01'],
    [['--seed', 'seven'], '--seed seven is no whole number'],
  ])('says what is wrong with %s', async (words, sentence) => {
    const file = join(folder, 'no.sqlite');
    expect(await commandLine(replayCommand).slip('replay', ...words, '--store', file)).toContain(
      sentence,
    );
  });
});
