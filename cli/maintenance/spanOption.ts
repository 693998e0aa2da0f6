import type { Instant } from '../../events/ids.ts';
import { UserError } from '../userError.ts';

const units = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** `30m`, `4h`, `3d` in milliseconds. Throws `UserError` for anything else. */
export const durationIn = (option: string, text: string): number => {
  const found = /^(\d{1,4})([mhd])$/.exec(text);
  const unit = found?.[2] as keyof typeof units | undefined;
  if (unit !== undefined) return Number(found?.[1]) * units[unit];
  throw new UserError(`${option} ${text} is no span of time`, 'give one such as 30m, 4h or 3d');
};

/** A span from `now` on, or a moment such as 2026-12-01T08:00Z. */
export const expiryIn = (option: string, text: string, now: Instant): Instant => {
  if (/^\d+[mhd]$/.test(text)) return (now + durationIn(option, text)) as Instant;
  const at = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?Z$/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(at)) return at as Instant;
  throw new UserError(`${option} ${text} is no moment`, 'give 4h, 3d, or 2026-12-01T08:00Z');
};
