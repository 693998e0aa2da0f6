import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import type { CommitItem } from './dynamoItem.ts';
import { StoreBusy, StoreUnusable } from './storeErrors.ts';

/** `stream` is a reserved word in DynamoDB's expressions, so the keys go by other names there. */
const streamName = { '#stream': 'stream' };
const keyNames = { ...streamName, '#version': 'version' };

export type Page = {
  readonly items: readonly CommitItem[];
  /** Where the next page starts; absent after the last. */
  readonly next: CommitItem | undefined;
};

/** What the event store asks of its table. */
export const dynamoTable = (client: DynamoDBClient, tableName: string) => {
  const query = async (
    expression: ConstructorParameters<typeof QueryCommand>[0],
    from: CommitItem | undefined,
  ): Promise<Page> => {
    const command = new QueryCommand({ ...expression, ...(from && { ExclusiveStartKey: from }) });
    const answer = await translated(tableName, () => client.send(command));
    return { items: answer.Items ?? [], next: answer.LastEvaluatedKey };
  };
  return {
    /** False when this stream already has an item of this version. */
    put: (item: CommitItem): Promise<boolean> =>
      translated(tableName, async () => {
        const command = new PutItemCommand({
          TableName: tableName,
          Item: item,
          ConditionExpression: 'attribute_not_exists(#stream)',
          ExpressionAttributeNames: streamName,
        });
        try {
          await client.send(command);
          return true;
        } catch (error) {
          if (error instanceof ConditionalCheckFailedException) return false;
          throw error;
        }
      }),
    commitIdAt: (stream: string, version: number): Promise<string | undefined> =>
      translated(tableName, async () => {
        const command = new GetItemCommand({
          TableName: tableName,
          Key: { stream: { S: stream }, version: { N: `${version}` } },
          ConsistentRead: true,
          ProjectionExpression: 'commitId',
        });
        const { Item: item } = await client.send(command);
        return item?.commitId?.S;
      }),
    /** At most `limit` commits, or as many as one answer holds. */
    newestFirst: (stream: string, limit: number | undefined, from: CommitItem | undefined) =>
      query(
        {
          TableName: tableName,
          KeyConditionExpression: '#stream = :stream',
          ExpressionAttributeNames: streamName,
          ExpressionAttributeValues: { ':stream': { S: stream } },
          ScanIndexForward: false,
          ConsistentRead: true,
          ...(limit !== undefined && { Limit: limit }),
        },
        from,
      ),
    oldestFirst: (stream: string, after: number, from: CommitItem | undefined) =>
      query(
        {
          TableName: tableName,
          KeyConditionExpression: '#stream = :stream AND #version > :after',
          ExpressionAttributeNames: keyNames,
          ExpressionAttributeValues: { ':stream': { S: stream }, ':after': { N: `${after}` } },
          ConsistentRead: true,
        },
        from,
      ),
  };
};

/** What DynamoDB calls "later" (Developer Guide, "Error handling with DynamoDB"). */
const throttles = new Set([
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'ThrottlingException',
]);

/** `variable` names the setting that holds the table's name, for the remedy. */
export const translated = async <Answer>(
  tableName: string,
  ask: () => Promise<Answer>,
  variable = 'EVENT_TABLE',
): Promise<Answer> => {
  try {
    return await ask();
  } catch (error) {
    const name = error instanceof Error ? error.name : '';
    if (throttles.has(name)) {
      throw new StoreBusy(`DynamoDB throttles table ${tableName}`, { cause: error });
    }
    if (name === 'ResourceNotFoundException') {
      const what = `table ${tableName} is not in this account and Region`;
      throw new StoreUnusable(what, `deploy first, or mend ${variable}`, { cause: error });
    }
    throw error;
  }
};
