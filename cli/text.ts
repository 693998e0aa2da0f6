import { stripVTControlCharacters } from 'node:util';

/** Text for people: moments, durations, aligned columns. ISO text and numbers are for `--json`. */

const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/** `14 Oct 17:05`, UTC. */
export const moment = (instant: number): string => {
  const date = new Date(instant);
  const day = String(date.getUTCDate()).padStart(2);
  return `${day} ${months[date.getUTCMonth()]} ${date.toISOString().slice(11, 16)}`;
};

/** `9 d 4 h`, `3 h 20 min`, `45 s`: the two largest units. */
export const duration = (milliseconds: number): string => {
  const seconds = Math.max(0, Math.round(milliseconds / 1_000));
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const days = Math.floor(hours / 24);
  if (days > 0) return hours % 24 === 0 ? `${days} d` : `${days} d ${hours % 24} h`;
  if (hours > 0) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  return minutes > 0 ? `${minutes} min` : `${seconds} s`;
};

const widthOf = (cell: string) => stripVTControlCharacters(cell).length;

/** Columns as wide as their widest cell, two blanks apart; the last one is not padded. */
export const table = (
  rows: readonly (readonly string[])[],
  rightAligned: readonly number[] = [],
): readonly string[] => {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, widthOf(cell));
    });
  }
  return rows.map((row) =>
    row
      .map((cell, column) => {
        const blanks = ' '.repeat((widths[column] ?? 0) - widthOf(cell));
        if (rightAligned.includes(column)) return `${blanks}${cell}`;
        return column === row.length - 1 ? cell : `${cell}${blanks}`;
      })
      .join('  ')
      .trimEnd(),
  );
};

/** The last part of an ARN: enough for a person, within one cluster. */
export const shortArn = (arn: string): string => arn.slice(arn.lastIndexOf('/') + 1);

/** `3 tasks`, `1 task`. */
export const count = (number: number, noun: string): string =>
  `${number} ${noun}${number === 1 ? '' : 's'}`;

/** `850 kB`, `12 MB`, `4.3 GB`. */
export const bytes = (amount: number): string => {
  if (amount >= 1e9) return `${(amount / 1e9).toFixed(1)} GB`;
  if (amount >= 1e6) return `${Math.round(amount / 1e6)} MB`;
  return `${Math.round(amount / 1e3)} kB`;
};
