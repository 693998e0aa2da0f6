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
import { tailPerSnapshot } from './snapshotRule.ts';
import { StoreBusy } from './storeErrors.ts';

export type KeptState = { readonly state: unknown; readonly head: SnapshotHead };

export type DynamoSnapshots = ReturnType<typeof dynamoSnapshots>;

/** Large states, apart from the commits that they are folded from. Losing one loses time alone. */
export const dynamoSnapshots = (table: Pick<DynamoTable, 'between' | 'putUnlessLater'>) => {
  const headsOf = async (stream: string, stateShape: string): Promise<readonly SnapshotHead[]> =>
    headsIn(await table.between(snapshotPartition(stream), ...snapshotPlaces)).filter(
      (head) => head.stateShape === stateShape,
    );

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
     * Keeps the state that a commit led to, where the commits since the last one have cost enough
     * more than it does, and answers with what the tail is then. It goes into the place where the
     * last one is not, which the writer has seen whole: until its own head is written, and if it
     * never is, a load finds that one. The commit is safe already: a snapshot for which the table
     * is too busy is left to a later commit.
     */
    make: async (stream: string, snapshot: Snapshot, tail: Tail): Promise<Tail> => {
      const place: SnapshotPlace = tail.snapshot?.place === 0 ? 1 : 0;
      const { items, head } = snapshotItems(stream, place, snapshot, tail.vocabulary);
      if (tail.units < tailPerSnapshot * head.units) return { ...tail, nextUnits: head.units };
      try {
        const [newest] = await headsOf(stream, snapshot.stateShape);
        const isNews = newest && newest.foldedTo > (tail.snapshot?.foldedTo ?? 0);
        // Another writer's, which this one had not seen.
        if (isNews) return { ...withoutNext(tail), units: 0, snapshot: newest };
        for (const item of items) {
          if (!(await table.putUnlessLater(item))) return tail;
        }
        return { ...withoutNext(tail), units: 0, snapshot: head };
      } catch (error) {
        if (error instanceof StoreBusy) return tail;
        throw error;
      }
    },
  };
};

const withoutNext = ({ nextUnits: _, ...tail }: Tail): Tail => tail;
