import * as z from 'zod';
import { ParkedReason } from '../../../events/parked.ts';
import { command, question } from './contract.ts';
import { Moment, page, paging } from './wire.ts';

const entry = {
  parkedId: z.string().meta({ description: 'SHA-256 of the body' }),
  reason: ParkedReason,
  remedy: z.string(),
  parkedAt: Moment,
  replayed: z
    .object({ outcome: z.string(), replayedAt: Moment })
    .readonly()
    .exactOptional()
    .meta({ description: 'the newest attempt to handle it after all' }),
};

export const ParkedSummary = z.object(entry).readonly().meta({ id: 'ParkedSummary' });
export type ParkedSummary = z.output<typeof ParkedSummary>;

export const ParkedWhole = z
  .object({ ...entry, body: z.string() })
  .readonly()
  .meta({ id: 'ParkedEvent' });

const named = z.strictObject({
  parkedId: z
    .string()
    .regex(/^[0-9a-f]{4,64}$/, 'the id of a parked event, or its first digits')
    .meta({ description: 'the first digits will do' }),
});

export const listParked = question({
  name: 'listParked',
  path: '/parked',
  summary: 'Events that could not be handled, oldest first, without their bodies',
  query: z.strictObject(paging),
  answer: page(ParkedSummary),
});

export const getParked = question({
  name: 'getParked',
  path: '/parked/{parkedId}',
  summary: 'One of them whole',
  parameters: named,
  answer: ParkedWhole,
  problems: ['ParkedEventNotFound', 'ParkedEventNotUnique'],
});

export const replayParked = command({
  name: 'replayParked',
  method: 'POST',
  path: '/parked/{parkedId}/replay',
  summary: 'Hand it in once more, after what is watched or Tuesday itself has changed',
  parameters: named,
  body: z.strictObject({}),
  answer: z
    .object({
      parkedId: z.string(),
      outcome: z.enum(['applied', 'ignored', 'parked', 'failed']),
      reason: z.string().nullable(),
    })
    .meta({ id: 'Replayed' }),
  problems: ['ParkedEventNotFound', 'ParkedEventNotUnique'],
});
