import { dateOfDays, dayMs } from '../windows/civilDate.ts';

/**
 * `2025-10-14T17:00:00.000Z`. Written out because the domain has no `Date`; civil calendar of year
 * 1970 on.
 */
export const instantText = (instant: number): string => {
  const written = texts.get(instant);
  if (written !== undefined) return written;
  if (texts.size >= textsMax) texts.clear();
  const text = writtenOut(instant);
  texts.set(instant, text);
  return text;
};

/** Every event of a task tells its moments again. */
const texts = new Map<number, string>();
const textsMax = 10_000;

const writtenOut = (instant: number): string => {
  const days = Math.floor(instant / dayMs);
  const { year, month, day } = dateOfDays(days);
  const rest = instant - days * dayMs;
  const clock = [rest / 3_600_000, (rest / 60_000) % 60, (rest / 1000) % 60].map(two).join(':');
  const millisecond = String(Math.floor(rest % 1000)).padStart(3, '0');
  return `${year}-${two(month)}-${two(day)}T${clock}.${millisecond}Z`;
};

/** Envelopes of EventBridge carry whole seconds. */
export const secondText = (instant: number): string => `${instantText(instant).slice(0, 19)}Z`;

const two = (amount: number) => String(Math.floor(amount)).padStart(2, '0');
