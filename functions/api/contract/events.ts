import * as z from 'zod';
import { eventTypes } from '../../../events/catalogue.ts';
import { question } from './contract.ts';
import { ClusterName, Cursor, list, Moment, paging, WholeNumber } from './wire.ts';

export const RecordedEvent = z
  .object({
    stream: z.string(),
    version: z.int().min(1).meta({ description: 'of the commit in its stream' }),
    commitId: z.string(),
    at: Moment,
    type: z.string(),
    data: z.record(z.string(), z.unknown()).meta({
      description: 'as it is stored: moments in it are milliseconds since 1970',
    }),
  })
  .readonly()
  .meta({ id: 'RecordedEvent' });
export type RecordedEvent = z.output<typeof RecordedEvent>;

const answer = z.object({
  items: list(RecordedEvent),
  next: Cursor.meta({ description: 'go on here, now or later: nothing is passed over' }),
  isEnd: z.boolean().meta({ description: 'this is all there is by now' }),
});

const chosen = {
  limit: paging.limit,
  cursor: paging.cursor,
  type: z
    .enum(eventTypes as [string, ...string[]])
    .optional()
    .meta({ id: 'EventType' }),
  from: Moment.optional(),
  until: Moment.optional(),
};

export const listEvents = question({
  name: 'listEvents',
  path: '/events',
  summary: 'The facts of one stream, in the order in which they were written',
  query: z.strictObject({
    ...chosen,
    stream: z
      .string()
      .regex(/^[a-z0-9]+#[!-~]{1,512}$/, 'a stream such as rollout#rollout-2025-10-14')
      .meta({ description: 'such as `rollout#rollout-2025-10-14` or `image#sha256:...`' }),
    after: WholeNumber(0, 999_999_999)
      .optional()
      .meta({ description: 'only commits after this version; without a cursor' }),
  }),
  answer,
  problems: ['StreamNotFound'],
});

export const listClusterEvents = question({
  name: 'listClusterEvents',
  path: '/clusters/{cluster}/events',
  summary: 'The facts about one cluster over all its streams, in the order of their moments',
  parameters: z.strictObject({ cluster: ClusterName }),
  query: z.strictObject({
    ...chosen,
    kind: z
      .enum(['cluster', 'fleet', 'disruption', 'rollout'])
      .optional()
      .meta({ description: 'only streams of this kind' }),
    from: Moment.meta({ description: 'the first moment to be told of' }),
  }),
  answer,
  problems: ['ClusterNotFound'],
});
