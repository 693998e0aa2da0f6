import { createHash } from 'node:crypto';
import { assert } from '../../domain/assert.ts';
import { type DynamoItem, itemBytes } from './dynamoItem.ts';
import { packAlone, unpackAlone } from './dynamoVocabulary.ts';
import { writeUnits } from './snapshotRule.ts';

/**
 * The snapshots of a stream stand in a partition of their own, so that neither a load nor
 * `readStream` pays for one it does not want. There are two places, and a new one takes the place
 * of the older: an overwritten item costs nothing to be rid of, a deleted one as much as it weighs.
 */
export const snapshotPartition = (stream: string): string => `snapshot#${stream}`;

export const snapshotPlaces = [0, 1] as const;
export type SnapshotPlace = (typeof snapshotPlaces)[number];

/** Bytes of state in one item: DynamoDB takes 400 KB; the rest is room for keys and names. */
const partBytesMax = 390 * 1024;

/** Heads have the sort keys 0 and 1; the parts of a place follow from 1000 or from 2000. */
const firstPartKey = (place: SnapshotPlace): number => 1_000 * (place + 1);
const partsMax = 1_000;

export type SnapshotHead = {
  readonly place: SnapshotPlace;
  /** The version of the stream that the state is folded to. */
  readonly foldedTo: number;
  readonly stateShape: string;
  readonly parts: number;
  /** SHA-256 of all its bytes: parts of another write, or of half a write, do not add up to it. */
  readonly mark: string;
  /** What writing it cost. */
  readonly units: number;
  /** The vocabulary that was in use, for where no commit after it names one. */
  readonly vocabulary?: number;
};

export type Snapshot = {
  readonly foldedTo: number;
  readonly stateShape: string;
  readonly state: unknown;
};

/**
 * The items of a snapshot, in the order in which they are to be written: its head comes last, so
 * that a head stands for parts that were all written before it.
 */
export const snapshotItems = (
  stream: string,
  place: SnapshotPlace,
  { foldedTo, stateShape, state }: Snapshot,
  vocabulary?: number,
): { readonly items: readonly DynamoItem[]; readonly head: SnapshotHead } => {
  const bytes = packAlone(JSON.stringify(state));
  const parts = Math.ceil(bytes.byteLength / partBytesMax);
  assert(parts <= partsMax, `a snapshot of ${stream} has at most ${partsMax} parts`);
  const mark = createHash('sha256').update(bytes).digest('base64url');
  const itemAt = (key: number): DynamoItem => ({
    stream: { S: snapshotPartition(stream) },
    version: { N: `${key}` },
    foldedTo: { N: `${foldedTo}` },
    mark: { S: mark },
  });
  const partItems = Array.from({ length: parts }, (_, part) => ({
    ...itemAt(firstPartKey(place) + part),
    part: { B: bytes.subarray(part * partBytesMax, (part + 1) * partBytesMax) },
  }));
  const partUnits = partItems.reduce((sum, item) => sum + writeUnits(itemBytes(item)), 0);
  const units = partUnits + 1;
  const headItem = {
    ...itemAt(place),
    stateShape: { S: stateShape },
    parts: { N: `${parts}` },
    units: { N: `${units}` },
    ...(vocabulary !== undefined && { vocabulary: { N: `${vocabulary}` } }),
  };
  const named = vocabulary === undefined ? {} : { vocabulary };
  const head = { place, foldedTo, stateShape, parts, mark, units, ...named };
  return { items: [...partItems, headItem], head };
};

/** Newest first. */
export const headsIn = (items: readonly DynamoItem[]): readonly SnapshotHead[] =>
  items
    .map((item) => ({
      place: Number(item.version?.N) as SnapshotPlace,
      foldedTo: Number(item.foldedTo?.N),
      stateShape: item.stateShape?.S ?? '',
      parts: Number(item.parts?.N),
      mark: item.mark?.S ?? '',
      units: Number(item.units?.N),
      ...(item.vocabulary?.N !== undefined && { vocabulary: Number(item.vocabulary.N) }),
    }))
    .toSorted((a, b) => b.foldedTo - a.foldedTo || a.place - b.place);

/** The sort keys of its first and its last part. */
export const partKeys = ({
  place,
  parts,
}: SnapshotHead): readonly [first: number, last: number] => [
  firstPartKey(place),
  firstPartKey(place) + parts - 1,
];

/**
 * The state that parts, in their order, add up to; `undefined` where they do not, because another
 * write is under way over them, or broke off, or one was lost.
 */
export const stateOfParts = (
  { mark }: Pick<SnapshotHead, 'mark'>,
  items: readonly DynamoItem[],
): { readonly state: unknown } | undefined => {
  const bytes = Buffer.concat(items.flatMap(({ part }) => part?.B ?? []));
  if (createHash('sha256').update(bytes).digest('base64url') !== mark) return undefined;
  return { state: JSON.parse(unpackAlone(bytes).toString()) };
};
