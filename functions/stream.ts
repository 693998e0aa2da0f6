import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import middy from '@middy/core';
import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import type { ItemImage } from '../infra/eventStore/dynamoCommit.ts';
import { logger, telemetry, whyOf } from './telemetry.ts';
import { beginOnlyWithTime } from './timeLeft.ts';

/**
 * A door on the stream of the event table, for every item that was put there, once or more:
 * returning means done, throwing means that Lambda brings it again with all that came after it, and
 * so does running out of time. A commit is put once and never changed, so what is no INSERT is not
 * ours: a snapshot that takes the place of an older one, or a removal, by whomever.
 */
export const stream = (handle: (image: ItemImage) => Promise<unknown>) =>
  middy<DynamoDBStreamEvent, DynamoDBBatchResponse>()
    .use(telemetry())
    .handler((event, context) => {
      const handleRecord = async ({ eventID, eventName, dynamodb }: DynamoDBRecord) => {
        if (eventName !== 'INSERT' || dynamodb?.NewImage === undefined) return;
        try {
          beginOnlyWithTime(context);
          await handle(dynamodb.NewImage);
        } catch (error) {
          // Lambda is only told that it comes again, not why.
          logger.warn('comes again', { eventID, why: whyOf(error) });
          throw error;
        }
      };
      return processPartialResponse(
        event,
        handleRecord,
        new BatchProcessor(EventType.DynamoDBStreams),
        { throwOnFullBatchFailure: false, processInParallel: false },
      );
    });
