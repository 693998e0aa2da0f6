import { assert } from '../../domain/assert.ts';

/** Printable ASCII without the two that JSON escapes: its bytes are its length. */
const isPlainText = (text: string): boolean => /^[ !#-[\]-~]*$/.test(text);

const textBytes = (text: string): number =>
  isPlainText(text) ? text.length + 2 : Buffer.byteLength(JSON.stringify(text));

/**
 * Bytes of `value` as JSON, or Infinity once they pass `limit`: what is over the limit is not
 * walked, so asking this of a fleet of 20,000 tasks costs as little as asking it of one.
 */
export const jsonBytesWithin = (limit: number, value: unknown): number => {
  if (typeof value === 'string') return upTo(limit, textBytes(value));
  if (typeof value !== 'object' || value === null) return upTo(limit, String(value).length);
  const named = !Array.isArray(value);
  let bytes = 2;
  for (const key in value) {
    const member = (value as Record<string, unknown>)[key];
    if (member === undefined && named) continue;
    bytes += (bytes > 2 ? 1 : 0) + (named ? textBytes(key) + 1 : 0);
    if (bytes > limit) return Number.POSITIVE_INFINITY;
    bytes += jsonBytesWithin(limit - bytes, member);
  }
  return upTo(limit, bytes);
};

const upTo = (limit: number, bytes: number): number =>
  bytes > limit ? Number.POSITIVE_INFINITY : bytes;

/**
 * A Map, a Date or NaN comes back from JSON as something else, and a state that changes on the
 * shelf is worse than none.
 */
export const assertPlainJson = (value: unknown, path: string): void => {
  if (value === null || value === undefined) return;
  if (typeof value === 'string' || typeof value === 'boolean') return;
  if (typeof value === 'number') {
    assert(Number.isFinite(value), `${path} is a finite number, not ${value}`);
    return;
  }
  assert(isPlain(value), `${path} is plain JSON: no Map, Set, Date, function or class`);
  for (const [key, member] of Object.entries(value)) assertPlainJson(member, `${path}.${key}`);
};

const isPlain = (value: unknown): value is object => {
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return !value.includes(undefined);
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
};
