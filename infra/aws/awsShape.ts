import * as z from 'zod';
import { GatewayError } from './gateways.ts';

/**
 * Text, a number or a `Date`, as milliseconds: the SDK gives `Date`, AWS CLI v2 prints ISO 8601,
 * AWS CLI v1 and the wire count seconds. What cannot be read is an error, never "now".
 */
export const Moment = z
  .union([
    z.date().transform((date) => date.getTime()),
    z
      .string()
      .max(64)
      .transform((text) => Date.parse(text)),
    z.number().transform((seconds) => seconds * 1000),
  ])
  .transform((milliseconds) => Math.round(milliseconds))
  .pipe(z.int().nonnegative());

/**
 * AWS leaves a field out, the SDK sets it `undefined`, hand-made JSON writes `null`: all mean
 * absent.
 */
export const absent = <Schema extends z.ZodType>(schema: Schema) =>
  schema.nullish().transform((value) => value ?? undefined);

/** A list that AWS leaves out when it is empty. */
export const list = <Schema extends z.ZodType>(schema: Schema) =>
  z
    .array(schema)
    .nullish()
    .transform((values) => values ?? []);

/**
 * Reads what AWS answered. Throws `GatewayError` (`refused`, `UnexpectedShape`) that names the
 * field, because a wrong guess about the fleet is worse than none.
 */
export const readShape = <Schema extends z.ZodType>(
  schema: Schema,
  raw: unknown,
  what: string,
): z.output<Schema> => {
  const parsed = schema.safeParse(raw);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const field = issue?.path.join('.') || '(the whole of it)';
  const message = `${what}: ${field}: ${issue?.message}`;
  throw new GatewayError('refused', 'UnexpectedShape', message, { cause: parsed.error });
};

/**
 * Facts are stored as JSON, so a field that is not there should not be there as `undefined` either.
 */
export const withoutUndefined = <Value extends object>(value: Value): Value => {
  const kept: Partial<Value> = {};
  for (const key of Object.keys(value) as (keyof Value)[]) {
    if (value[key] !== undefined) kept[key] = value[key];
  }
  return kept as Value;
};
