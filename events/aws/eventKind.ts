import type * as z from 'zod';
import type { ClusterArn } from '../ids.ts';
import type { Envelope, Told } from './envelope.ts';
import { toldOf } from './envelope.ts';

/** Why a well-formed event changes nothing. */
export type IgnoredReason =
  /** Auto Scaling tries out a new lifecycle hook; no instance is meant. */
  | 'TestNotification'
  /** ECR says that the push or delete did not succeed. */
  | 'ActionFailed';

export type Reading<Event> =
  | { readonly outcome: 'read'; readonly event: Event; readonly clusterArn?: ClusterArn }
  | { readonly outcome: 'ignored'; readonly reason: IgnoredReason; readonly detail: string }
  | { readonly outcome: 'malformed'; readonly field: string; readonly problem: string };

/** One detail-type, the source that AWS sends it from, and how its detail is read. */
export type EventKind<Event> = {
  readonly detailType: string;
  readonly source: string;
  readonly read: (envelope: Envelope) => Reading<Event>;
};

export const eventKind = <Schema extends z.ZodType, Event>(kind: {
  readonly detailType: string;
  readonly source: string;
  readonly detail: Schema;
  readonly toReading: (detail: z.output<Schema>, told: Told, envelope: Envelope) => Reading<Event>;
}): EventKind<Event> => ({
  detailType: kind.detailType,
  source: kind.source,
  read: (envelope) => {
    const detail = kind.detail.safeParse(envelope.detail);
    if (detail.success) return kind.toReading(detail.data, toldOf(envelope), envelope);
    const issue = detail.error.issues[0];
    const field = ['detail', ...(issue?.path ?? [])].join('.');
    return { outcome: 'malformed', field, problem: issue?.message ?? 'not understood' };
  },
});
