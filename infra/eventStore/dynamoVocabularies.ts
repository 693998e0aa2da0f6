import { assert } from '../../domain/assert.ts';
import { commitOfItem, type DynamoItem, vocabularyVersionOf } from './dynamoItem.ts';
import type { DynamoTable } from './dynamoTable.ts';
import { packAlone, unpackAlone, type Vocabulary, vocabularyOf } from './dynamoVocabulary.ts';
import type { Commit } from './eventStore.ts';

export const vocabularyPartition = (stream: string): string => `vocabulary#${stream}`;

/** Held in memory at once, 384 KB each at most. */
const heldMax = 64;

export type Vocabularies = ReturnType<typeof dynamoVocabularies>;

/** The vocabularies of a table: fetched when a commit names one, and held, for they never change. */
export const dynamoVocabularies = (table: Pick<DynamoTable, 'itemAt' | 'put'>) => {
  const held = new Map<string, Vocabulary>();
  const hold = (stream: string, vocabulary: Vocabulary): Vocabulary => {
    if (held.size >= heldMax) held.delete(held.keys().next().value ?? '');
    held.set(`${stream} ${vocabulary.version}`, vocabulary);
    return vocabulary;
  };
  const read = async (stream: string, version: number): Promise<Vocabulary> => {
    const known = held.get(`${stream} ${version}`);
    if (known !== undefined) return known;
    const item = await table.itemAt(vocabularyPartition(stream), version);
    assert(item?.text?.B !== undefined, `${stream} has its vocabulary of version ${version}`);
    return hold(stream, { version, text: unpackAlone(item.text.B) });
  };
  const commitsOf = async (items: readonly DynamoItem[]): Promise<readonly Commit[]> => {
    const commits: Commit[] = [];
    for (const item of items) {
      const version = vocabularyVersionOf(item);
      const vocabulary =
        version === undefined ? undefined : await read(item.stream?.S ?? '', version);
      commits.push(commitOfItem(item, vocabulary));
    }
    return commits;
  };
  return {
    /** The one that was made with a snapshot, before its head. */
    of: async (
      stream: string,
      snapshot: { readonly foldedTo: number } | undefined,
    ): Promise<Vocabulary | undefined> => snapshot && read(stream, snapshot.foldedTo),
    /** The commits that items hold, in their order. */
    commitsOf,
    /**
     * Stores the vocabulary of a state before any commit uses it. Where one stands at this version
     * already, from a try whose answer was lost, that one it is.
     */
    make: async (stream: string, version: number, state: unknown): Promise<Vocabulary> => {
      const text = vocabularyOf(state);
      const item: DynamoItem = {
        stream: { S: vocabularyPartition(stream) },
        version: { N: `${version}` },
        text: { B: packAlone(text) },
      };
      if (await table.put(item)) return hold(stream, { version, text });
      return read(stream, version);
    },
  };
};
