import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dateOf, dayMs, isDate, startOf } from '../../../domain/windows/civilDate.ts';
import {
  lastPatchTuesday,
  patchTuesday,
  releaseKind,
} from '../../../domain/windows/patchTuesday.ts';
import { Instant } from '../../../events/ids.ts';
import { on, releases } from './windowsFacts.ts';

const instants = fc
  .integer({ min: 0, max: Date.parse('2100-01-01T00:00:00Z') })
  .map((at) => Instant.parse(at));

const months = fc.record({
  year: fc.integer({ min: 2007, max: 2099 }),
  month: fc.integer({ min: 1, max: 12 }),
});

/** What the time zone database says, which the rule does not look at. */
const inLosAngeles = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'America/Los_Angeles',
  weekday: 'short',
  year: 'numeric',
  month: 'numeric',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
});

describe('civil dates', () => {
  it('agree with the calendar of the machine, both ways', () => {
    fc.assert(
      fc.property(instants, (at) => {
        const date = new Date(at);
        const expected = {
          year: date.getUTCFullYear(),
          month: date.getUTCMonth() + 1,
          day: date.getUTCDate(),
        };
        expect(dateOf(at)).toEqual(expected);
        expect(startOf(expected)).toBe(Math.floor(at / dayMs) * dayMs);
      }),
    );
  });

  it('that do not exist are told', () => {
    expect(isDate({ year: 2024, month: 2, day: 29 })).toBe(true);
    expect(isDate({ year: 2025, month: 2, day: 29 })).toBe(false);
    expect(isDate({ year: 2025, month: 13, day: 1 })).toBe(false);
  });
});

describe('Patch Tuesday', () => {
  it.each([
    ['2025-10', '2025-10-14T17:00:00Z'],
    ['2025-11', '2025-11-11T18:00:00Z'],
    // The second Tuesday is before the second Sunday: still winter time.
    ['2022-03', '2022-03-08T18:00:00Z'],
    ['2025-03', '2025-03-11T17:00:00Z'],
  ])('of %s is %s', (month, expected) => {
    const [year, number] = month.split('-').map(Number);
    expect(patchTuesday({ year: year ?? 0, month: number ?? 0 })).toBe(on(expected));
  });

  it('is 10:00 on the second Tuesday in Los Angeles, by the time zone database', () => {
    fc.assert(
      fc.property(months, (month) => {
        const parts = inLosAngeles.formatToParts(patchTuesday(month));
        const said = Object.fromEntries(parts.map(({ type, value }) => [type, value]));
        expect(said).toMatchObject({ weekday: 'Tue', hour: '10', minute: '00' });
        expect([Number(said.year), Number(said.month)]).toEqual([month.year, month.month]);
        expect(Math.ceil(Number(said.day) / 7)).toBe(2);
      }),
    );
  });

  it('was last at most five weeks ago, and never in the future', () => {
    fc.assert(
      fc.property(instants, (at) => {
        const last = lastPatchTuesday(at);
        expect(last).toBeLessThanOrEqual(at);
        expect(at - last).toBeLessThanOrEqual(35 * dayMs + 3_600_000);
      }),
    );
  });
});

describe('the kind of a release', () => {
  it.each(releases)('%s %s %s %s is %s, seen four hours after 10:00 Pacific', (...release) => {
    const [, day, , , kind] = release;
    const expected = kind === 'B' ? 'B' : 'OutOfBand';
    expect(releaseKind(Instant.parse(on(`${day}T17:00:00Z`) + 4 * 3_600_000))).toBe(expected);
  });

  it('is B from 10:00 Pacific to 48 h later, to the millisecond', () => {
    const begins = on('2025-10-14T17:00:00Z');
    const kindAfter = (ms: number) => releaseKind(Instant.parse(begins + ms));
    expect([kindAfter(-1), kindAfter(0)]).toEqual(['OutOfBand', 'B']);
    expect([kindAfter(2 * dayMs), kindAfter(2 * dayMs + 1)]).toEqual(['B', 'OutOfBand']);
  });

  it('is B when Patch Tuesday passed while nobody could look', () => {
    const seen = on('2025-10-18T09:00:00Z');
    expect(releaseKind(seen)).toBe('OutOfBand');
    expect(releaseKind(seen, on('2025-10-14T16:00:00Z'))).toBe('B');
    expect(releaseKind(seen, on('2025-10-16T18:00:00Z'))).toBe('OutOfBand');
  });
});
