import type { Instant } from '../../events/ids.ts';

/** A day of the Gregorian calendar in UTC. `month` and `day` count from 1. */
export type CivilDate = { readonly year: number; readonly month: number; readonly day: number };

export const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;

/**
 * Days since 1970-01-01 (Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil).
 */
export const daysOf = ({ year, month, day }: CivilDate): number => {
  // The year is counted from March, so that the leap day is its last.
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra =
    yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
};

/** The inverse of `daysOf` (the same paper, civil_from_days). */
export const dateOfDays = (days: number): CivilDate => {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1_460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear =
    dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1;
  const month = monthFromMarch + (monthFromMarch < 10 ? 3 : -9);
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day };
};

export const dateOf = (at: Instant): CivilDate => dateOfDays(Math.floor(at / dayMs));

/** Midnight UTC at which the day begins. */
export const startOf = (date: CivilDate): Instant => (daysOf(date) * dayMs) as Instant;

/** `false` for 2025.02.30 and the like. */
export const isDate = (date: CivilDate): boolean => {
  const { year, month, day } = dateOfDays(daysOf(date));
  return year === date.year && month === date.month && day === date.day;
};

/**
 * The `nth` of a weekday in a month; `weekday` counts from Sunday, 0. 1970-01-01 was a Thursday.
 */
export const nthWeekday = (
  { year, month }: Pick<CivilDate, 'year' | 'month'>,
  weekday: number,
  nth: number,
): CivilDate => {
  const first = daysOf({ year, month, day: 1 });
  const weekdayOfFirst = (((first + 4) % 7) + 7) % 7;
  const day = 1 + ((weekday - weekdayOfFirst + 7) % 7) + (nth - 1) * 7;
  return { year, month, day };
};

/** `2025-10-14 17:05 UTC`, the minute in which the instant lies. */
export const minuteText = (instant: number): string => {
  const days = Math.floor(instant / dayMs);
  const { year, month, day } = dateOfDays(days);
  const minutes = Math.floor((instant - days * dayMs) / 60_000);
  const [hour, minute] = [Math.floor(minutes / 60), minutes % 60];
  return `${year}-${two(month)}-${two(day)} ${two(hour)}:${two(minute)} UTC`;
};

const two = (amount: number): string => String(amount).padStart(2, '0');
