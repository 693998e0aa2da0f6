import {
  constants,
  deflateRawSync,
  inflateRawSync,
  zstdCompressSync,
  zstdDecompressSync,
} from 'node:zlib';
import { jsonBytesWithin } from './plainJson.ts';

/**
 * Text that the commits of one stream repeat, as a dictionary for their compression: a batch of
 * task events names the same services, digests and instances as the one before. Part of the
 * record, because its commits cannot be read without it; never changed, never deleted.
 */
export type Vocabulary = {
  /** Of the commit whose state it was made from. */
  readonly version: number;
  readonly text: Buffer;
};

/** Of the text itself. It is written as one item, and DynamoDB takes 400 KB. */
const vocabularyBytesMax = 384 * 1024;

/** JSON of at most this is one record of a state: a task, an instance. */
const recordBytesMax = 4 * 1024;
const wordLengthMin = 8;
/** A record that teaches fewer new words is not worth its own bytes: the words alone are. */
const newWordsMin = 3;

/**
 * The words that more than one record of a state use, with as many whole records as teach several
 * of them at once: what stands together in one event then compresses to one reference. The same
 * for the same state.
 */
export const vocabularyOf = (state: unknown): Buffer => {
  const records = recordsOf(state).map((record) => ({ record, words: new Set(wordsOf(record)) }));
  const uses = new Map<string, number>();
  for (const { words } of records) {
    for (const word of words) uses.set(word, (uses.get(word) ?? 0) + 1);
  }
  const untaught = new Set([...uses].flatMap(([word, count]) => (count > 1 ? [word] : [])));
  const examples: string[] = [];
  for (const { record, words } of records) {
    const taught = [...words].filter((word) => untaught.has(word));
    if (taught.length < newWordsMin) continue;
    examples.push(JSON.stringify(record));
    for (const word of taught) untaught.delete(word);
  }
  // The end of a dictionary is nearest to the text, and what is cut off is the beginning.
  const text = Buffer.from([...untaught, ...examples].join(''));
  return text.subarray(Math.max(0, text.byteLength - vocabularyBytesMax));
};

const recordsOf = (value: unknown): readonly unknown[] => {
  if (typeof value !== 'object' || value === null) return [value];
  if (jsonBytesWithin(recordBytesMax, value) <= recordBytesMax) return [value];
  return Object.values(value).flatMap(recordsOf);
};

const wordsOf = (value: unknown): readonly string[] => {
  if (typeof value === 'string') return value.length >= wordLengthMin ? [value] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(wordsOf);
};

/**
 * The first level that weighs matches against each other instead of taking the nearest: a tenth to
 * a fifth less than level 9 for 25 task events. With a checksum, so that bytes which are not those
 * that were packed are never taken for events.
 */
const params = {
  [constants.ZSTD_c_compressionLevel]: 15,
  [constants.ZSTD_c_checksumFlag]: 1,
};

/** The events of a commit as they are stored: deflated where their stream has no vocabulary. */
export const packed = (json: string, vocabulary: Vocabulary | undefined): Buffer =>
  vocabulary === undefined
    ? deflateRawSync(json)
    : zstdCompressSync(json, { dictionary: vocabulary.text, params });

export const unpacked = (bytes: Uint8Array, vocabulary: Vocabulary | undefined): string =>
  (vocabulary === undefined
    ? inflateRawSync(bytes)
    : zstdDecompressSync(bytes, { dictionary: vocabulary.text })
  ).toString();

/** Large states and vocabularies, which need none. */
export const packAlone = (json: string | Buffer): Buffer =>
  zstdCompressSync(json, { params: { [constants.ZSTD_c_compressionLevel]: 12 } });

export const unpackAlone = (bytes: Uint8Array): Buffer => zstdDecompressSync(bytes);
