import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { opensOn, whyNoDays } from '../../../domain/maintenance/openingDays.ts';
import { spanAt, spansAfter } from '../../../domain/maintenance/windowSpans.ts';
import type { Instant } from '../../../events/ids.ts';
import type { MaintenanceWindow } from '../../../events/maintenance.ts';

const moment = (text: string) => Date.parse(text) as Instant;
const aWindow = (fields: Partial<MaintenanceWindow> = {}): MaintenanceWindow => ({
  name: 'nights',
  timeZone: 'America/New_York',
  days: 'FREQ=DAILY',
  opens: '22:00',
  closes: '04:00',
  ...fields,
});
const next = (window: MaintenanceWindow, from: string, count = 1) =>
  spansAfter(window, moment(from), count).map(({ opensAt, closesAt }) =>
    [opensAt, closesAt].map((at) => new Date(at).toISOString().slice(0, 16)).join(' - '),
  );

describe('the spans of a window', () => {
  it('are told by the clock on the wall of its time zone, across midnight', () => {
    expect(next(aWindow(), '2026-11-25T12:00Z')).toEqual(['2026-11-26T03:00 - 2026-11-26T09:00']);
    const dublin = aWindow({ timeZone: 'Europe/Dublin' });
    expect(next(dublin, '2026-07-01T12:00Z')).toEqual(['2026-07-01T21:00 - 2026-07-02T03:00']);
  });

  it('fall on the last Tuesday of the month', () => {
    const last = aWindow({ days: 'FREQ=MONTHLY;BYDAY=-1TU', timeZone: 'UTC' });
    expect(next(last, '2026-01-01T00:00Z', 3)).toEqual([
      '2026-01-27T22:00 - 2026-01-28T04:00',
      '2026-02-24T22:00 - 2026-02-25T04:00',
      '2026-03-31T22:00 - 2026-04-01T04:00',
    ]);
  });

  it('fall on the Sunday after Patch Tuesday', () => {
    const days = 'FREQ=MONTHLY;BYDAY=SU;BYMONTHDAY=13,14,15,16,17,18,19';
    const sunday = aWindow({ days, timeZone: 'UTC' });
    // Patch Tuesdays: 11 August, 8 September, 13 October 2026.
    expect(next(sunday, '2026-08-01T00:00Z', 3).map((span) => span.slice(0, 10))).toEqual([
      '2026-08-16',
      '2026-09-13',
      '2026-10-18',
    ]);
  });

  it('fall on every other Monday from a day that is named', () => {
    const days = 'FREQ=WEEKLY;INTERVAL=2;BYDAY=MO';
    const monday = aWindow({ days, since: '2026-01-05', timeZone: 'UTC' });
    expect(next(monday, '2026-01-01T00:00Z', 2).map((span) => span.slice(0, 10))).toEqual([
      '2026-01-05',
      '2026-01-19',
    ]);
    expect(opensOn(monday, '2025-12-22')).toBe(false);
  });

  it('closing at 24:00, or when they open, are to the end of the day and a day long', () => {
    const evening = aWindow({ closes: '24:00', timeZone: 'UTC' });
    expect(next(evening, '2026-01-01T00:00Z')).toEqual(['2026-01-01T22:00 - 2026-01-02T00:00']);
    const whole = aWindow({ closes: '22:00', timeZone: 'UTC' });
    expect(next(whole, '2026-01-01T00:00Z')).toEqual(['2026-01-01T22:00 - 2026-01-02T22:00']);
  });
});

describe('on the day that clocks are put forward (New York, 8 March 2026, 02:00 to 03:00)', () => {
  const from = '2026-03-08T00:30-05:00';

  it('a window that opens in the gap opens at the jump', () => {
    const window = aWindow({ opens: '02:30', closes: '04:00' });
    expect(next(window, from)).toEqual(['2026-03-08T07:00 - 2026-03-08T08:00']);
  });

  it('a window that closes in the gap closes at the jump', () => {
    const window = aWindow({ opens: '01:00', closes: '02:30' });
    expect(next(window, from)).toEqual(['2026-03-08T06:00 - 2026-03-08T07:00']);
  });

  it('a window that lies in the gap does not open', () => {
    const window = aWindow({ opens: '02:10', closes: '02:50' });
    expect(next(window, from)).toEqual(['2026-03-09T06:10 - 2026-03-09T06:50']);
    expect(spanAt(window, moment('2026-03-08T07:00Z'))).toBeUndefined();
  });
});

describe('on the day that clocks are put back (New York, 1 November 2026, 02:00 to 01:00)', () => {
  const from = '2026-11-01T00:10-04:00';

  it('a window across the hour that comes twice is an hour longer', () => {
    const window = aWindow({ opens: '00:30', closes: '03:00' });
    expect(next(window, from)).toEqual(['2026-11-01T04:30 - 2026-11-01T08:00']);
  });

  it('a window in that hour opens the first time alone', () => {
    const window = aWindow({ opens: '01:10', closes: '01:40' });
    expect(next(window, from, 2)).toEqual([
      '2026-11-01T05:10 - 2026-11-01T05:40',
      '2026-11-02T06:10 - 2026-11-02T06:40',
    ]);
    expect(spanAt(window, moment('2026-11-01T06:20Z'))).toBeUndefined();
  });
});

describe('a rule of days', () => {
  it.each([
    ['FREQ=WEEKLY', 'BYDAY or BYMONTHDAY'],
    ['FREQ=MONTHLY;BYDAY=5XX', 'BYDAY'],
    ['FREQ=HOURLY', 'FREQ must be one of'],
    ['FREQ=WEEKLY;BYDAY=TU;INTERVAL=2', 'since'],
    ['FREQ=DAILY;BYHOUR=3', 'BYHOUR'],
    ['FREQ=DAILY;COUNT=3', 'COUNT'],
    ['FREQ=YEARLY;BYDAY=MO', 'BYMONTH'],
    ['every Tuesday', 'FREQ must be one of'],
  ])('is refused with what is wrong: %s', (days, why) => {
    expect(whyNoDays({ days })).toContain(why);
  });
});

const zones = ['America/New_York', 'Europe/Dublin', 'Australia/Lord_Howe', 'Asia/Kolkata', 'UTC'];
const aTime = fc.nat(95).map((quarter) => {
  const text = (n: number) => `${n}`.padStart(2, '0');
  return `${text(Math.floor(quarter / 4))}:${text((quarter % 4) * 15)}`;
});
const anyWindow = fc.record({
  name: fc.constant('any'),
  timeZone: fc.constantFrom(...zones),
  days: fc.constantFrom('FREQ=DAILY', 'FREQ=WEEKLY;BYDAY=SA,SU', 'FREQ=MONTHLY;BYDAY=-1SU'),
  opens: aTime,
  closes: aTime,
});

/** A second reading, by the clock alone: what `Intl` shows in the zone at a moment. */
const shown = (at: number, timeZone: string): { day: string; time: string } => {
  const text = new Date(at).toLocaleString('sv-SE', { timeZone });
  return { day: text.slice(0, 10), time: text.slice(11, 16) };
};

describe('whatever the window', () => {
  it('the span at a moment holds the moment, and the spans to come are in order and apart', () => {
    const anyMoment = fc.integer({ min: moment('2026-01-01Z'), max: moment('2026-12-31Z') });
    fc.assert(
      fc.property(anyWindow, anyMoment, (window, at) => {
        const now = at as Instant;
        const span = spanAt(window, now);
        if (span !== undefined) {
          expect(span.opensAt).toBeLessThanOrEqual(now);
          expect(span.closesAt).toBeGreaterThan(now);
          // It opened when the clock first showed the time, or at the jump over it.
          expect(shown(span.opensAt, window.timeZone).time >= window.opens).toBe(true);
          expect(opensOn(window, shown(span.opensAt, window.timeZone).day)).toBe(true);
        }
        const later = spansAfter(window, now, 3);
        let last = now as number;
        for (const { opensAt, closesAt } of later) {
          expect(opensAt).toBeGreaterThan(last);
          expect(closesAt).toBeGreaterThan(opensAt);
          expect(spanAt(window, opensAt)?.opensAt).toBe(opensAt);
          last = opensAt;
        }
      }),
      { numRuns: 300 },
    );
  });
});
