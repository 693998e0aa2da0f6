import { type DynamoItem, itemBytes, versionOf, vocabularyVersionOf } from './dynamoItem.ts';
import type { SnapshotHead } from './dynamoSnapshot.ts';
import {
  crossesMark,
  tailBeforeFirstSnapshot,
  tailPerSnapshot,
  tailPerVocabulary,
  writeUnits,
} from './snapshotRule.ts';

/** What is known of a stream where it stands, besides its state. */
export type Tail = {
  /** Write units of the commits since the newest snapshot. */
  readonly units: number;
  readonly snapshot?: SnapshotHead;
  /** What the next one would have cost when this process looked last. */
  readonly nextUnits?: number;
  /** The vocabulary of the next commit. */
  readonly vocabulary?: number;
  /** Write units of the commits since it was made. */
  readonly vocabularyAgeUnits: number;
};

export const noTail: Tail = { units: 0, vocabularyAgeUnits: 0 };

/** After more commits, oldest first: the vocabulary of the last is the one in use. */
export const longer = (tail: Tail, items: readonly DynamoItem[]): Tail => {
  const newest = items.at(-1);
  const vocabulary = (newest && vocabularyVersionOf(newest)) ?? tail.vocabulary;
  const isKnown = vocabulary === tail.vocabulary;
  const since = isKnown ? items : items.filter((item) => versionOf(item) > (vocabulary ?? 0));
  return {
    ...tail,
    units: tail.units + unitsOf(items),
    ...(vocabulary !== undefined && { vocabulary }),
    vocabularyAgeUnits: (isKnown ? tail.vocabularyAgeUnits : 0) + unitsOf(since),
  };
};

const unitsOf = (items: readonly DynamoItem[]): number =>
  items.reduce((sum, item) => sum + writeUnits(itemBytes(item)), 0);

/** When to see what a snapshot would cost now, and perhaps to make it. */
export const isSnapshotDue = (before: Tail, after: Tail): boolean => {
  const units = before.nextUnits ?? before.snapshot?.units;
  const mark = units === undefined ? tailBeforeFirstSnapshot : tailPerSnapshot * units;
  return crossesMark({ before: before.units, after: after.units, mark });
};

/** When to see whether another vocabulary would pay. */
export const isVocabularyDue = (before: Tail, after: Tail): boolean =>
  crossesMark({
    before: before.vocabularyAgeUnits,
    after: after.vocabularyAgeUnits,
    mark: tailPerVocabulary,
  });
