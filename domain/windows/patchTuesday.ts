import type { Instant } from '../../events/ids.ts';
import type { ReleaseKind } from '../../events/windows.ts';
import { type CivilDate, dateOf, daysOf, hourMs, nthWeekday, startOf } from './civilDate.ts';

const sunday = 0;
const tuesday = 2;

/**
 * What is published this soon after 10:00 Pacific is the regular release; derived images took 21 h
 * at most.
 */
const regularMs = 48 * hourMs;

/**
 * 10:00 in America/Los_Angeles on the second Tuesday, when Microsoft publishes the B release
 * ("Update release cycle for Windows clients", Microsoft Learn).
 */
export const patchTuesday = ({ year, month }: Pick<CivilDate, 'year' | 'month'>): Instant => {
  const day = nthWeekday({ year, month }, tuesday, 2);
  const hourUtc = isDaylightSaving(day) ? 17 : 18;
  return (startOf(day) + hourUtc * hourMs) as Instant;
};

/**
 * At 10:00: from the second Sunday in March to the first Sunday in November (Energy Policy Act of
 * 2005, sec. 110).
 */
const isDaylightSaving = (date: CivilDate): boolean => {
  const { year } = date;
  const begins = nthWeekday({ year, month: 3 }, sunday, 2);
  const ends = nthWeekday({ year, month: 11 }, sunday, 1);
  return daysOf(date) >= daysOf(begins) && daysOf(date) < daysOf(ends);
};

/** The last Patch Tuesday that is not after `at`. */
export const lastPatchTuesday = (at: Instant): Instant => {
  const { year, month } = dateOf(at);
  const thisMonth = patchTuesday({ year, month });
  if (thisMonth <= at) return thisMonth;
  return patchTuesday(month === 1 ? { year: year - 1, month: 12 } : { year, month: month - 1 });
};

/**
 * B when the release appeared within 48 h of a Patch Tuesday, else OutOfBand. `unseenSince`: nobody
 * could look between then and `publishedAt`, so a Patch Tuesday in between may have brought it, and
 * an outage must not make an emergency.
 */
export const releaseKind = (
  publishedAt: Instant,
  unseenSince: Instant = publishedAt,
): ReleaseKind => (lastPatchTuesday(publishedAt) + regularMs >= unseenSince ? 'B' : 'OutOfBand');
