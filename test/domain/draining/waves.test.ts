import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wavesOf } from '../../../domain/draining/waves.ts';
import { deploymentBounds } from '../../../domain/service/deploymentBounds.ts';
import { orderExists } from './orderExists.ts';

type Given = {
  readonly desired: number;
  readonly minimum: number;
  readonly maximum: number;
  readonly leaving: number;
  readonly rooms?: number;
  readonly starting?: number;
  readonly unsure?: number;
  readonly pending?: number;
};

const boundsOf = ({ desired, minimum, maximum }: Given) =>
  deploymentBounds({
    desiredCount: desired,
    minimumHealthyPercent: minimum,
    maximumPercent: maximum,
  });

/** A service of which all that it desires runs. */
const moved = (given: Given) => {
  const { desired, leaving, rooms = leaving, starting = 0, unsure = 0, pending = 0 } = given;
  return wavesOf({
    bounds: boundsOf(given),
    running: desired - starting - unsure - pending,
    starting,
    unsure,
    leaving: Array.from({ length: leaving }, (_, place) => ({
      id: `t${place + 1}`,
      isRunning: place >= pending,
      isReplaced: place < rooms,
    })),
  });
};

describe('the order in which ECS may empty an instance of a service', () => {
  it('starts first where nothing may be missing', () => {
    const given = { desired: 2, minimum: 100, maximum: 200, leaving: 2 };
    expect(moved(given)).toEqual({
      waves: [
        { stops: [], starts: ['t1', 't2'] },
        { stops: ['t1', 't2'], starts: [] },
      ],
      left: [],
      lowest: 2,
    });
  });

  it('stops first where none may be more', () => {
    const given = { desired: 4, minimum: 50, maximum: 100, leaving: 2 };
    expect(moved(given)).toEqual({
      waves: [
        { stops: ['t1', 't2'], starts: [] },
        { stops: [], starts: ['t1', 't2'] },
      ],
      left: [],
      lowest: 2,
    });
  });

  it('goes one by one where the bounds leave one', () => {
    const { waves, lowest } = moved({ desired: 4, minimum: 75, maximum: 100, leaving: 2 });
    expect(waves.map(({ stops, starts }) => [stops.length, starts.length])).toEqual([
      [1, 0],
      [0, 1],
      [1, 0],
      [0, 1],
    ]);
    expect(lowest).toBe(3);
  });

  it('moves the only task by starting another, or not at all', () => {
    const only = { desired: 1, minimum: 100, leaving: 1 };
    expect(moved({ ...only, maximum: 200 }).left).toEqual([]);
    expect(moved({ ...only, maximum: 199 })).toEqual({ waves: [], left: ['t1'], lowest: 1 });
  });

  // ECS Developer Guide, deployment-type-ecs: rounding alone can bring it to a standstill.
  it.each([
    { desired: 2, minimum: 75, maximum: 100 },
    { desired: 3, minimum: 100, maximum: 125 },
    { desired: 1, minimum: 1, maximum: 199 },
    { desired: 10, minimum: 91, maximum: 109 },
  ])('finds no way for $desired with $minimum to $maximum percent', (given) => {
    expect(moved({ ...given, leaving: 1 }).left).toEqual(['t1']);
  });

  it('waits for tasks that are starting elsewhere and then goes on', () => {
    const given = { desired: 4, minimum: 75, maximum: 100, leaving: 1, starting: 1 };
    expect(moved(given)).toMatchObject({ left: [], lowest: 3 });
  });

  it('stops what is PENDING at once, whatever the bounds', () => {
    const given = { desired: 2, minimum: 100, maximum: 100, leaving: 1, pending: 1 };
    expect(moved(given).waves).toEqual([{ stops: ['t1'], starts: ['t1'] }]);
  });

  it('goes without a replacement as far as the minimum allows, and leaves the rest', () => {
    const given = { desired: 4, minimum: 50, maximum: 200, leaving: 4, rooms: 0 };
    expect(moved(given)).toMatchObject({ left: ['t3', 't4'], lowest: 2 });
  });
});

const anyGiven = fc
  .record({
    desired: fc.integer({ min: 1, max: 6 }),
    minimum: fc.constantFrom(0, 1, 34, 50, 75, 99, 100),
    maximum: fc.constantFrom(100, 125, 150, 199, 200),
    leaving: fc.nat(6),
    rooms: fc.nat(6),
  })
  .map((given) => ({ ...given, leaving: Math.min(given.leaving, given.desired) }))
  .map((given) => ({ ...given, rooms: Math.min(given.rooms, given.leaving) }));

describe('of every service', () => {
  it('something is left if and only if no order gets everything away', () => {
    fc.assert(
      fc.property(anyGiven, (given) => {
        const { desired, minimum, maximum, leaving, rooms } = given;
        const tiny = {
          desired,
          minimumPercent: minimum,
          maximumPercent: maximum,
          leaving,
          staying: desired - leaving,
        };
        expect(moved(given).left.length === 0).toBe(orderExists([tiny], rooms));
      }),
      { numRuns: 2_000 },
    );
  });

  it('never fewer run than the lower bound says, nor more exist than the upper', () => {
    fc.assert(
      fc.property(anyGiven, (given) => {
        const { lower, upper } = boundsOf(given);
        const { waves, lowest } = moved(given);
        let running = given.desired;
        for (const { stops, starts } of waves) {
          expect(running + starts.length).toBeLessThanOrEqual(
            starts.length > 0 ? upper : Number.POSITIVE_INFINITY,
          );
          expect(running - stops.length).toBeGreaterThanOrEqual(lower);
          expect(running - stops.length).toBeGreaterThanOrEqual(lowest);
          running += starts.length - stops.length;
        }
      }),
    );
  });

  it('every task is stopped once or left, and replaced at most once', () => {
    fc.assert(
      fc.property(anyGiven, (given) => {
        const { waves, left } = moved(given);
        const all = Array.from({ length: given.leaving }, (_, place) => `t${place + 1}`);
        const stops = waves.flatMap((wave) => wave.stops);
        const starts = waves.flatMap((wave) => wave.starts);
        expect([...stops, ...left].toSorted()).toEqual(all.toSorted());
        expect(new Set(starts).size).toBe(starts.length);
        expect(starts.length).toBeLessThanOrEqual(given.rooms);
      }),
    );
  });
});
