import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planCapacity } from '../../../domain/scaling/planCapacity.ts';
import { minutes } from '../../support/fleetBuilder.ts';
import { bounds, type Day, flipsIn, isUp, look, perInstance, policy } from './swingingDemand.ts';

describe('however the demand swings', () => {
  const demand = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 20, maxLength: 60 });

  it('the group keeps its bounds, and turns no more often than its policy says', () => {
    fc.assert(
      fc.property(demand, fc.constantFrom(15, 35, 70), (wanted, everyMinutes) => {
        const day: Day = { desired: 3, changes: [], intents: [] };
        for (const [index, tasks] of wanted.entries()) {
          look(planCapacity, day, tasks, index * everyMinutes);
          expect(day.desired).toBeGreaterThanOrEqual(bounds.minSize);
          expect(day.desired).toBeLessThanOrEqual(bounds.maxSize);
          // Whoever waits gets room at once: restraint is for scale-in alone.
          expect(day.desired * perInstance).toBeGreaterThanOrEqual(
            Math.min(tasks, bounds.maxSize * perInstance),
          );
        }
        for (const { at: until } of day.changes) {
          expect(flipsIn(day.changes, until)).toBeLessThanOrEqual(policy.flipsMost);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('it does turn, and shrinks again once it is quiet', () => {
    const day: Day = { desired: 2, changes: [], intents: [] };
    const swings = Array.from({ length: 24 }, (_, index) => (index % 2 === 0 ? 40 : 4));
    for (const [index, tasks] of swings.entries()) look(planCapacity, day, tasks, index * 35);
    expect(flipsIn(day.changes, day.changes.at(-1)?.at ?? 0)).toBeGreaterThan(1);
    for (let minute = 24 * 35; minute < 24 * 35 + 900; minute += 35)
      look(planCapacity, day, 4, minute);
    expect(day.desired).toBe(bounds.minSize);
    const grown = day.changes.findLast(isUp)?.at ?? 0;
    const shrunk = day.changes.find((each) => !isUp(each) && each.at > grown)?.at ?? 0;
    expect(shrunk - grown).toBeGreaterThanOrEqual(policy.scaleInCooldownMs);
    expect(minutes(35)).toBeGreaterThan(policy.scaleInCooldownMs);
  });
});
