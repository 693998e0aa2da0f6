import { RRuleTemporal } from 'rrule-temporal';
import { Temporal } from 'temporal-polyfill';
import type { MaintenanceWindow } from '../../events/maintenance.ts';
import { once } from '../once.ts';

type Days = Pick<MaintenanceWindow, 'days' | 'since'>;

/** Parts that would say at what time of day, or would make a rule end in silence. */
const foreignParts = ['BYHOUR', 'BYMINUTE', 'BYSECOND', 'COUNT', 'UNTIL', 'DTSTART', 'TZID'];
const frequencies = ['DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY'];

/**
 * What is wrong with a recurrence rule of days; `undefined` if nothing is. A rule must say by
 * itself which days it means: RFC 5545 takes what is missing from the first occurrence, and a
 * window has none unless `since` names it.
 */
export const whyNoDays = ({ days, since }: Days): string | undefined => {
  const parts = new Map(
    days.split(';').map((part) => {
      const [name = '', value = ''] = part.split('=');
      return [name.toUpperCase(), value.toUpperCase()];
    }),
  );
  const foreign = foreignParts.find((part) => parts.has(part));
  if (foreign !== undefined) return `${foreign} has no place in a rule of days`;
  const frequency = parts.get('FREQ') ?? '';
  if (!frequencies.includes(frequency)) return `FREQ must be one of ${frequencies.join(', ')}`;
  if (since === undefined) {
    if (Number(parts.get('INTERVAL') ?? 1) !== 1)
      return 'INTERVAL counts from a day: name it in since';
    const saysDay = parts.has('BYDAY') || parts.has('BYMONTHDAY') || parts.has('BYYEARDAY');
    if (frequency !== 'DAILY' && !saysDay) return 'BYDAY or BYMONTHDAY must name the days';
    if (frequency === 'YEARLY' && !parts.has('BYMONTH') && !parts.has('BYYEARDAY')) {
      return 'BYMONTH must name the month';
    }
  }
  try {
    ruleFrom({ days, since }, since ?? '2026-01-01');
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : 'it is not a recurrence rule';
  }
};

/** Days have no time zone: they are counted at noon in UTC, where no clock ever jumps. */
const noonOf = (day: string): Temporal.ZonedDateTime =>
  Temporal.PlainDate.from(day).toZonedDateTime({ timeZone: 'UTC', plainTime: '12:00' });

const ruleFrom = ({ days }: Days, from: string): RRuleTemporal =>
  new RRuleTemporal({ rruleString: days, dtstart: noonOf(from), strict: true });

/** Whether `window` opens on `day` (2026-11-24). */
export const opensOn = (window: Days, day: string): boolean => {
  const known = answersOf(window);
  const answer = known.get(day) ?? findDay(window, day);
  if (known.size >= daysKeptMax) known.clear();
  known.set(day, answer);
  return answer;
};

const findDay = (window: Days, day: string): boolean => {
  const { since } = window;
  if (since !== undefined && day < since) return false;
  const noon = noonOf(day);
  return ruleFrom(window, since ?? day).between(noon, noon, true).length > 0;
};

// A window is asked about a few days at a time, over and over.
const answersOf = once((_window: Days) => new Map<string, boolean>());
const daysKeptMax = 2_000;
