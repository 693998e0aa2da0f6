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
 * On DynamoDB a large state is written apart once the commits since the last one have cost this
 * many times as much: snapshots add at most an eighth to what is paid for commits, and a load reads
 * at
 * most eight times as much of commits as of state.
 */
export const tailPerSnapshot = 8;

/** Write units of commits before anybody looks what a first snapshot would cost. */
export const tailBeforeFirstSnapshot = 32;

/**
 * Write units of commits after which another vocabulary is tried: looking costs time, not units.
 */
export const tailPerVocabulary = 64;

/**
 * Whether a commit crosses a mark: `before` and `after` are the write units of the commits since
 * the last snapshot, without and with this one. True once for each multiple of it: of several
 * writers
 * one makes the snapshot, and where that one broke off another does at the next.
 */
export const crossesMark = ({
  before,
  after,
  mark,
}: {
  readonly before: number;
  readonly after: number;
  readonly mark: number;
}): boolean => Math.floor(after / mark) > Math.floor(before / mark);
