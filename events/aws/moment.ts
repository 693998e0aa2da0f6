import * as z from 'zod';
import type { Instant } from '../ids.ts';

// V8 also reads free text such as 'Tuesday 3'; only ISO 8601 with a time zone is a moment here.
const isoText = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})$/;
const textMax = 40;

/**
 * Reads a moment as AWS writes it: ISO 8601 with any number of fraction digits in events, ISO with
 * an offset from AWS CLI 2, seconds since 1970 from AWS CLI 1. `undefined` where it is none, such
 * as the placeholder `yyyy-mm-ddThh:mm:ssZ` in AWS's own samples. Below a millisecond it rounds
 * down.
 */
export const momentOf = (value: unknown): Instant | undefined => {
  const milliseconds = typeof value === 'number' ? Math.floor(value * 1000) : fromText(value);
  return isInstant(milliseconds) ? milliseconds : undefined;
};

/** As the schema in ids.ts says it; an event tells several moments, and a parse is dear. */
const isInstant = (milliseconds: number): milliseconds is Instant =>
  Number.isSafeInteger(milliseconds) && milliseconds >= 0;

const fromText = (value: unknown): number => {
  if (typeof value !== 'string' || value.length > textMax || !isoText.test(value))
    return Number.NaN;
  return Date.parse(value.replace(/([+-]\d{2})(\d{2})$/, '$1:$2'));
};

/** A moment without which the event says too little. */
export const Moment = z.unknown().transform((value, context) => {
  const instant = momentOf(value);
  if (instant !== undefined) return instant;
  context.addIssue({ code: 'custom', message: 'expected an ISO 8601 time or seconds since 1970' });
  return z.NEVER;
});

/** A moment that may be missing or unreadable: then it is absent, and the event still counts. */
export const OptionalMoment = z.unknown().optional().transform(momentOf);
