import type { Reservation } from '../../../domain/scaling/capacityProviderReservation.ts';
import type { OutlookQuestion } from '../../../domain/scaling/managedScalingOutlook.ts';
import { at, minutes } from '../../support/fleetBuilder.ts';

export const reservation = (running: number, percent: number, isStuck = false): Reservation => ({
  isKnown: true,
  running,
  empty: 0,
  taskGroups: [],
  needed: 0,
  percent,
  isStuck,
});
export const sized = (desiredCapacity: number, minSize = 0, maxSize = 20) => ({
  desiredCapacity,
  minSize,
  maxSize,
});

/** Ten instances, launched long ago, in a group of ten; it is minute 100. */
export const outlookQuestion = (fields: Partial<OutlookQuestion>): OutlookQuestion => ({
  reservation: reservation(10, 100),
  targetPercent: 100,
  instanceWarmupMs: minutes(5),
  group: sized(10),
  launchedAt: [at(0)],
  lastScaleOutAt: null,
  belowSince: null,
  now: at(100),
  ...fields,
});

/** What ECS documents, case by case. */
export const outlookCases: readonly (readonly [string, Partial<OutlookQuestion>, object])[] = [
  ['at its target it does nothing', {}, { action: 'none', code: 'AtTarget' }],
  [
    'above it scales out by the share',
    { reservation: reservation(10, 130) },
    { action: 'scaleOut', code: 'ScalesOut', desiredCapacity: 13 },
  ],
  [
    'a target of 90 % keeps a tenth free',
    { reservation: reservation(10, 100), targetPercent: 90 },
    { action: 'scaleOut', desiredCapacity: 12 },
  ],
  [
    'from nothing it asks for two',
    { reservation: reservation(0, 200), group: sized(0), launchedAt: [] },
    { action: 'scaleOut', desiredCapacity: 2 },
  ],
  [
    'not beyond the maximum of the group',
    { reservation: reservation(10, 130), group: sized(10, 0, 12) },
    { action: 'scaleOut', desiredCapacity: 12 },
  ],
  [
    'at the maximum it does nothing',
    { reservation: reservation(10, 130), group: sized(10, 0, 10) },
    { action: 'none', code: 'AtMaximumSize' },
  ],
  [
    'what is asked for already is not asked for again',
    { reservation: reservation(10, 130), group: sized(13) },
    { action: 'none', code: 'AskedForAlready' },
  ],
  [
    'it waits while an instance warms up',
    { reservation: reservation(10, 130), launchedAt: [at(0), at(98), null] },
    { action: 'scaleOut', code: 'InstancesWarmUp', notBefore: at(103) },
  ],
  [
    'below it scales in by the share',
    { reservation: reservation(10, 80) },
    { action: 'scaleIn', code: 'ScalesIn', desiredCapacity: 8 },
  ],
  [
    'once its alarm has counted 15 minutes',
    { reservation: reservation(10, 80), belowSince: at(90) },
    { action: 'scaleIn', code: 'ScaleInAlarmCounts', notBefore: at(105) },
  ],
  [
    'which a scale-out begins anew',
    { reservation: reservation(10, 80), belowSince: at(50), lastScaleOutAt: at(95) },
    { action: 'scaleIn', code: 'ScaleInAlarmCounts', notBefore: at(110) },
  ],
  [
    'and which have passed',
    { reservation: reservation(10, 80), belowSince: at(50), lastScaleOutAt: at(60) },
    { action: 'scaleIn', code: 'ScalesIn' },
  ],
  [
    'not below the minimum of the group',
    { reservation: reservation(10, 50), group: sized(10, 9) },
    { action: 'scaleIn', desiredCapacity: 9 },
  ],
  [
    'at the minimum it does nothing',
    { reservation: reservation(10, 50), group: sized(10, 10) },
    { action: 'none', code: 'AtMinimumSize' },
  ],
  [
    'what fits no smallest type moves nothing',
    { reservation: reservation(10, 100, true), targetPercent: 50 },
    { action: 'none', code: 'FitsNoInstanceType' },
  ],
  [
    'a group that was never seen has no bounds to go by',
    { reservation: reservation(10, 130), group: null },
    { action: 'scaleOut', code: 'GroupUnknown', desiredCapacity: 13 },
  ],
];
