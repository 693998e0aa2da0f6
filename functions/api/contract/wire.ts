import * as z from 'zod';
import { Instant } from '../../../events/ids.ts';

// What the wire writes otherwise than Tuesday itself does.

/** ISO 8601 in UTC there, milliseconds since 1970 here (design decision 11). */
export const Moment = z
  .codec(z.iso.datetime().max(30), Instant, {
    decode: (text) => Date.parse(text) as Instant,
    encode: (instant) => new Date(instant).toISOString(),
  })
  .meta({ id: 'Moment', description: 'ISO 8601, UTC' });

export const list = <Item extends z.ZodType>(item: Item) => z.array(item).readonly();

/** Of a query string, where every value is text. */
export const WholeNumber = (least: number, most: number) =>
  z
    .codec(z.string().regex(/^\d{1,9}$/, 'a whole number'), z.int().min(least).max(most), {
      decode: Number,
      encode: String,
    })
    // OpenAPI looks at what the text says, and not at the text.
    .meta(integer(least, most));

const integer = (minimum: number, maximum: number) =>
  ({ type: 'integer', minimum, maximum, pattern: undefined }) as const;

/** Nothing of the inside is to be read from it; it holds for the question that it came from. */
export const Cursor = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,1024}$/, 'a cursor as it was handed out')
  .meta({ id: 'Cursor', description: 'opaque; taken from `next` of the page before' });

export const pageDefault = 100;
export const pageMax = 1_000;

/** The part of a query that asks for one page of a list. */
export const paging = {
  limit: WholeNumber(1, pageMax)
    .meta({
      description: `items of a page; ${pageDefault} where it is left out`,
      ...integer(1, pageMax),
    })
    .optional(),
  cursor: Cursor.optional(),
};

/** `next` is absent on the last page. */
export const page = <Item extends z.ZodType>(item: Item) =>
  z.object({ items: list(item), next: Cursor.exactOptional() });

/**
 * Text that comes from a person and is kept: one line, nothing a terminal would obey, and in normal
 * form C, so that what looks the same is the same.
 */
export const plainLine = (charactersMax: number) =>
  z
    .string()
    .min(1)
    .max(charactersMax)
    .regex(/^[^\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]*$/u, 'one line of plain text')
    .refine((text) => text === text.normalize('NFC'), 'text in normal form C (NFC)');

export const Reason = plainLine(500).meta({
  id: 'Reason',
  description: 'why; kept in the record',
});

/** As ECS names a cluster, or with `@<account>.<region>` where two bear one name. */
export const ClusterName = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,255}(@\d{12}\.[a-z0-9-]{1,32})?$/, 'the name of a cluster')
  .meta({ id: 'ClusterName' });

export const inCluster = z.strictObject({ cluster: ClusterName });
