import {
  BatchProcessor,
  EventType,
  processPartialResponse,
  SqsFifoPartialProcessorAsync,
} from '@aws-lambda-powertools/batch';
import middy from '@middy/core';
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';

/**
 * `done`: the message may go. `again`: it stays on the queue and comes back, and after that it goes
 * to the DLQ.
 */
export type Handled =
  | { readonly status: 'done' }
  | { readonly status: 'again'; readonly why: string };

/**
 * A door on an SQS queue that takes a batch as one, because what it says belongs into few commits.
 * `handle` answers for every body, in their order; those to come again are reported alone, so that
 * their neighbours are not repeated.
 */
export const batchQueue = (handle: (bodies: readonly string[]) => Promise<readonly Handled[]>) =>
  middy<SQSEvent, SQSBatchResponse>().handler(async (event) => {
    const handled = await handle(event.Records.map(({ body }) => body));
    const verdicts = new Map(
      event.Records.map(({ messageId }, index) => [messageId, handled[index]]),
    );
    const settle = async ({ messageId }: SQSRecord) => {
      const verdict = verdicts.get(messageId);
      if (verdict?.status !== 'done') throw new Error(verdict?.why ?? 'it was not answered for');
    };
    const processor = new BatchProcessor(EventType.SQS);
    return processPartialResponse(event, settle, processor, { throwOnFullBatchFailure: false });
  });

/**
 * A door on an SQS queue that takes one message after another: returning means done, throwing means
 * try again. On a FIFO queue nothing of a message group is handled after one of its messages
 * failed.
 */
export const queue = (
  handle: (body: string) => Promise<unknown>,
  { fifo = false }: { readonly fifo?: boolean } = {},
) =>
  middy<SQSEvent, SQSBatchResponse>().handler((event) => {
    const handleRecord = ({ body }: SQSRecord) => handle(body);
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
