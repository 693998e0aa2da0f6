import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PackingTask } from '../../../domain/placement/packing/packing.ts';
import type { RemainingResources } from '../../../domain/placement/placementProblem.ts';
import {
  capacityProviderReservation,
  managedScalingDefaults,
  type Reservation,
  type ReservationQuestion,
} from '../../../domain/scaling/capacityProviderReservation.ts';
import { tasks as anyTasks } from '../placement/packing/arbitraries.ts';
import { task, tasksOf } from '../placement/packing/builders.ts';

const offers = (fields: Partial<RemainingResources>): RemainingResources => ({
  cpu: 8_192,
  memoryMiB: 32_767,
  gpus: 0,
  networkInterfaces: 3,
  tcpPorts: [3389],
  udpPorts: [],
  ...fields,
});
const m5 = { id: 'm5.2xlarge', capacity: offers({}) };
const small = { id: 'm5.large', capacity: offers({ cpu: 2_048, memoryMiB: 8_191 }) };

const reserved = (
  running: number,
  empty: number,
  provisioning: readonly PackingTask[] = [],
  fields: Partial<ReservationQuestion> = {},
): Reservation =>
  capacityProviderReservation({
    instances: Array.from({ length: running }, (_, index) => ({
      id: `i${index}`,
      isEmpty: index < empty,
    })),
    provisioning,
    instanceTypes: [m5],
    ...managedScalingDefaults,
    ...fields,
  });

const twoCpus = { cpu: 2_048, memoryMiB: 4_096 };
const types = (...instanceTypes: ReservationQuestion['instanceTypes']) => ({ instanceTypes });

describe('CapacityProviderReservation, case by case as it is documented', () => {
  it.each([
    ['nothing runs and nothing waits', reserved(0, 0), 0, 100],
    ['every instance runs a task', reserved(4, 0), 4, 100],
    ['two of a hundred are empty: 98 %', reserved(100, 2), 98, 98],
    ['all are empty', reserved(3, 3), 0, 0],
    ['something waits and nothing runs: 200 %', reserved(0, 0, tasksOf(1, 't', twoCpus)), 1, 200],
    [
      'from nothing it is 200 %, however much waits',
      reserved(0, 0, tasksOf(40, 't', twoCpus)),
      10,
      200,
    ],
    ['four of a kind fit one instance', reserved(4, 0, tasksOf(4, 't', twoCpus)), 5, 125],
    ['the fifth needs a second', reserved(4, 0, tasksOf(5, 't', twoCpus)), 6, 150],
    [
      'what is empty is not taken off while tasks wait',
      reserved(4, 1, tasksOf(1, 't', twoCpus)),
      5,
      125,
    ],
    ['memory counts', reserved(2, 0, tasksOf(3, 't', { memoryMiB: 16_000 })), 4, 200],
    [
      'ECS keeps nothing free for Windows',
      reserved(2, 0, tasksOf(1, 't', { memoryMiB: 32_767 })),
      3,
      150,
    ],
    [
      'a network interface each: three an instance',
      reserved(2, 0, tasksOf(4, 't', { networkInterfaces: 1 })),
      4,
      200,
    ],
    ['a host port is there once', reserved(2, 0, tasksOf(3, 't', { tcpPorts: [80] })), 5, 250],
    [
      'distinct tasks of a group are alone',
      reserved(2, 0, tasksOf(3, 't', twoCpus, { isDistinct: true })),
      5,
      250,
    ],
    [
      'of several groups the one that needs most counts, not the sum',
      reserved(2, 0, [...tasksOf(8, 'a', twoCpus), ...tasksOf(3, 'b', { cpu: 8_192 })]),
      5,
      250,
    ],
    [
      'the largest type is reckoned with',
      reserved(2, 0, tasksOf(4, 't', twoCpus), types(m5, small)),
      3,
      150,
    ],
    [
      'what does not fit the smallest is left out',
      reserved(
        2,
        0,
        [...tasksOf(9, 'big', { cpu: 4_096 }), ...tasksOf(1, 't', twoCpus)],
        types(m5, small),
      ),
      3,
      150,
    ],
    [
      'not less than the smallest step',
      reserved(4, 0, tasksOf(1, 't', twoCpus), { minimumScalingStepSize: 3 }),
      7,
      175,
    ],
    [
      'not more than the largest step',
      reserved(4, 0, tasksOf(40, 't', twoCpus), { maximumScalingStepSize: 2 }),
      6,
      150,
    ],
    [
      'steps do not hold back scale-in',
      reserved(9, 5, [], { maximumScalingStepSize: 1 }),
      4,
      400 / 9,
    ],
  ])('%s', (_, found, needed, percent) => {
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
  const types = fc.constantFrom(m5, small, {
    id: 'tiny',
    capacity: offers({ cpu: 4, memoryMiB: 4 }),
  });
  const any = fc.record({
    running: fc.integer({ min: 0, max: 20 }),
    waiting: anyTasks(20),
    instanceTypes: fc.uniqueArray(types, { minLength: 1, selector: ({ id }) => id }),
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
