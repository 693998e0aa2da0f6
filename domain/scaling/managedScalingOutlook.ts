import type { Instant } from '../../events/ids.ts';
import type { Reservation } from './capacityProviderReservation.ts';

/** A scale-in alarm needs so many data points, a minute each (ECS Developer Guide). */
export const scaleInAlarmMs = 15 * 60_000;
/** Most PROVISIONING tasks of a cluster (General Reference, ECS quotas). */
export const provisioningMost = 500;

export type OutlookQuestion = {
  readonly reservation: Reservation;
  readonly targetPercent: number;
  readonly instanceWarmupMs: number;
  /** `null`: the Auto Scaling group has not been seen. */
  readonly group: {
    readonly desiredCapacity: number;
    readonly minSize: number;
    readonly maxSize: number;
  } | null;
  /** When each running instance was launched, as far as known; `null`: not known. */
  readonly launchedAt: readonly (Instant | null)[];
  /** When the desired capacity was last raised; `null`: not known. */
  readonly lastScaleOutAt: Instant | null;
  /** Since when the metric is below its target; `null`: not known. */
  readonly belowSince: Instant | null;
  readonly now: Instant;
};

export const outlookCodes = [
  'AskedForAlready',
  'AtMaximumSize',
  'AtMinimumSize',
  'AtTarget',
  'FitsNoInstanceType',
  'GroupUnknown',
  'InstancesWarmUp',
  'InstanceTypesUnknown',
  'ManagedScalingOff',
  'ManagedScalingUnknown',
  'NoAutoScalingGroup',
  'ScaleInAlarmCounts',
  'ScalesIn',
  'ScalesOut',
] as const;
export type OutlookCode = (typeof outlookCodes)[number];

/** What ECS does next about one group, or why it does nothing. */
export type Outlook = {
  readonly action: 'scaleOut' | 'scaleIn' | 'none' | 'unknown';
  readonly code: OutlookCode;
  /** A sentence with the numbers. */
  readonly detail: string;
  /** The desired capacity that it leads to. */
  readonly desiredCapacity?: number;
  /** Not sooner; absent where it may be at once, or where nobody can say. */
  readonly notBefore?: Instant;
};

export const managedScalingOutlook = (question: OutlookQuestion): Outlook => {
  const { reservation, targetPercent } = question;
  if (!reservation.isKnown) {
    const which = reservation.unknownTypes.join(', ') || 'what the group launches';
    const detail = `tasks wait, and the capacity of ${which} has never been seen here`;
    return { action: 'unknown', code: 'InstanceTypesUnknown', detail };
  }
  const { percent, isStuck } = reservation;
  if (isStuck) {
    const detail =
      'no task that waits fits the smallest instance type: ECS leaves them PROVISIONING';
    return { action: 'none', code: 'FitsNoInstanceType', detail };
  }
  const told = `the reservation is ${rounded(percent)} %, the target ${targetPercent} %`;
  if (percent === targetPercent) return { action: 'none', code: 'AtTarget', detail: told };
  return percent > targetPercent
    ? scaleOut(question, percent, told)
    : scaleIn(question, percent, told);
};

const rounded = (percent: number): number => Math.round(percent * 10) / 10;

const scaleOut = (question: OutlookQuestion, percent: number, told: string): Outlook => {
  const { reservation, targetPercent, group, launchedAt, instanceWarmupMs, now } = question;
  // Auto Scaling takes a capacity of 0 for 1; ECS always asks for two instances then.
  const wanted =
    reservation.running === 0 ? 2 : Math.ceil((reservation.running * percent) / targetPercent);
  if (group === null) {
    const detail = `${told}: ${wanted} instances are wanted, the size of the group is not known`;
    return { action: 'scaleOut', code: 'GroupUnknown', detail, desiredCapacity: wanted };
  }
  const desiredCapacity = Math.min(wanted, group.maxSize);
  if (desiredCapacity <= group.desiredCapacity) {
    if (group.desiredCapacity >= group.maxSize) {
      const detail = `${told}, and the group is at its maximum of ${group.maxSize}`;
      return { action: 'none', code: 'AtMaximumSize', detail };
    }
    const detail = `${told}: ${group.desiredCapacity} instances are asked for already`;
    return { action: 'none', code: 'AskedForAlready', detail };
  }
  const scaling = { action: 'scaleOut' as const, desiredCapacity };
  const warmAt = launchedAt.map((at) => (at === null ? null : at + instanceWarmupMs));
  const young = warmAt.filter((at): at is number => at !== null && at > now);
  if (young.length > 0) {
    const notBefore = Math.max(...young) as Instant;
    const detail = `${told}; it waits for ${young.length} instances that warm up`;
    return { ...scaling, code: 'InstancesWarmUp', detail, notBefore };
  }
  const unsure = warmAt.some((at) => at === null) ? '; how old an instance is is not known' : '';
  return { ...scaling, code: 'ScalesOut', detail: `${told}${unsure}` };
};

const scaleIn = (question: OutlookQuestion, percent: number, told: string): Outlook => {
  const { reservation, targetPercent, group, lastScaleOutAt, belowSince, now } = question;
  const wanted = Math.ceil((reservation.running * percent) / targetPercent);
  if (group === null) {
    const detail = `${told}: ${wanted} instances are enough, the size of the group is not known`;
    return { action: 'scaleIn', code: 'GroupUnknown', detail, desiredCapacity: wanted };
  }
  const desiredCapacity = Math.max(wanted, group.minSize);
  if (desiredCapacity >= group.desiredCapacity) {
    const detail = `${told}, and the group is at its minimum of ${group.minSize}`;
    if (group.desiredCapacity <= group.minSize) {
      return { action: 'none', code: 'AtMinimumSize', detail };
    }
    return { action: 'none', code: 'AtTarget', detail: `${told}: no whole instance is too many` };
  }
  const scaling = { action: 'scaleIn' as const, desiredCapacity };
  const since = [belowSince, lastScaleOutAt].filter((at) => at !== null);
  const notBefore = Math.max(...since.map((at) => at + scaleInAlarmMs)) as Instant;
  if (since.length > 0 && notBefore > now) {
    const detail = `${told}; its alarm counts 15 minutes, and a scale-out begins them anew`;
    return { ...scaling, code: 'ScaleInAlarmCounts', detail, notBefore };
  }
  const known = belowSince === null ? '; since when is not known, and its alarm counts 15 min' : '';
  const pace = 'each minute more than one instance and less than half';
  return { ...scaling, code: 'ScalesIn', detail: `${told}${known}; ${pace}` };
};
