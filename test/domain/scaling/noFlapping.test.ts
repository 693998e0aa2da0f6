import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DesiredIntent } from '../../../domain/scaling/capacityQuestion.ts';
import type { DesiredChange } from '../../../domain/scaling/clusterCapacity.ts';
import { planCapacity } from '../../../domain/scaling/planCapacity.ts';
import { defaultScalingPolicy } from '../../../domain/scaling/scalingPolicy.ts';
import { aService, aTask, at, minutes } from '../../support/fleetBuilder.ts';
import { questionOf } from './capacityQuestions.ts';
import { aGroup, capacityOf, m5 } from './scalingBuilder.ts';

const perInstance = 8;
const policy = { ...defaultScalingPolicy, keepFreePercent: 0, scaleInMostPercent: 50 };
const bounds = { minSize: 1, maxSize: 8 };

type Day = { desired: number; changes: DesiredChange[]; intents: DesiredIntent[] };

/** One look at a group in which so many tasks are wanted; what is decided is carried out at once. */
const look = (day: Day, wanted: number, minute: number): void => {
  const names = Array.from({ length: day.desired }, (_, index) => `i${index}`);
  const running = Math.min(wanted, day.desired * perInstance);
  const tasks = Array.from({ length: running }, (_, index) =>
    aTask(`t${index}`, { on: names[index % day.desired] ?? '' }),
  );
  const known = capacityOf([], [aGroup('plain', { has: names, ...bounds })], at(minute));
  const group = known.groups.plain;
  if (group === undefined) throw new Error('the group is known');
  const { proposals } = planCapacity(
    questionOf(
      {
        instances: names.map((name) => m5(name)),
        tasks,
        services: [aService('orders', { desiredCount: wanted, placementConstraints: [] })],
      },
      {
        capacity: { ...known, groups: { plain: { ...group, desiredChanges: day.changes } } },
        intents: day.intents,
        policy,
        now: at(minute),
      },
    ),
  );
  for (const { command } of proposals) {
    const from = day.desired;
    day.desired = command.type === 'SetDesiredCapacity' ? command.desiredCapacity : from - 1;
    day.intents.push({ groupName: 'plain', desiredCapacity: day.desired, at: at(minute) });
    day.changes.push({ at: at(minute), from, to: day.desired });
  }
};

const isUp = ({ from, to }: DesiredChange) => to > from;
const flipsIn = (changes: readonly DesiredChange[], until: number) =>
  changes.filter((change, index) => {
    const before = changes[index - 1];
    if (before === undefined || isUp(before) === isUp(change)) return false;
    return change.at <= until && until - change.at <= policy.flipWindowMs;
  }).length;

describe('however the demand swings', () => {
  const demand = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 20, maxLength: 60 });

  it('the group keeps its bounds, and turns no more often than its policy says', () => {
    fc.assert(
      fc.property(demand, fc.constantFrom(15, 35, 70), (wanted, everyMinutes) => {
        const day: Day = { desired: 3, changes: [], intents: [] };
        wanted.forEach((tasks, index) => {
          look(day, tasks, index * everyMinutes);
          expect(day.desired).toBeGreaterThanOrEqual(bounds.minSize);
          expect(day.desired).toBeLessThanOrEqual(bounds.maxSize);
          // Whoever waits gets room at once: restraint is for scale-in alone.
          expect(day.desired * perInstance).toBeGreaterThanOrEqual(
            Math.min(tasks, bounds.maxSize * perInstance),
          );
        });
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
    swings.forEach((tasks, index) => look(day, tasks, index * 35));
    expect(flipsIn(day.changes, day.changes.at(-1)?.at ?? 0)).toBeGreaterThan(1);
    for (let minute = 24 * 35; minute < 24 * 35 + 900; minute += 35) look(day, 4, minute);
    expect(day.desired).toBe(bounds.minSize);
    const grown = day.changes.findLast(isUp)?.at ?? 0;
    const shrunk = day.changes.find((each) => !isUp(each) && each.at > grown)?.at ?? 0;
    expect(shrunk - grown).toBeGreaterThanOrEqual(policy.scaleInCooldownMs);
    expect(minutes(35)).toBeGreaterThan(policy.scaleInCooldownMs);
  });
});
