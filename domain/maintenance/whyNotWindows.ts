import { Temporal } from 'temporal-polyfill';
import type { MaintenanceWindow } from '../../events/maintenance.ts';
import { whyNoDays } from './openingDays.ts';

/** The first thing that is wrong with a list of windows, by the field that must be changed. */
export const whyNotWindows = (windows: readonly MaintenanceWindow[]): string | undefined => {
  const names = new Set<string>();
  for (const [index, window] of windows.entries()) {
    const why = whyNotWindow(window, names);
    if (why !== undefined) return `windows.${index}.${why}`;
    names.add(window.name);
  }
  return undefined;
};

const whyNotWindow = (
  window: MaintenanceWindow,
  names: ReadonlySet<string>,
): string | undefined => {
  const { name, timeZone, since, reasons } = window;
  if (names.has(name)) return `name: there is another window named ${name}`;
  if (!isTimeZone(timeZone)) {
    return `timeZone: ${timeZone} is not an IANA time zone such as Europe/Dublin`;
  }
  if (since !== undefined && !isDate(since)) return `since: ${since} is not a day`;
  const days = whyNoDays(window);
  if (days !== undefined) return `days: ${days}`;
  if (reasons?.length === 0) return 'reasons: name one, or leave it out for all';
  return undefined;
};

/** An offset such as +02:00 is refused: it does not know when clocks are changed. */
const isTimeZone = (timeZone: string): boolean => {
  if (/^[+-]/.test(timeZone)) return false;
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(timeZone);
    return true;
  } catch {
    return false;
  }
};

const isDate = (text: string): boolean => {
  try {
    Temporal.PlainDate.from(text);
    return true;
  } catch {
    return false;
  }
};

/** For a cluster that may be disturbed at any time, which someone has to say. */
export const alwaysOpen: MaintenanceWindow = {
  name: 'always',
  timeZone: 'UTC',
  days: 'FREQ=DAILY',
  opens: '00:00',
  closes: '24:00',
};
