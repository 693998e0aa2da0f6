const dayMs = 86_400_000;

/**
 * `2025-10-14T17:00:00.000Z`. Written out because the domain has no `Date`; civil calendar of year
 * 1970 on.
 */
export const instantText = (instant: number): string => {
  const days = Math.floor(instant / dayMs);
  const { year, month, day } = civilDate(days);
  const rest = instant - days * dayMs;
  const clock = [rest / 3_600_000, (rest / 60_000) % 60, (rest / 1000) % 60].map(two).join(':');
  const millisecond = String(Math.floor(rest % 1000)).padStart(3, '0');
  return `${year}-${two(month)}-${two(day)}T${clock}.${millisecond}Z`;
};

/** Envelopes of EventBridge carry whole seconds. */
export const secondText = (instant: number): string => `${instantText(instant).slice(0, 19)}Z`;

const two = (amount: number) => String(Math.floor(amount)).padStart(2, '0');

/** Days since 1970-01-01 to a date: the era arithmetic of the proleptic Gregorian calendar. */
const civilDate = (days: number) => {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear =
    dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1;
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day };
};
