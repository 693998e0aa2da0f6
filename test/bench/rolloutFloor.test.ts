import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  batchesMs,
  callsFloor,
  floorMs,
  quantile,
  slidingMs,
  type Wave,
} from '../../bench/rolloutFloor.ts';

const floorOf = (wave: Wave) => floorMs({ mandatoryMs: 0, waves: [wave] });
const anyWave: fc.Arbitrary<Wave> = fc.record({
  slots: fc.integer({ min: 1, max: 8 }),
  durationsMs: fc.array(fc.nat(1_000), { maxLength: 40 }),
});

describe('the least time that a rollout takes', () => {
  it('is its work spread over the slots', () => {
    expect(floorOf({ slots: 2, durationsMs: [10, 10, 20, 20] })).toBe(30);
  });

  it('is its longest instance where that is more', () => {
    expect(floorOf({ slots: 3, durationsMs: [10, 90, 20] })).toBe(90);
  });

  it('is that of each wave after the other, and what is prescribed', () => {
    const waves = [
      { slots: 1, durationsMs: [5] },
      { slots: 2, durationsMs: [10, 10, 20, 20] },
    ];
    expect(floorMs({ mandatoryMs: 100, waves })).toBe(135);
  });

  it('is nothing where there is nothing to do', () => {
    expect(floorMs({ mandatoryMs: 0, waves: [] })).toBe(0);
    expect(floorOf({ slots: 3, durationsMs: [] })).toBe(0);
  });

  it('is never more than any schedule takes, and barriers never take less than a window', () => {
    fc.assert(
      fc.property(anyWave, (wave) => {
        expect(floorOf(wave)).toBeLessThanOrEqual(slidingMs(wave) + 1e-9);
        expect(slidingMs(wave)).toBeLessThanOrEqual(batchesMs(wave));
      }),
    );
  });
});

describe('what it is compared with', () => {
  it('batches wait for their longest, a window only for a slot', () => {
    const wave = { slots: 2, durationsMs: [10, 40, 30, 10] };
    expect([batchesMs(wave), slidingMs(wave)]).toEqual([70, 50]);
  });
});

describe('the least number of calls', () => {
  it('is one for ten instances, and one for each service', () => {
    expect([callsFloor(500, 50), callsFloor(11, 0), callsFloor(0, 1)]).toEqual([100, 2, 1]);
  });
});

describe('a quantile', () => {
  it('is a value that so many are not above', () => {
    const values = [5, 1, 4, 2, 3, 10, 9, 8, 7, 6];
    expect([quantile(values, 0.5), quantile(values, 0.9), quantile(values, 1)]).toEqual([5, 9, 10]);
    expect(quantile([7], 0.9)).toBe(7);
  });
});
