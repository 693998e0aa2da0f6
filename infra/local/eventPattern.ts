import * as z from 'zod';
import { once } from '../../domain/once.ts';

// EventBridge event patterns (EventBridge User Guide, eb-event-patterns), the part of the language
// that Tuesday uses, and an error for the rest: a pattern that is half understood would match
// other events here than it does on AWS.

type Scalar = string | number | boolean | null;
export type EventPattern = { readonly [field: string]: EventPattern | readonly unknown[] };

export const EventPattern: z.ZodType<EventPattern> = z.lazy(() =>
  z.record(z.string(), z.union([z.array(z.unknown()).min(1), EventPattern])),
);

/**
 * Whether `event` matches: every field of the pattern must, any one of its alternatives will do,
 * and a field that is an array matches by any of its items. Throws on an operator that it does
 * not know.
 */
export const matchesPattern = (pattern: EventPattern, event: unknown): boolean =>
  fieldsOf(pattern).every(([field, expected]) => {
    const actual = fieldOf(event, field);
    return isAlternatives(expected)
      ? expected.some((alternative) => matchesAlternative(alternative, actual))
      : [actual].flat().some((item) => matchesPattern(expected, item));
  });

const fieldsOf = once((pattern: EventPattern) => Object.entries(pattern));

/** Throws on an operator that `matchesPattern` does not know, without waiting for an event. */
export const checkPattern = (pattern: EventPattern): void => {
  for (const expected of Object.values(pattern)) {
    if (isAlternatives(expected)) {
      for (const alternative of expected) matchesAlternative(alternative, undefined);
    } else checkPattern(expected);
  }
};

const isAlternatives = (
  expected: EventPattern | readonly unknown[],
): expected is readonly unknown[] => Array.isArray(expected);

const fieldOf = (event: unknown, field: string): unknown =>
  typeof event === 'object' && event !== null && Object.hasOwn(event, field)
    ? (event as Readonly<Record<string, unknown>>)[field]
    : undefined;

const isScalar = (value: unknown): value is Scalar =>
  value === null || ['string', 'number', 'boolean'].includes(typeof value);

const matchesAlternative = (alternative: unknown, actual: unknown): boolean => {
  if (isScalar(alternative)) return leaves(actual).includes(alternative);
  const entries = Object.entries(alternative ?? {});
  const [operator, operand] = entries[0] ?? [];
  if (entries.length !== 1 || operator === undefined || Array.isArray(alternative)) {
    throw new Error(`event pattern: not a value or an operator: ${JSON.stringify(alternative)}`);
  }
  return matchesOperator(operator, operand, leaves(actual));
};

/** The values that a field offers: its own, or those of its items. A missing field offers none. */
const leaves = (actual: unknown): readonly Scalar[] => [actual].flat().filter(isScalar);

const matchesOperator = (
  operator: string,
  operand: unknown,
  values: readonly Scalar[],
): boolean => {
  switch (operator) {
    case 'exists':
      return exists(operand, values);
    case 'prefix':
    case 'suffix':
    case 'equals-ignore-case':
      return values.some(textTest(operator, operand));
    case 'anything-but': {
      const isException = exceptionTest(operand);
      return values.some((value) => !isException(value));
    }
    case 'numeric': {
      const test = numericTest(operand);
      return values.some((value) => typeof value === 'number' && test(value));
    }
    default:
      throw new Error(`event pattern: operator ${operator} is not supported`);
  }
};

const exists = (operand: unknown, values: readonly Scalar[]): boolean => {
  if (typeof operand === 'boolean') return values.length > 0 === operand;
  throw new Error('event pattern: exists takes true or false');
};

type TextOperator = 'prefix' | 'suffix' | 'equals-ignore-case';

const textTest = (operator: TextOperator, operand: unknown) => {
  const ignoring = z.strictObject({ 'equals-ignore-case': z.string() }).safeParse(operand).data;
  const wanted = ignoring?.['equals-ignore-case'] ?? operand;
  if (typeof wanted !== 'string') throw new Error(`event pattern: ${operator} takes text`);
  const ignoreCase = ignoring !== undefined || operator === 'equals-ignore-case';
  const cased = (text: string) => (ignoreCase ? text.toLowerCase() : text);
  return (value: Scalar): boolean => {
    if (typeof value !== 'string') return false;
    if (operator === 'prefix') return cased(value).startsWith(cased(wanted));
    if (operator === 'suffix') return cased(value).endsWith(cased(wanted));
    return cased(value) === cased(wanted);
  };
};

const textOperators: readonly string[] = ['prefix', 'suffix', 'equals-ignore-case'];

/**
 * `anything-but` takes one value, a list of values, or one text operator with one or more texts.
 */
const exceptionTest = (operand: unknown) => {
  const plain = [operand].flat();
  if (plain.every(isScalar)) return (value: Scalar) => plain.includes(value);
  const [operator, texts] = Object.entries(operand ?? {})[0] ?? [];
  if (operator === undefined || !textOperators.includes(operator)) {
    throw new Error(`event pattern: anything-but does not take ${JSON.stringify(operand)}`);
  }
  const tests = [texts].flat().map((text) => textTest(operator as TextOperator, text));
  return (value: Scalar) => tests.some((test) => test(value));
};

const comparisons: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  '=': (value, bound) => value === bound,
  '<': (value, bound) => value < bound,
  '<=': (value, bound) => value <= bound,
  '>': (value, bound) => value > bound,
  '>=': (value, bound) => value >= bound,
};

/** One comparison, or a lower and an upper one: `['>', 0, '<=', 5]`. */
const numericTest = (operand: unknown) => {
  const parts = Array.isArray(operand) ? operand : [];
  const pairs = parts.length === 4 ? [parts.slice(0, 2), parts.slice(2)] : [parts];
  const tests = pairs.map((pair) => {
    const compare = comparisons[String(pair[0])];
    const bound: unknown = pair[1];
    if (compare !== undefined && typeof bound === 'number' && pair.length === 2) {
      return (value: number) => compare(value, bound);
    }
    throw new Error(`event pattern: numeric does not take ${JSON.stringify(operand)}`);
  });
  return (value: number) => tests.every((test) => test(value));
};
