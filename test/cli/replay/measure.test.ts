import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { waitOf } from '../../../cli/replay/measure.ts';
import { newTally } from '../../../cli/replay/tally.ts';
import { replayYears } from '../../../infra/local/scenario/replayYears.ts';

const hour = 3_600_000;

describe('what an exposure was spent on', () => {
  it('is Microsoft until the base is there, then the rebuild, then AWS, then us', () => {
    const parts = { baseAt: 2 * hour, rebuiltAt: 5 * hour, amiAt: 96 * hour };
    expect(waitOf(0, 100 * hour, parts)).toEqual({
      vendor: 93 * hour,
      rebuild: 3 * hour,
      ours: 4 * hour,
    });
  });

  it('is ours from the rebuild on where no AMI is waited for, as out of band', () => {
    const parts = { baseAt: 2 * hour, rebuiltAt: 5 * hour, amiAt: null };
    expect(waitOf(0, 6 * hour, parts)).toEqual({ vendor: 2 * hour, rebuild: 3 * hour, ours: hour });
  });

  it('adds up to the whole, whatever came when, and no part is negative', () => {
    const moment = fc.option(fc.integer({ min: 0, max: 1000 }), { nil: null });
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 500 }),
        fc.integer({ min: 500, max: 1000 }),
        fc.record({ baseAt: moment, rebuiltAt: moment, amiAt: moment }),
        (shippedAt, now, parts) => {
          const { vendor, rebuild, ours } = waitOf(shippedAt, now, parts);
          expect(vendor + rebuild + ours).toBe(now - shippedAt);
          expect(Math.min(vendor, rebuild, ours)).toBeGreaterThanOrEqual(0);
        },
      ),
    );
  });
});

describe('the releases of thirteen months', () => {
  const { releases } = newTally(replayYears({ from: '2025-03-01', to: '2026-03-31' }));

  it('are thirteen Patch Tuesdays and the two out-of-bands that became images', () => {
    const images = releases.filter(({ image }) => image);
    expect(images.filter(({ kind }) => kind === 'B').length).toBe(13);
    expect(images.filter(({ kind }) => kind === 'OOB').map(({ date }) => date)).toEqual([
      '2025-04-16',
      '2025-10-23',
    ]);
  });

  it('tell apart what was for hosts alone', () => {
    const hosts = releases.filter(({ image }) => !image).map(({ date }) => date);
    expect(hosts).toContain('2025-07-13');
    expect(hosts).toContain('2026-01-17');
    expect(hosts).toContain('2025-10-20');
  });
});
