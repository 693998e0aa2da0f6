import * as z from 'zod';
import type { Instant } from '../ids.ts';
import { momentOf } from './moment.ts';

const isRecord = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What EventBridge puts around every AWS event (EventBridge User Guide, eb-events-structure). */
export const Envelope = z.object({
  id: z.string().min(1).max(128),
  'detail-type': z.string().min(1).max(255),
  source: z.string().min(1).max(255),
  account: z.string().regex(/^[0-9A-Z]{12}$/),
  region: z.string().regex(/^[a-z]{2}[a-z0-9-]{3,30}$/),
  /** Samples in AWS's pages hold placeholders here; read by `toldOf`. */
  time: z.unknown().optional(),
  /** Missing in some samples. Ids are never taken from here, but for services: see serviceArnOf. */
  resources: z.array(z.string().max(2_048)).max(100).optional(),
  /** Not copied: each kind of event reads what it knows of it. */
  detail: z.custom<Readonly<Record<string, unknown>>>(isRecord, 'expected an object'),
});
export type Envelope = z.infer<typeof Envelope>;

/** Which event it was, from where, and when AWS says it happened. */
export type Told = {
  readonly id: string;
  readonly account: string;
  readonly region: string;
  /** Absent where the envelope's `time` is no moment. Never used to order what has a version. */
  readonly at?: Instant;
};

export const toldOf = (envelope: Envelope): Told => {
  const at = momentOf(envelope.time);
  const { id, account, region } = envelope;
  return { id, account, region, ...(at === undefined ? {} : { at }) };
};
