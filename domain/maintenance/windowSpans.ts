import { Temporal } from 'temporal-polyfill';
import type { Instant } from '../../events/ids.ts';
import type { MaintenanceWindow } from '../../events/maintenance.ts';
import { once } from '../once.ts';
import { opensOn } from './openingDays.ts';

/** From `opensAt` up to, not including, `closesAt`. */
export type Span = { readonly opensAt: Instant; readonly closesAt: Instant };

/** A rule that opens less often than once in this time is as good as closed. */
const searchDaysMax = 800;

/**
 * The span of `window` that began on `day` in its own time zone; `undefined` where it opens on
 * another day, or where a clock that was put forward swallowed it whole.
 */
const spanOf = (window: MaintenanceWindow, day: Temporal.PlainDate): Span | undefined => {
  if (!opensOn(window, day.toString())) return undefined;
  const { opens, closes, timeZone } = window;
  const isNextDay = closes === '24:00' || closes <= opens;
  const closingDay = isNextDay ? day.add({ days: 1 }) : day;
  const opensAt = firstShown(day, opens, timeZone);
  const closesAt = firstShown(closingDay, closes === '24:00' ? '00:00' : closes, timeZone);
  return opensAt < closesAt ? { opensAt, closesAt } : undefined;
};

/**
 * When the clock on the wall first shows `time` or later on `day`: where it is put forward over
 * `time` that is the moment of the jump, and where it is put back and shows `time` twice the first.
 */
const firstShown = (day: Temporal.PlainDate, time: string, timeZone: string): Instant => {
  const wanted = day.toPlainDateTime(Temporal.PlainTime.from(time));
  const found = wanted.toZonedDateTime(timeZone, { disambiguation: 'compatible' });
  if (found.toPlainDateTime().equals(wanted)) return found.epochMilliseconds as Instant;
  const jump = found.getTimeZoneTransition('previous') ?? found;
  return jump.epochMilliseconds as Instant;
};

const dayIn = (timeZone: string, at: Instant): Temporal.PlainDate =>
  Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone).toPlainDate();

/** The span of `window` that `now` lies in; of two that touch, the one that closes later. */
export const spanAt = (window: MaintenanceWindow, now: Instant): Span | undefined => {
  const known = lastOf(window);
  if (known.span !== undefined && isIn(known.span, now)) return known.span;
  if (known.span === undefined && known.from <= now && now < known.until) return undefined;
  const today = dayIn(window.timeZone, now);
  // What opened yesterday may still be open.
  const spans = [today, today.subtract({ days: 1 })].flatMap((day) => spanOf(window, day) ?? []);
  const span = spans.find((each) => isIn(each, now));
  known.span = span;
  if (span === undefined) {
    const next = spans.find(({ opensAt }) => opensAt > now)?.opensAt;
    known.from = now;
    known.until = next ?? endOfDay(today, window.timeZone);
  }
  return span;
};

const isIn = ({ opensAt, closesAt }: Span, now: Instant) => opensAt <= now && now < closesAt;

const endOfDay = (day: Temporal.PlainDate, timeZone: string): Instant =>
  day.add({ days: 1 }).toZonedDateTime(timeZone).epochMilliseconds as Instant;

// Asked at every step of every rollout, mostly about the same hour as the last time.
const lastOf = once(
  (_window: MaintenanceWindow): { span: Span | undefined; from: Instant; until: Instant } => ({
    span: undefined,
    from: 0 as Instant,
    until: 0 as Instant,
  }),
);

/** The next `count` spans that open after `from`, in order. */
export const spansAfter = (
  window: MaintenanceWindow,
  from: Instant,
  count: number,
): readonly Span[] => {
  const found: Span[] = [];
  let day = dayIn(window.timeZone, from).subtract({ days: 1 });
  for (let searched = 0; searched < searchDaysMax && found.length < count; searched += 1) {
    const span = spanOf(window, day);
    if (span !== undefined && span.opensAt > from) found.push(span);
    day = day.add({ days: 1 });
  }
  return found;
};
