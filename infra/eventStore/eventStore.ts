import type { Decider } from '../../domain/decider.ts';
import type { Instant } from '../../events/ids.ts';

declare const position: unique symbol;

/** Where a stream stood when it was read. Only a store makes one, so a gap cannot be asked for. */
export type Position = {
  readonly stream: string;
  /** Commits in the stream so far; 0 for a stream that does not exist yet. */
  readonly version: number;
  readonly [position]: true;
};

/** What one append wrote: all of it or nothing. */
export type Commit = {
  readonly stream: string;
  /** 1, 2, 3 ... without a gap: `version` counts commits, not events. */
  readonly version: number;
  readonly commitId: string;
  readonly at: Instant;
  readonly events: readonly unknown[];
};

/** A commit in the order in which this store took it in; `sequence` grows, and may have gaps. */
export type SequencedCommit = Commit & {
  readonly sequence: number;
  /** The state after it, where the store has it at hand: nobody need fold again. */
  readonly folded?: { readonly stateShape: string; readonly state: unknown };
};

/** The parts of a decider that a load needs. */
export type Fold<State> = Pick<Decider<State, never, never>, 'stateShape' | 'initialState'> & {
  readonly evolve: (state: State, event: never) => State;
  readonly evolveAll?: (state: State, events: readonly never[]) => State;
};

export type EventStore = {
  /** The folded state and its position. Events come upcast to their present shape. */
  readonly load: <State>(
    stream: string,
    fold: Fold<State>,
  ) => Promise<{ readonly state: State; readonly position: Position }>;
  /**
   * Appends one commit after `position`, all or nothing, and returns the new position. When
   * `commitId` already stands at the next version the append is our own, whose answer was lost: it
   * succeeds. Throws `VersionConflict` when someone else wrote first. `state` is what the commit
   * folds to; the store keeps it as a snapshot when its rule says so.
   */
  readonly append: (
    position: Position,
    commit: {
      readonly commitId: string;
      readonly at: Instant;
      readonly events: readonly unknown[];
      readonly snapshot?: { readonly stateShape: string; readonly state: unknown };
    },
  ) => Promise<Position>;
  /** One stream from its beginning, or after a version; all of it, or `limit` commits at most. */
  readonly readStream: (
    stream: string,
    after?: number,
    limit?: number,
  ) => Promise<readonly Commit[]>;
  /**
   * Every stream in the order of `sequence`, at most `limit` commits: stands in for the DynamoDB
   * stream.
   */
  readonly readAll: (after: number, limit: number) => Promise<readonly SequencedCommit[]>;
};

/**
 * Someone else appended first. Told apart by `code`, so that two copies of this class do not
 * matter.
 */
export class VersionConflict extends Error {
  readonly code = 'VersionConflict';

  constructor(stream: string, options?: ErrorOptions) {
    super(`${stream} has moved on`, options);
    this.name = 'VersionConflict';
  }
}

export const isVersionConflict = (error: unknown): error is VersionConflict =>
  error instanceof Error && 'code' in error && error.code === 'VersionConflict';
