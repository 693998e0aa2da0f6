/**
 * Amazon DynamoDB bills a write by the kilobyte of the whole item ("Read/write capacity mode",
 * write request units).
 */
export const writeUnitBytes = 1024;

/** What writing an item of so many bytes costs. */
export const writeUnits = (bytes: number): number => Math.max(1, Math.ceil(bytes / writeUnitBytes));

/** A state is kept at least this often, so that a load need not look at more commits than this. */
export const commitsPerState = 4;

/**
 * JSON of more than this is a large state. A fleet shard is one; a rollout, a ledger or a channel
 * seldom is.
 */
export const largeStateBytes = 8 * 1024;

/** SQLite keeps a large state this often; there a write is a copy in memory. */
export const commitsPerLargeState = 32;

/**
 * Whether the commit at `version` takes the folded state along: always while both fit one write
 * unit, because it is free then; else at every 4th version, and for a large state at every 32nd. By
 * version and not by counting since the last, so that writers need not know of each other.
 * `stateBytes` is Infinity for a large state.
 */
export const keepsState = (
  version: number,
  { commitBytes, stateBytes }: { readonly commitBytes: number; readonly stateBytes: number },
): boolean =>
  commitBytes + stateBytes <= writeUnitBytes ||
  version % (stateBytes > largeStateBytes ? commitsPerLargeState : commitsPerState) === 0;

/**
 * On DynamoDB a large state is written apart once the commits since the last one have cost this many
 * times as much: snapshots add at most a quarter to what is paid for commits, and a load reads at
 * most four times as much of commits as of state.
 */
export const tailPerSnapshot = 4;

/** Write units of commits before the first snapshot, when nobody knows yet what one costs. */
export const tailBeforeFirstSnapshot = 32;

/**
 * Whether a commit makes a snapshot due. True for the commit that crosses the mark, and no other
 * before the next mark: of several writers one writes it, and where that one broke off another does
 * later. `before` and `after`: write units of the commits since the last snapshot, without and with
 * this one. `snapshotUnits`: what that snapshot cost.
 */
export const makesSnapshotDue = ({
  before,
  after,
  snapshotUnits,
}: {
  readonly before: number;
  readonly after: number;
  readonly snapshotUnits: number | undefined;
}): boolean => {
  const mark =
    snapshotUnits === undefined ? tailBeforeFirstSnapshot : tailPerSnapshot * snapshotUnits;
  return Math.floor(after / mark) > Math.floor(before / mark);
};
