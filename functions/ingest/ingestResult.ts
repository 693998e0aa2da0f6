import type { IgnoredReason } from '../../events/aws/eventKind.ts';
import type { ParkedReason } from '../../events/parked.ts';

/** What became of one body. Every body gets exactly one result. */
export type IngestResult =
  | { readonly outcome: 'applied' }
  | {
      readonly outcome: 'ignored';
      /**
       * `StaleVersion`: not newer than what is known. `AlreadySeen`: this very event, or the same
       * fact, is known.
       */
      readonly reason: IgnoredReason | 'StaleVersion' | 'AlreadySeen';
      readonly detail: string;
    }
  | {
      readonly outcome: 'parked';
      readonly reason: ParkedReason;
      readonly detail: string;
      readonly parkedId: string;
    }
  /** The store did not take it. Nothing is lost: it comes again. */
  | { readonly outcome: 'failed'; readonly reason: 'NotStored'; readonly detail: string };

export const applied: IngestResult = { outcome: 'applied' };

export const stale: IngestResult = {
  outcome: 'ignored',
  reason: 'StaleVersion',
  detail: 'not newer than what is known',
};

export const alreadySeen: IngestResult = {
  outcome: 'ignored',
  reason: 'AlreadySeen',
  detail: 'it was recorded before',
};

export const notStored = (error: unknown): IngestResult => ({
  outcome: 'failed',
  reason: 'NotStored',
  detail: error instanceof Error ? error.message : String(error),
});
