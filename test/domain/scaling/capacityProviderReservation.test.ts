import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  capacityProviderReservation,
  type Reservation,
} from '../../../domain/scaling/capacityProviderReservation.ts';
import { tasks as anyTasks } from '../placement/packing/arbitraries.ts';
import { task, tasksOf } from '../placement/packing/builders.ts';
import {
  m5,
  offers,
  reservationCases,
  reservedQuestion,
  small,
  twoCpus,
  types,
} from './reservationCases.ts';

const reserved = (...asked: Parameters<typeof reservedQuestion>): Reservation =>
  capacityProviderReservation(reservedQuestion(...asked));

describe('CapacityProviderReservation, case by case as it is documented', () => {
  it.each(reservationCases)('%s', (_, question, needed, percent) => {
    const found = capacityProviderReservation(question);
    expect(found).toMatchObject({ isKnown: true, isStuck: false, needed });
    expect(found.isKnown && found.percent).toBeCloseTo(percent, 9);
  });

  it('stays at 100 % where nothing that waits fits the smallest, empty instances or not', () => {
    const found = reserved(4, 2, tasksOf(2, 't', { cpu: 4_096 }), types(m5, small));
    expect(found).toMatchObject({ isKnown: true, isStuck: true, percent: 100 });
    expect(found.taskGroups).toEqual([
      { taskIds: ['t-000', 't-001'], groups: ['service:shop'], fits: false },
    ]);
  });

  it('a port that the agent keeps is never free', () => {
    const found = reserved(1, 0, [task('t', { tcpPorts: [3389] })]);
    expect(found).toMatchObject({ isStuck: true });
  });

  it('each parameter has a smallest type of its own', () => {
    const wide = { id: 'c5.4xlarge', capacity: offers({ cpu: 16_384, memoryMiB: 16_000 }) };
    const found = reserved(1, 0, [task('t', { cpu: 8_192, memoryMiB: 20_000 })], types(m5, wide));
    expect(found).toMatchObject({ isStuck: true });
  });

  it('is not known while a type that may be launched has never been seen', () => {
    const unseen = { id: 'r5.large', capacity: null };
    expect(reserved(2, 1, tasksOf(1, 't', twoCpus), types(m5, unseen))).toMatchObject({
      isKnown: false,
      unknownTypes: ['r5.large'],
    });
    expect(reserved(2, 1, tasksOf(1, 't', twoCpus), types())).toMatchObject({ isKnown: false });
    // Nothing waits: types do not matter.
    expect(reserved(2, 1, [], types(m5, unseen))).toMatchObject({ percent: 50 });
  });
});

describe('CapacityProviderReservation, whatever waits', () => {
  const anyType = fc.constantFrom(m5, small, {
    id: 'tiny',
    capacity: offers({ cpu: 4, memoryMiB: 4 }),
  });
  const any = fc.record({
    running: fc.integer({ min: 0, max: 20 }),
    waiting: anyTasks(20),
    instanceTypes: fc.uniqueArray(anyType, { minLength: 1, selector: ({ id }) => id }),
    minimumScalingStepSize: fc.integer({ min: 1, max: 4 }),
    maximumScalingStepSize: fc.integer({ min: 4, max: 30 }),
  });

  it('is M/N, M within the steps, and every task in one group', () => {
    fc.assert(
      fc.property(any, ({ running, waiting, ...settings }) => {
        const found = reserved(running, 0, waiting, settings);
        if (!found.isKnown) throw new Error('all types are known');
        const { minimumScalingStepSize: least, maximumScalingStepSize: most } = settings;
        const ids = found.taskGroups.flatMap(({ taskIds }) => taskIds);
        expect(ids.toSorted()).toEqual(waiting.map(({ id }) => id).toSorted());
        if (running > 0) expect(found.percent).toBeCloseTo((found.needed / running) * 100, 9);
        const grows = found.taskGroups.some(({ fits }) => fits);
        const step = found.needed - running;
        expect(step).toBeGreaterThanOrEqual(grows ? least : 0);
        expect(step).toBeLessThanOrEqual(grows ? most : 0);
      }),
    );
  });

  it('is the same in whatever order tasks and types are listed', () => {
    fc.assert(
      fc.property(any, ({ running, waiting, instanceTypes, ...steps }) => {
        const one = reserved(running, 0, waiting, { instanceTypes, ...steps });
        const other = reserved(running, 0, waiting.toReversed(), {
          instanceTypes: instanceTypes.toReversed(),
          ...steps,
        });
        expect(other).toEqual(one);
      }),
    );
  });
});
