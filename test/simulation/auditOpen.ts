import type { DisruptionReason } from '../../events/disruption.ts';
import type { MaintenanceWindow } from '../../events/maintenance.ts';
import { dayAt, dayBefore, momentsOf, nextDay } from './auditClock.ts';

// When a window is open (I23), read generously where the clock shows a time twice or not at all.

type Stretch = { readonly from: number; readonly to: number };

const weekdays = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'];
const weekdayOf = (day: number): string => weekdays[new Date(day).getUTCDay()] ?? '';

/** Of RFC 5545 what this simulation draws; of anything else it has no opinion. */
const opensOn = (rule: string, day: number): boolean => {
  const parts = new Map(rule.split(';').map((each) => each.split('=') as [string, string]));
  const named = parts.get('BYDAY')?.split(',');
  const known = [...parts.keys()].every((key) => key === 'FREQ' || key === 'BYDAY');
  if (known && parts.get('FREQ') === 'DAILY' && named === undefined) return true;
  if (known && parts.get('FREQ') === 'WEEKLY' && named !== undefined) {
    return named.includes(weekdayOf(day));
  }
  throw new Error(`the audit of windows does not read ${rule}`);
};

const minutesOf = (time: string): number => {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return 60 * hours + minutes;
};

const stretchOn = ({ timeZone, opens, closes }: MaintenanceWindow, day: number): Stretch => {
  const [first, last] = [minutesOf(opens), minutesOf(closes)];
  const end = last === 1440 ? 0 : last;
  const closesOn = last > first && last !== 1440 ? day : nextDay(day);
  return {
    from: Math.min(...momentsOf(timeZone, day, first)),
    to: Math.max(...momentsOf(timeZone, closesOn, end)),
  };
};

const stretchesAround = (window: MaintenanceWindow, at: number): readonly Stretch[] => {
  const today = dayAt(window.timeZone, at);
  return [dayBefore(today), today, nextDay(today)]
    .filter((day) => opensOn(window.days, day))
    .map((day) => stretchOn(window, day));
};

const joinsMax = 10;

/** Until when something is open for this reason without a break; `at`, where nothing is. */
export const openUntil = (
  windows: readonly MaintenanceWindow[],
  reason: DisruptionReason,
  at: number,
): number => {
  const fit = windows.filter(({ reasons }) => reasons === undefined || reasons.includes(reason));
  let until = at;
  for (let joins = 0; joins < joinsMax; joins += 1) {
    const ends = fit
      .flatMap((window) => stretchesAround(window, until))
      .filter(({ from, to }) => from <= until && until < to)
      .map(({ to }) => to);
    if (ends.length === 0) return until;
    until = Math.max(...ends);
  }
  return until;
};
