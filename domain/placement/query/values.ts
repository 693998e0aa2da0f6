import type { Instant } from '../../../events/ids.ts';
import { daysOf, isDate } from '../../windows/civilDate.ts';
import type { Subject } from './ast.ts';

/** The parts of `1.14.5`; `undefined` for a text that is not numbers with dots between them. */
export const versionOf = (text: string): readonly number[] | undefined =>
  /^\d{1,9}(\.\d{1,9}){0,9}$/.test(text) ? text.split('.').map(Number) : undefined;

/** Negative, zero or positive as numbers are, part by part; a missing part counts as zero. */
export const compareVersions = (left: readonly number[], right: readonly number[]): number => {
  const length = Math.max(left.length, right.length);
  for (let part = 0; part < length; part += 1) {
    const difference = (left[part] ?? 0) - (right[part] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
};

const moment = /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2}):(\d{2})(?:Z|([+-])(\d{2}):(\d{2}))?)?$/;

/**
 * Seconds since 1970 of a moment in one of the four forms of `registeredAt`:
 * `2018-06-18T22:28:28+00:00`, `2018-06-18T22:28:28Z`, `2018-06-18T22:28:28`, `2018-06-18`. Without
 * an offset it is UTC, a day alone its midnight. `undefined` for anything else.
 */
export const secondsOf = (text: string): number | undefined => {
  const match = moment.exec(text);
  if (match === null) return undefined;
  const number = (group: number) => Number(match[group] ?? 0);
  const date = { year: number(1), month: number(2), day: number(3) };
  const [hour, minute, second] = [number(4), number(5), number(6)];
  const [offsetHour, offsetMinute] = [number(8), number(9)];
  const isOnClock = hour < 24 && minute < 60 && second < 60 && offsetHour < 19 && offsetMinute < 60;
  if (!isDate(date) || !isOnClock) return undefined;
  const offsetMinutes = (match[7] === '-' ? -1 : 1) * (offsetHour * 60 + offsetMinute);
  return daysOf(date) * 86_400 + (hour * 60 + minute - offsetMinutes) * 60 + second;
};

/** The forms of `registeredAt` have no fractions, so moments compare by the second. */
export const wholeSeconds = (at: Instant): number => Math.floor(at / 1000);

/** What a value of `subject` has to look like, if `value` does not; else `undefined`. */
export const whyNotValue = (subject: Subject['type'], value: string): string | undefined => {
  switch (subject) {
    case 'agentConnected':
      return value === 'true' || value === 'false' ? undefined : 'true or false';
    case 'agentVersion':
      return versionOf(value) ? undefined : 'a version such as 1.89.3';
    case 'registeredAt':
      return secondsOf(value) === undefined
        ? 'a moment such as 2018-06-18T22:28:28Z or a day such as 2018-06-18'
        : undefined;
    case 'runningTasksCount':
      return /^\d{1,9}$/.test(value) ? undefined : 'a whole number such as 3';
    case 'attribute':
    case 'ec2InstanceId':
    case 'task:group':
      return undefined;
    default:
      return subject satisfies never;
  }
};
