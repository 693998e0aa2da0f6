import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type {
  DynamoDBRecord,
  DynamoDBStreamEvent,
  AttributeValue as RecordedValue,
} from 'aws-lambda';

type Item = Record<string, AttributeValue>;

const table = 'arn:aws:dynamodb:eu-west-1:111122223333:table/tuesday-dev-EventTable-1QH7';

/**
 * Records as AWS Lambda hands them over (Developer Guide, "Using AWS Lambda with Amazon DynamoDB"):
 * numbers as text, bytes as base64.
 */
export const streamRecord = (
  item: Item,
  sequenceNumber: string,
  eventName: DynamoDBRecord['eventName'] = 'INSERT',
): DynamoDBRecord => {
  const image = onTheWire(item);
  const { stream, version } = image;
  return {
    eventID: `e6f3c1a${sequenceNumber}`,
    eventName,
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: 'eu-west-1',
    dynamodb: {
      ApproximateCreationDateTime: 1_760_461_200,
      Keys: { ...(stream && { stream }), ...(version && { version }) },
      ...(eventName !== 'REMOVE' && { NewImage: image }),
      SequenceNumber: sequenceNumber,
      SizeBytes: 512,
      StreamViewType: 'NEW_IMAGE',
    },
    eventSourceARN: `${table}/stream/2025-10-01T00:00:00.000`,
  };
};

/**
 * As DynamoDB's own TTL removes an item (Developer Guide, "DynamoDB Streams and Time to Live"); a
 * removal by a person names nobody.
 */
export const removedByTtl = (item: Item, sequenceNumber: string): DynamoDBRecord => ({
  ...streamRecord(item, sequenceNumber, 'REMOVE'),
  userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' },
});

export const streamEvent = (...records: readonly DynamoDBRecord[]): DynamoDBStreamEvent => ({
  Records: [...records],
});

const onTheWire = (item: Item): Record<string, RecordedValue> =>
  Object.fromEntries(
    Object.entries(item).map(([name, { S: text, N: digits, B: bytes }]) => [
      name,
      {
        ...(text !== undefined && { S: text }),
        ...(digits !== undefined && { N: digits }),
        ...(bytes !== undefined && { B: Buffer.from(bytes).toString('base64') }),
      },
    ]),
  ) as Record<string, RecordedValue>;
