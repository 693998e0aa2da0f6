import {
  BatchProcessor,
  EventType,
  processPartialResponse,
  SqsFifoPartialProcessorAsync,
} from '@aws-lambda-powertools/batch';
import middy from '@middy/core';
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { logger, measure, telemetry, whyOf } from './telemetry.ts';
import { beginOnlyWithTime, timeToBeginMs } from './timeLeft.ts';

/**
 * `done`: the message may go. `again`: it stays on the queue and comes back, and after that it goes
 * to the DLQ.
 */
export type Handled =
  | { readonly status: 'done' }
  | { readonly status: 'again'; readonly why: string };

/** Whether so many milliseconds are left before Lambda ends the function. */
export type HasTime = (neededMs: number) => boolean;

/**
 * A door on an SQS queue that takes a batch as one, because what it says belongs into few commits
 * or few calls. `handle` answers for every body, in their order; those to come again are reported
 * alone, so that their neighbours are not repeated.
 */
export const batchQueue = (
  handle: (bodies: readonly string[], hasTime: HasTime) => Promise<readonly Handled[]>,
) =>
  middy<SQSEvent, SQSBatchResponse>()
    .use(telemetry())
    .handler(async (event, context) => {
      measure({ oldestEventAgeSeconds: oldestAgeSeconds(event) });
      const hasTime: HasTime = (neededMs) => context.getRemainingTimeInMillis() >= neededMs;
      const handled = hasTime(timeToBeginMs)
        ? await handle(
            event.Records.map(({ body }) => body),
            hasTime,
          )
        : event.Records.map(() => tooLate);
      const verdicts = new Map(
        event.Records.map(({ messageId }, index) => [messageId, handled[index]]),
      );
      const settle = async ({ messageId }: SQSRecord) => {
        const verdict = verdicts.get(messageId);
        if (verdict?.status === 'done') return;
        throw comesAgain(messageId, new Error(verdict?.why ?? 'it was not answered for'));
      };
      const processor = new BatchProcessor(EventType.SQS);
      return processPartialResponse(event, settle, processor, { throwOnFullBatchFailure: false });
    });

/** It is not begun: what is begun with too little time would end in the middle. */
export const tooLate: Handled = {
  status: 'again',
  why: 'too little time is left to begin this batch',
};

/** Since the oldest message of the batch was sent; SQS's clock may be ahead of ours. */
const oldestAgeSeconds = ({ Records }: SQSEvent): number => {
  const sentAt = Records.map(({ attributes }) => Number(attributes.SentTimestamp));
  return Math.max(0, (Date.now() - Math.min(...sentAt)) / 1_000);
};

/** Told of in the log, because the queue is only told that, not why. */
const comesAgain = (messageId: string, error: unknown): unknown => {
  logger.warn('comes again', { messageId, why: whyOf(error) });
  return error;
};

/**
 * A door on an SQS queue that takes one message after another: returning means done, throwing means
 * try again. On a FIFO queue nothing of a message group is handled after one of its messages
 * failed.
 */
export const queue = (
  handle: (body: string) => Promise<unknown>,
  { fifo = false }: { readonly fifo?: boolean } = {},
) =>
  middy<SQSEvent, SQSBatchResponse>()
    .use(telemetry())
    .handler((event, context) => {
      const handleRecord = async ({ body, messageId }: SQSRecord) => {
        try {
          beginOnlyWithTime(context);
          return await handle(body);
        } catch (error) {
          throw comesAgain(messageId, error);
        }
      };
      if (fifo) {
        return processPartialResponse(event, handleRecord, new SqsFifoPartialProcessorAsync(), {
          throwOnFullBatchFailure: false,
          skipGroupOnError: true,
        });
      }
      return processPartialResponse(event, handleRecord, new BatchProcessor(EventType.SQS), {
        throwOnFullBatchFailure: false,
        processInParallel: false,
      });
    });
