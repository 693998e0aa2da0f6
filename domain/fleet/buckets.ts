import { hashOf } from './shards.ts';

/**
 * A record kept in 64 small records. A fold makes a new state for every fact; copying one bucket of
 * about 80 keys costs a sixtieth of copying the 5,000 tasks of a full shard. Plain JSON, so that it
 * can be a snapshot.
 */
export type Buckets<Value> = Readonly<Record<string, Readonly<Record<string, Value>>>>;

const bucketsCount = 64;

const bucketOf = (key: string): string => `b${hashOf(key) % bucketsCount}`;

export const valueIn = <Value>(buckets: Buckets<Value>, key: string): Value | undefined =>
  buckets[bucketOf(key)]?.[key];

/**
 * Records that were made within one batch and that nobody else has seen: they are written to
 * instead of copied.
 */
export type Own = Set<object>;

export const withValue = <Value>(
  buckets: Buckets<Value>,
  key: string,
  value: Value,
  own?: Own,
): Buckets<Value> => {
  const bucket = bucketOf(key);
  const next: Record<string, Readonly<Record<string, Value>>> = writable(buckets, own);
  const values: Record<string, Value> = writable(buckets[bucket] ?? {}, own);
  values[key] = value;
  next[bucket] = values;
  return next;
};

const writable = <Held>(
  record: Readonly<Record<string, Held>>,
  own: Own | undefined,
): Record<string, Held> => {
  if (own?.has(record)) return record;
  const copy = { ...record };
  own?.add(copy);
  return copy;
};

export const withoutValues = <Value>(
  buckets: Buckets<Value>,
  keys: readonly string[],
): Buckets<Value> => {
  const gone = new Set(keys);
  const touched = [...new Set(keys.map(bucketOf))].filter((bucket) => bucket in buckets);
  if (touched.length === 0) return buckets;
  const kept = touched.map((bucket) => {
    const entries = Object.entries(buckets[bucket] ?? {}).filter(([key]) => !gone.has(key));
    return [bucket, Object.fromEntries(entries)] as const;
  });
  return { ...buckets, ...Object.fromEntries(kept) };
};

/** In no order that means anything. */
export const entriesOf = <Value>(buckets: Buckets<Value>): readonly (readonly [string, Value])[] =>
  Object.values(buckets).flatMap((bucket) => Object.entries(bucket));

/** In no order that means anything. */
export const valuesOf = <Value>(buckets: Buckets<Value>): readonly Value[] =>
  Object.values(buckets).flatMap((bucket) => Object.values(bucket));
