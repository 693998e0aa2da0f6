import type { PackingTask } from '../../../domain/placement/packing/packing.ts';
import type { RemainingResources } from '../../../domain/placement/placementProblem.ts';
import {
  managedScalingDefaults,
  type ReservationQuestion,
} from '../../../domain/scaling/capacityProviderReservation.ts';
import { tasksOf } from '../placement/packing/builders.ts';

export const offers = (fields: Partial<RemainingResources>): RemainingResources => ({
  cpu: 8_192,
  memoryMiB: 32_767,
  gpus: 0,
  networkInterfaces: 3,
  tcpPorts: [3389],
  udpPorts: [],
  ...fields,
});
export const m5 = { id: 'm5.2xlarge', capacity: offers({}) };
export const small = { id: 'm5.large', capacity: offers({ cpu: 2_048, memoryMiB: 8_191 }) };

export const reservedQuestion = (
  running: number,
  empty: number,
  provisioning: readonly PackingTask[] = [],
  fields: Partial<ReservationQuestion> = {},
): ReservationQuestion => ({
  instances: Array.from({ length: running }, (_, index) => ({
    id: `i${index}`,
    isEmpty: index < empty,
  })),
  provisioning,
  instanceTypes: [m5],
  ...managedScalingDefaults,
  ...fields,
});

export const twoCpus = { cpu: 2_048, memoryMiB: 4_096 };
export const types = (...instanceTypes: ReservationQuestion['instanceTypes']) => ({
  instanceTypes,
});

type Case = readonly [string, ReservationQuestion, needed: number, percent: number];

/** What ECS documents, case by case: M, and M/N in percent. */
export const reservationCases: readonly Case[] = [
  ['nothing runs and nothing waits', reservedQuestion(0, 0), 0, 100],
  ['every instance runs a task', reservedQuestion(4, 0), 4, 100],
  ['two of a hundred are empty: 98 %', reservedQuestion(100, 2), 98, 98],
  ['all are empty', reservedQuestion(3, 3), 0, 0],
  [
    'something waits and nothing runs: 200 %',
    reservedQuestion(0, 0, tasksOf(1, 't', twoCpus)),
    1,
    200,
  ],
  [
    'from nothing it is 200 %, however much waits',
    reservedQuestion(0, 0, tasksOf(40, 't', twoCpus)),
    10,
    200,
  ],
  ['four of a kind fit one instance', reservedQuestion(4, 0, tasksOf(4, 't', twoCpus)), 5, 125],
  ['the fifth needs a second', reservedQuestion(4, 0, tasksOf(5, 't', twoCpus)), 6, 150],
  [
    'what is empty is not taken off while tasks wait',
    reservedQuestion(4, 1, tasksOf(1, 't', twoCpus)),
    5,
    125,
  ],
  ['memory counts', reservedQuestion(2, 0, tasksOf(3, 't', { memoryMiB: 16_000 })), 4, 200],
  [
    'ECS keeps nothing free for Windows',
    reservedQuestion(2, 0, tasksOf(1, 't', { memoryMiB: 32_767 })),
    3,
    150,
  ],
  [
    'a network interface each: three an instance',
    reservedQuestion(2, 0, tasksOf(4, 't', { networkInterfaces: 1 })),
    4,
    200,
  ],
  [
    'a host port is there once',
    reservedQuestion(2, 0, tasksOf(3, 't', { tcpPorts: [80] })),
    5,
    250,
  ],
  [
    'distinct tasks of a group are alone',
    reservedQuestion(2, 0, tasksOf(3, 't', twoCpus, { isDistinct: true })),
    5,
    250,
  ],
  [
    'of several groups the one that needs most counts, not the sum',
    reservedQuestion(2, 0, [...tasksOf(8, 'a', twoCpus), ...tasksOf(3, 'b', { cpu: 8_192 })]),
    5,
    250,
  ],
  [
    'the largest type is reckoned with',
    reservedQuestion(2, 0, tasksOf(4, 't', twoCpus), types(m5, small)),
    3,
    150,
  ],
  [
    'what does not fit the smallest is left out',
    reservedQuestion(
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
    reservedQuestion(4, 0, tasksOf(1, 't', twoCpus), { minimumScalingStepSize: 3 }),
    7,
    175,
  ],
  [
    'not more than the largest step',
    reservedQuestion(4, 0, tasksOf(40, 't', twoCpus), { maximumScalingStepSize: 2 }),
    6,
    150,
  ],
  [
    'steps do not hold back scale-in',
    reservedQuestion(9, 5, [], { maximumScalingStepSize: 1 }),
    4,
    400 / 9,
  ],
];
