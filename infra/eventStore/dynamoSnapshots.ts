import {
  headsIn,
  partKeys,
  type Snapshot,
  type SnapshotHead,
  type SnapshotPlace,
  snapshotItems,
  snapshotPartition,
  snapshotPlaces,
  stateOfParts,
} from './dynamoSnapshot.ts';
import type { DynamoTable } from './dynamoTable.ts';
import type { Tail } from './dynamoTail.ts';
import type { Vocabularies } from './dynamoVocabularies.ts';
import { StoreBusy } from './storeErrors.ts';

export type KeptState = { readonly state: unknown; readonly head: SnapshotHead };

export type DynamoSnapshots = ReturnType<typeof dynamoSnapshots>;

/** Large states, apart from the commits that they are folded from. Losing one loses time alone. */
export const dynamoSnapshots = (
  table: Pick<DynamoTable, 'between' | 'putUnlessLater'>,
  vocabularies: Pick<Vocabularies, 'make'>,
) => {
  const headsOf = async (stream: string, stateShape: string): Promise<readonly SnapshotHead[]> =>
    headsIn(await table.between(snapshotPartition(stream), ...snapshotPlaces)).filter(
      (head) => head.stateShape === stateShape,
    );

  /**
   * Goes into the place where `base` is not, which the writer has seen whole: until its own head is
   * written, and if it never is, a load finds that one. `undefined` where a later one came between.
   */
  const put = async (stream: string, snapshot: Snapshot, base: SnapshotHead | undefined) => {
    const place: SnapshotPlace = base?.place === 0 ? 1 : 0;
    const { items, head } = snapshotItems(stream, place, snapshot);
    for (const item of items) {
      if (!(await table.putUnlessLater(item))) return undefined;
    }
    return head;
  };

  return {
    /** The newest of this shape that is whole. */
    newest: async (stream: string, stateShape: string): Promise<KeptState | undefined> => {
      for (const head of await headsOf(stream, stateShape)) {
        const parts = await table.between(snapshotPartition(stream), ...partKeys(head));
        const whole = stateOfParts(head, parts);
        if (whole !== undefined) return { ...whole, head };
      }
      return undefined;
    },
    /**
     * Keeps the state that a commit led to, after its vocabulary, and answers with what the tail is
     * then. The commit is safe already: a snapshot for which the table is too busy is left to a
     * later commit.
     */
    make: async (stream: string, snapshot: Snapshot, tail: Tail): Promise<Tail> => {
      try {
        const [newest] = await headsOf(stream, snapshot.stateShape);
        const isNews = newest && newest.foldedTo > (tail.snapshot?.foldedTo ?? 0);
        // Another writer's, which this one had not seen.
        if (isNews) return { units: 0, snapshot: newest };
        await vocabularies.make(stream, snapshot.foldedTo, snapshot.state);
        const head = await put(stream, snapshot, tail.snapshot);
        return head === undefined ? tail : { units: 0, snapshot: head };
      } catch (error) {
        if (error instanceof StoreBusy) return tail;
        throw error;
      }
    },
  };
};
