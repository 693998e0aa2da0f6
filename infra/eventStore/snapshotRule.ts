/**
 * Amazon DynamoDB bills a write by the kilobyte of the whole item ("Read/write capacity mode",
 * write request units).
 */
export const writeUnitBytes = 1024;

/** A state is kept at least this often, so that a load need not look at more commits than this. */
export const commitsPerState = 4;

/**
 * JSON of more than this is a large state. A fleet shard is one; a rollout, a ledger or a channel
 * seldom is.
 */
export const largeStateBytes = 8 * 1024;

/**
 * A large state is kept this often: at 32, writing it costs a commit no more than a thirty-second
 * of its size.
 */
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
