/**
 * Equal as JSON, whatever the order of keys. For plain records of numbers, texts, lists and
 * records.
 */
export const isSame = (a: unknown, b: unknown): boolean => {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every((key) => Object.hasOwn(b, key) && isSame(memberOf(a, key), memberOf(b, key)));
};

const memberOf = (record: object, key: string): unknown =>
  (record as Readonly<Record<string, unknown>>)[key];
