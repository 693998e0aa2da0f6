import { beforeAll, describe, expect, it } from 'vitest';
import { simulateInParallel } from './parallel.ts';
import { regressions } from './regressions.ts';
import { type SeedReport, simulate } from './simulate.ts';
import { failureLines, summaryOf } from './summary.ts';

const seeds = 200;
const steps = 200;

describe('200 seeds of 200 steps', () => {
  let reports: readonly SeedReport[] = [];

  beforeAll(async () => {
    reports = await simulateInParallel({ from: 1, seeds, steps, processes: 2 });
  }, 600_000);

  it('break no invariant, come to rest, and stay still', () => {
    expect(reports).toHaveLength(seeds);
    const { failed } = summaryOf(reports);
    expect(failed.flatMap(failureLines).join('\n')).toBe('');
  });

  it('meet every class of fault and every edge of a rollout', () => {
    expect(summaryOf(reports).never).toEqual([]);
  });

  it('meet ten faults a seed and more', () => {
    const { fired } = summaryOf(reports);
    const total = Object.values(fired).reduce((sum, count) => sum + count, 0);
    expect(total / seeds).toBeGreaterThan(10);
  });

  it('are lived again as they were', async () => {
    for (const { seed, hash } of reports.slice(0, 3)) {
      expect([seed, (await simulate(seed, { steps })).hash]).toEqual([seed, hash]);
    }
  });
});

describe('seeds that once failed', () => {
  it.each(regressions)('$seed: $was', async ({ seed }) => {
    expect((await simulate(seed, { steps })).violations).toEqual([]);
  });
});
