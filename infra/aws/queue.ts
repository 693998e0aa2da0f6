import { SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { calling } from './awsError.ts';
import { GatewayError } from './gateways.ts';

/** Entries in one SendMessageBatch (SQS API Reference). */
const batchMax = 10;

export type QueueMessage = {
  /** On a FIFO queue the deduplication id: sent again within five minutes, it is delivered once. */
  readonly id: string;
  readonly body: unknown;
  /** On a FIFO queue the message group; leave it out on a standard queue. */
  readonly group?: string;
};

/**
 * Returning means that every message is on the queue; what was not taken leaves as `GatewayError`.
 */
export type QueueGateway = {
  readonly send: (messages: readonly QueueMessage[]) => Promise<void>;
};

/** SQS behind the port; bodies go as JSON. `client` must not retry by itself. */
export const createQueueGateway = (
  client: Pick<SQSClient, 'send'>,
  queueUrl: string,
): QueueGateway => ({
  send: async (messages) => {
    for (let start = 0; start < messages.length; start += batchMax) {
      await sendBatch(client, queueUrl, messages.slice(start, start + batchMax));
    }
  },
});

const sendBatch = async (
  client: Pick<SQSClient, 'send'>,
  queueUrl: string,
  messages: readonly QueueMessage[],
) => {
  const command = new SendMessageBatchCommand({
    QueueUrl: queueUrl,
    Entries: messages.map(({ id, body, group }, index) => ({
      Id: String(index),
      MessageBody: JSON.stringify(body),
      ...(group === undefined ? {} : { MessageGroupId: group, MessageDeduplicationId: id }),
    })),
  });
  const answer = await calling('mutate', 'SendMessageBatch', client.send(command));
  const failed = answer.Failed?.[0];
  if (failed === undefined) return;
  const kind = failed.SenderFault === true ? 'refused' : 'unclear';
  const message = `SendMessageBatch: ${failed.Message ?? failed.Code}`;
  throw new GatewayError(kind, failed.Code ?? 'Unknown', message);
};
