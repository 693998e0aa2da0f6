import * as z from 'zod';

/**
 * Free text from outside is kept, but never longer than this: `stoppedReason` and its like are
 * nobody's promise.
 */
const freeTextMax = 1_024;

/** Words of AWS's own vocabulary (a status, an event name): refused when longer. */
export const Word = z.string().min(1).max(255);

/** Free text, cut rather than refused: an event is not lost because a reason is long. */
export const FreeText = z.string().transform((text) => text.slice(0, freeTextMax).toWellFormed());

/**
 * Says `text` inside a sentence for people: short, quoted, without anything that could steer a
 * terminal.
 */
export const quoted = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: taking them out is the purpose
  `"${text.slice(0, 80).replace(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g, '?')}"`;
