import { assert } from '../../domain/assert.ts';
import { commitOfItem, type DynamoItem, itemBytes, vocabularyVersionOf } from './dynamoItem.ts';
import type { Snapshot } from './dynamoSnapshot.ts';
import type { DynamoTable } from './dynamoTable.ts';
import type { Tail } from './dynamoTail.ts';
import {
  packAlone,
  packed,
  unpackAlone,
  type Vocabulary,
  vocabularyOf,
} from './dynamoVocabulary.ts';
import type { Commit } from './eventStore.ts';
import { writeUnits } from './snapshotRule.ts';
import { StoreBusy } from './storeErrors.ts';

export const vocabularyPartition = (stream: string): string => `vocabulary#${stream}`;

/** Held in memory at once, 384 KB each at most. */
const heldMax = 64;

export type Vocabularies = ReturnType<typeof dynamoVocabularies>;

/**
 * The vocabularies of a table: fetched when a commit names one, and held, for they never change.
 */
export const dynamoVocabularies = (table: Pick<DynamoTable, 'itemAt' | 'put'>) => {
  const held = new Map<string, Vocabulary>();
  const proposed = new Map<string, Vocabulary>();
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
    /** The commits that items hold, in their order. */
    commitsOf,
    /** Makes a vocabulary of a state, to be tried on the next commit of this process. */
    propose: (stream: string, { foldedTo, state }: Omit<Snapshot, 'stateShape'>): void => {
      proposed.set(stream, { version: foldedTo, text: vocabularyOf(state) });
    },
    /**
     * The vocabulary of the next commit. A proposed one is taken, and stored before the commit that
     * needs it, where it would have earned its cost since the last one was made: had it saved of
     * all commits since then what it saves of this one. Otherwise, and where the table is too busy,
     * it is the one in use.
     */
    choose: async (
      stream: string,
      events: readonly unknown[],
      tail: Tail,
    ): Promise<Vocabulary | undefined> => {
      const inUse = tail.vocabulary === undefined ? undefined : await read(stream, tail.vocabulary);
      const candidate = proposed.get(stream);
      proposed.delete(stream);
      if (candidate === undefined || candidate.version < (inUse?.version ?? 0)) return inUse;
      const json = JSON.stringify(events);
      const share = 1 - packed(json, candidate).byteLength / packed(json, inUse).byteLength;
      const item = itemOfVocabulary(stream, candidate);
      if (share * tail.vocabularyAgeUnits < writeUnits(itemBytes(item))) return inUse;
      try {
        return (await table.put(item)) ? hold(stream, candidate) : inUse;
      } catch (error) {
        if (error instanceof StoreBusy) return inUse;
        throw error;
      }
    },
  };
};

const itemOfVocabulary = (stream: string, { version, text }: Vocabulary): DynamoItem => ({
  stream: { S: vocabularyPartition(stream) },
  version: { N: `${version}` },
  text: { B: packAlone(text) },
});
