import { type DynamoItem, itemBytes } from './dynamoItem.ts';
import type { SnapshotHead } from './dynamoSnapshot.ts';
import { makesSnapshotDue, writeUnits } from './snapshotRule.ts';

/** Write units of the commits since the newest snapshot that is known, and which one that is. */
export type Tail = { readonly units: number; readonly snapshot?: SnapshotHead };

export const noTail: Tail = { units: 0 };

export const longer = (tail: Tail, items: readonly DynamoItem[]): Tail => ({
  ...tail,
  units: items.reduce((sum, item) => sum + writeUnits(itemBytes(item)), tail.units),
});

export const isSnapshotDue = (before: Tail, after: Tail): boolean =>
  makesSnapshotDue({
    before: before.units,
    after: after.units,
    snapshotUnits: before.snapshot?.units,
  });
