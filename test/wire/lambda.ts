import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { Context, DynamoDBRecord, SQSBatchResponse, SQSRecord } from 'aws-lambda';

// What Lambda does between a queue or a stream and a function (AWS Lambda Developer Guide, "Using
// Lambda with Amazon SQS", "Using AWS Lambda with Amazon DynamoDB").

type Handler = (event: never, context: Context) => Promise<unknown>;

const context = (name: string): Context =>
  ({
    functionName: `tuesday-wire-${name}`,
    awsRequestId: '8f5c0000-0000-4000-8000-000000000002',
    getRemainingTimeInMillis: () => 60_000,
  }) as Context;

/** A handler as Lambda calls it, once the environment is there for it to read. */
export const invoke = async (
  load: () => Promise<{ readonly handler: unknown }>,
  name: string,
  event: unknown,
): Promise<unknown> => {
  const { handler } = await load();
  return (handler as Handler)(event as never, context(name));
};

export type Queue = { readonly url: string; readonly arn: string };

/** Without the delay of the template's control queue: moto waits in real time. */
export const createQueue = async (client: SQSClient, name: string): Promise<Queue> => {
  const isFifo = name.endsWith('.fifo');
  const Attributes = { VisibilityTimeout: '2', ...(isFifo && { FifoQueue: 'true' }) };
  const { QueueUrl = '' } = await client.send(
    new CreateQueueCommand({ QueueName: name, Attributes }),
  );
  return { url: QueueUrl, arn: `arn:aws:sqs:eu-west-1:123456789012:${name}` };
};

export const sqsClient = (endpoint: string): SQSClient =>
  new SQSClient({
    endpoint,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });

export const sendAll = async (
  client: SQSClient,
  queue: Queue,
  bodies: readonly string[],
): Promise<void> => {
  for (let start = 0; start < bodies.length; start += 10) {
    const Entries = bodies
      .slice(start, start + 10)
      .map((MessageBody, index) => ({ Id: `${index}`, MessageBody }));
    await client.send(new SendMessageBatchCommand({ QueueUrl: queue.url, Entries }));
  }
};

/**
 * Takes what is on a queue now to a function, in batches, and deletes what it did not give back.
 * Says how many messages it took.
 */
export const drainQueue = async (
  client: SQSClient,
  queue: Queue,
  { name, load, batchSize }: QueueFunction,
): Promise<number> => {
  let taken = 0;
  for (;;) {
    const messages = await receive(client, queue, batchSize);
    if (messages.length === 0) return taken;
    taken += messages.length;
    const Records = messages.map((message) => recordOf(message, queue));
    const answer = (await invoke(load, name, { Records })) as SQSBatchResponse | undefined;
    const failed = new Set(answer?.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    const done = messages.filter(({ MessageId = '' }) => !failed.has(MessageId));
    for (let start = 0; start < done.length; start += 10) {
      const Entries = done
        .slice(start, start + 10)
        .map(({ ReceiptHandle }, index) => ({ Id: `${index}`, ReceiptHandle }));
      await client.send(new DeleteMessageBatchCommand({ QueueUrl: queue.url, Entries }));
    }
  }
};

export type QueueFunction = {
  readonly name: string;
  readonly load: () => Promise<{ readonly handler: unknown }>;
  readonly batchSize: number;
};

/** SQS gives ten at a time; Lambda joins them. */
const receive = async (
  client: SQSClient,
  { url }: Queue,
  most: number,
): Promise<readonly Message[]> => {
  const messages: Message[] = [];
  while (messages.length < most) {
    const { Messages = [] } = await client.send(
      new ReceiveMessageCommand({
        QueueUrl: url,
        MaxNumberOfMessages: Math.min(10, most - messages.length),
        AttributeNames: ['All'],
      }),
    );
    if (Messages.length === 0) break;
    messages.push(...Messages);
  }
  return messages;
};

export const recordOf = (message: Message, { arn }: Queue): SQSRecord => ({
  messageId: message.MessageId ?? '',
  receiptHandle: message.ReceiptHandle ?? '',
  body: message.Body ?? '',
  attributes: (message.Attributes ?? {}) as unknown as SQSRecord['attributes'],
  messageAttributes: {},
  md5OfBody: message.MD5OfBody ?? '',
  eventSource: 'aws:sqs',
  eventSourceARN: arn,
  awsRegion: 'eu-west-1',
});

/** The stream of a table on DynamoDB Local, read on from where it was left. */
export const followStream = (endpoint: string, tableName: string) => {
  const ask = async <Answer>(operation: string, input: object): Promise<Answer> => {
    const answer = await fetch(endpoint, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': `DynamoDBStreams_20120810.${operation}`,
        // DynamoDB Local keeps tables apart by key and Region, and checks no signature.
        authorization:
          'AWS4-HMAC-SHA256 Credential=local/20251014/eu-west-1/dynamodb/aws4_request, ' +
          'SignedHeaders=host, Signature=none',
      },
      body: JSON.stringify(input),
    });
    if (!answer.ok) throw new Error(`${operation}: ${await answer.text()}`);
    return (await answer.json()) as Answer;
  };
  const iterators = new Map<string, string | undefined>();
  const open = async () => {
    const { Streams: streams } = await ask<{ Streams: { StreamArn: string }[] }>('ListStreams', {
      TableName: tableName,
    });
    const StreamArn = streams[0]?.StreamArn;
    type Described = { StreamDescription: { Shards: { ShardId: string }[] } };
    const { StreamDescription: described } = await ask<Described>('DescribeStream', { StreamArn });
    for (const { ShardId } of described.Shards) {
      if (iterators.has(ShardId)) continue;
      const input = { StreamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' };
      const { ShardIterator } = await ask<{ ShardIterator: string }>('GetShardIterator', input);
      iterators.set(ShardId, ShardIterator);
    }
  };
  return async (): Promise<readonly DynamoDBRecord[]> => {
    await open();
    const records: DynamoDBRecord[] = [];
    for (const [shard, first] of iterators) {
      let iterator = first;
      for (let empty = 0; iterator !== undefined && empty < 2; ) {
        type Page = { Records: DynamoDBRecord[]; NextShardIterator?: string };
        const page: Page = await ask<Page>('GetRecords', { ShardIterator: iterator });
        records.push(...page.Records);
        empty = page.Records.length === 0 ? empty + 1 : 0;
        iterator = page.NextShardIterator;
      }
      iterators.set(shard, iterator);
    }
    return records;
  };
};
