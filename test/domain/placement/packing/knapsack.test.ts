import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kindsOf } from '../../../../domain/placement/packing/kinds.ts';
import { bestPattern } from '../../../../domain/placement/packing/knapsack.ts';
import { task } from './builders.ts';

const need = fc.integer({ min: 1, max: 12 });
const priced = fc.array(fc.record({ cpu: need, memoryMiB: need, price: need }), {
  minLength: 1,
  maxLength: 10,
});
const capacity = [20, 20, 0, 0];

const asked = (wanted: readonly { cpu: number; memoryMiB: number; price: number }[]) => {
  const tasks = wanted.map(({ cpu, memoryMiB }, index) => task(`${index}`, { cpu, memoryMiB }));
  const kinds = kindsOf({ tasks, instances: [], instanceTypes: [] });
  const prices = kinds.map(({ taskIds }) => wanted[Number(taskIds[0])]?.price ?? 0);
  return { kinds, prices };
};

describe('the most valuable pattern', () => {
  it('is what trying every subset finds', () => {
    fc.assert(
      fc.property(priced, (wanted) => {
        const { kinds, prices } = asked(wanted);
        const worthOfTask = kinds.flatMap(({ taskIds, needs }, kind) =>
          taskIds.map(() => ({ needs, price: prices[kind] ?? 0 })),
        );
        let most = 0;
        for (let subset = 0; subset < 2 ** worthOfTask.length; subset += 1) {
          const chosen = worthOfTask.filter((_, index) => (subset >> index) & 1);
          const sum = (d: number) =>
            chosen.reduce((total, each) => total + (each.needs[d] ?? 0), 0);
          if (sum(0) > 20 || sum(1) > 20) continue;
          most = Math.max(
            most,
            chosen.reduce((total, each) => total + each.price, 0),
          );
        }
        const found = bestPattern(kinds, capacity, prices, 1_000_000);
        expect(found).toMatchObject({ value: most, atMost: most });
      }),
    );
  });

  it('is never worth more than a search that was broken off says', () => {
    let brokenOff = 0;
    fc.assert(
      fc.property(priced, fc.integer({ min: 0, max: 6 }), (wanted, nodesMax) => {
        const { kinds, prices } = asked(wanted);
        const { value } = bestPattern(kinds, capacity, prices, 1_000_000);
        const early = bestPattern(kinds, capacity, prices, nodesMax);
        if (early.value < value) brokenOff += 1;
        expect(early.atMost).toBeGreaterThanOrEqual(value);
      }),
      { numRuns: 1_000 },
    );
    expect(brokenOff).toBeGreaterThan(10);
  });
});
