import * as z from 'zod';
import { fact } from './fact.ts';
import { Instant } from './ids.ts';

// Stream parked#<UTC day>: what could not be handled, whole, with its reason. Nothing is lost.

export const ParkedReason = z.enum([
  /** Not JSON, or not an object. */
  'Unparsable',
  /** The envelope lacks source, detail-type or detail. */
  'NotAnEvent',
  /** A detail-type that Tuesday does not act on. */
  'UnknownDetailType',
  /** A known detail-type whose detail lacks what Tuesday needs. */
  'DetailMalformed',
  /** The source is not the one that AWS sends this detail-type from. */
  'SourceMismatch',
  /** The envelope's account or region is not that of the ARNs in its detail. */
  'AccountMismatch',
  'RegionMismatch',
  /** A cluster, account or region outside what this Tuesday watches. */
  'ClusterNotAdopted',
  'AccountNotWatched',
  'RegionNotWatched',
]);
export type ParkedReason = z.infer<typeof ParkedReason>;

export const ParkedEvent = z.discriminatedUnion('type', [
  fact('EventParked', {
    /** SHA-256 of the body: the same body is parked once. */
    parkedId: z.string(),
    reason: ParkedReason,
    /** What is wrong and what to do about it, naming the field. */
    remedy: z.string(),
    body: z.string(),
    parkedAt: Instant,
  }),
  fact('ParkedEventReplayed', { parkedId: z.string(), outcome: z.string(), replayedAt: Instant }),
]);
export type ParkedEvent = z.infer<typeof ParkedEvent>;
