import * as z from 'zod';
import { DisruptionReason } from './disruption.ts';
import { fact } from './fact.ts';
import { Instant } from './ids.ts';

// Streams maintenance#<cluster name>, and maintenance#* for everything: when Tuesday may disturb.

const WallTime = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'is a time such as 22:00');

/**
 * A stretch of time, by the clock on the wall in `timeZone`, in which Tuesday may disturb
 * something. There is no other: outside of windows nothing begins.
 */
export const MaintenanceWindow = z.object({
  name: z.string().min(1).max(64),
  /** IANA, such as Europe/Dublin. */
  timeZone: z.string().min(1).max(64),
  /**
   * The days on which it opens, as a recurrence rule of RFC 5545: `FREQ=WEEKLY;BYDAY=SA,SU`,
   * `FREQ=MONTHLY;BYDAY=-1TU` for the last Tuesday of the month.
   */
  days: z.string().min(1).max(256),
  /** The day from which an INTERVAL counts, such as 2026-01-05. */
  since: z
    .string()
    .regex(/^\d{4}-\d\d-\d\d$/, 'is a day such as 2026-01-05')
    .optional(),
  opens: WallTime,
  /** On the next day where it is not later than `opens`; 24:00 is the end of the day. */
  closes: z.union([WallTime, z.literal('24:00')]),
  /** For these reasons alone; absent: for every reason. */
  reasons: z.array(DisruptionReason).readonly().optional(),
});
export type MaintenanceWindow = z.infer<typeof MaintenanceWindow>;

export const Closing = z.object({
  /** What is being drained when the last window closes is drained to its end, or handed back. */
  underway: z.enum(['finish', 'handBack']),
  /** Nothing begins when less than this is left. */
  lastStartMs: z.int().nonnegative(),
});
export type Closing = z.infer<typeof Closing>;

export const FreezeScope = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('cluster') }),
  z.object({ kind: z.literal('service'), serviceName: z.string().min(1) }),
]);
export type FreezeScope = z.infer<typeof FreezeScope>;

export const MaintenanceEvent = z.discriminatedUnion('type', [
  fact('WindowsSet', {
    windows: z.array(MaintenanceWindow.readonly()).readonly(),
    closing: Closing.readonly(),
    actor: z.string(),
    setAt: Instant,
  }),
  fact('FreezeBegun', {
    freezeId: z.string(),
    /** On maintenance#* `cluster` stands for every cluster. */
    scope: FreezeScope,
    reason: z.string(),
    actor: z.string(),
    begunAt: Instant,
    expiresAt: Instant,
  }),
  fact('FreezeLifted', {
    freezeId: z.string(),
    reason: z.string(),
    actor: z.string(),
    liftedAt: Instant,
  }),
  fact('OverrideBegun', {
    overrideId: z.string(),
    /** What it goes over: closed windows, and freezes too where that was asked for. */
    over: z.array(z.enum(['windows', 'freezes'])).readonly(),
    reason: z.string(),
    actor: z.string(),
    begunAt: Instant,
    expiresAt: Instant,
  }),
  fact('OverrideEnded', {
    overrideId: z.string(),
    reason: z.string(),
    actor: z.string(),
    endedAt: Instant,
  }),
]);
export type MaintenanceEvent = z.infer<typeof MaintenanceEvent>;
