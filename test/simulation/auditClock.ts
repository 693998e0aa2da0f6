// The clock on the wall by Intl alone: the engine reckons with Temporal, its judge must not.

const minuteMs = 60_000;
const dayMs = 1440 * minuteMs;
/** Clocks are changed on the quarter of an hour. */
const slotMs = 15 * minuteMs;

const formats = new Map<string, Intl.DateTimeFormat>();
const offsets = new Map<string, Map<number, number>>();

const formatOf = (timeZone: string): Intl.DateTimeFormat => {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  });
  formats.set(timeZone, format);
  return format;
};

/** Milliseconds by which the clocks of a zone are ahead of UTC. */
export const offsetMs = (timeZone: string, at: number): number => {
  const slot = Math.floor(at / slotMs) * slotMs;
  const ofZone = offsets.get(timeZone) ?? new Map<number, number>();
  offsets.set(timeZone, ofZone);
  const known = ofZone.get(slot);
  if (known !== undefined) return known;
  const parts = formatOf(timeZone).formatToParts(slot);
  const part = (type: Intl.DateTimeFormatPartTypes) =>
    Number(parts.find((each) => each.type === type)?.value);
  const wall = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'));
  ofZone.set(slot, wall - slot);
  return wall - slot;
};

/** The day of the calendar on the wall, as its midnight in UTC. */
export const dayAt = (timeZone: string, at: number): number =>
  Math.floor((at + offsetMs(timeZone, at)) / dayMs) * dayMs;

/**
 * When a clock shows so many minutes of a day: twice where it is put back. Where it is put forward
 * over that time, the moments that it would be by the clock before and by the clock after.
 */
export const momentsOf = (timeZone: string, day: number, minutes: number): readonly number[] => {
  const wall = day + minutes * minuteMs;
  const guesses = [-dayMs, dayMs].map((way) => wall - offsetMs(timeZone, wall + way));
  const shown = guesses.filter((guess) => guess + offsetMs(timeZone, guess) === wall);
  return shown.length > 0 ? shown : guesses;
};

export const nextDay = (day: number): number => day + dayMs;
export const dayBefore = (day: number): number => day - dayMs;
