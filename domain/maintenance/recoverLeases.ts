import type { Instant } from '../../events/ids.ts';
import type { LedgerState } from './lease.ts';
import type { LedgerCommand } from './ledger.ts';

/** Longer than any view lags behind the record. */
const vanishedAfterMs = 15 * 60_000;

/**
 * Leases of holders that are not on record: whoever took them was lost before it wrote down why,
 * and nobody else will give them back (kured#137: a lock held by what no longer exists). What they
 * left DRAINING counts as unavailable from then on, and is for a person.
 */
export const recoverLeases = (
  { leases }: LedgerState,
  isKnown: (holder: string) => boolean,
  now: Instant,
): readonly LedgerCommand[] =>
  Object.values(leases)
    .filter(({ holder, grantedAt }) => !isKnown(holder) && now - grantedAt > vanishedAfterMs)
    .map(({ leaseId, holder }) => ({
      type: 'ReturnLease',
      leaseId,
      because: `its holder ${holder} is not on record`,
      now,
    }));
