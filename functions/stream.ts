import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import middy from '@middy/core';
import type {
  AttributeValue,
  DynamoDBBatchResponse,
  DynamoDBRecord,
  DynamoDBStreamEvent,
} from 'aws-lambda';

/** One item as the table's stream tells it. */
export type ItemImage = Readonly<Record<string, AttributeValue>>;

/**
 * A door on the stream of the event table, for every item that was put there, once or more:
 * returning means done, throwing means that Lambda brings it again with all that came after it. A
 * commit is put once and never changed, so what is no INSERT is not ours.
 */
export const stream = (handle: (image: ItemImage) => Promise<unknown>) =>
  middy<DynamoDBStreamEvent, DynamoDBBatchResponse>().handler((event) => {
    const handleRecord = async ({ eventName, dynamodb }: DynamoDBRecord) => {
      if (eventName !== 'INSERT' || dynamodb?.NewImage === undefined) return;
      await handle(dynamodb.NewImage);
    };
    return processPartialResponse(
      event,
      handleRecord,
      new BatchProcessor(EventType.DynamoDBStreams),
      { throwOnFullBatchFailure: false, processInParallel: false },
    );
  });
