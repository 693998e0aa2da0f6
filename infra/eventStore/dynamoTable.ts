import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  type PutItemCommandInput,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import type { DynamoItem } from './dynamoItem.ts';
import type { Ask } from './dynamoRetries.ts';

/** `stream` is a reserved word in DynamoDB's expressions, so the keys go by other names there. */
const streamName = { '#stream': 'stream' };
const keyNames = { ...streamName, '#version': 'version' };

export type Page = {
  readonly items: readonly DynamoItem[];
  /** Where the next page starts; absent after the last. */
  readonly next: DynamoItem | undefined;
};

export type DynamoTable = ReturnType<typeof dynamoTable>;

/** What the event store asks of its table. */
export const dynamoTable = (client: DynamoDBClient, tableName: string, ask: Ask) => {
  const query = async (
    expression: Partial<ConstructorParameters<typeof QueryCommand>[0]>,
    from: DynamoItem | undefined,
  ): Promise<Page> => {
    const command = new QueryCommand({
      TableName: tableName,
      ConsistentRead: true,
      ...expression,
      ...(from && { ExclusiveStartKey: from }),
    });
    const answer = await ask(() => client.send(command));
    return { items: answer.Items ?? [], next: answer.LastEvaluatedKey };
  };
  const put = (item: DynamoItem, condition: Partial<PutItemCommandInput>): Promise<boolean> => {
    const command = new PutItemCommand({ TableName: tableName, Item: item, ...condition });
    return ask(() => client.send(command).then(() => true, asRefusal));
  };
  const get = (stream: string, version: number, names?: string) =>
    ask(async () => {
      const command = new GetItemCommand({
        TableName: tableName,
        Key: { stream: { S: stream }, version: { N: `${version}` } },
        ConsistentRead: true,
        ...(names !== undefined && { ProjectionExpression: names }),
      });
      return (await client.send(command)).Item;
    });
  return {
    /** False when this stream already has an item of this version. */
    put: (item: DynamoItem) =>
      put(item, {
        ConditionExpression: 'attribute_not_exists(#stream)',
        ExpressionAttributeNames: streamName,
      }),
    /** False when what stands there is folded to a later version. */
    putUnlessLater: (item: DynamoItem) =>
      put(item, {
        ConditionExpression: 'attribute_not_exists(#stream) OR foldedTo <= :foldedTo',
        ExpressionAttributeNames: streamName,
        ExpressionAttributeValues: { ':foldedTo': item.foldedTo ?? { N: '0' } },
      }),
    commitIdAt: async (stream: string, version: number): Promise<string | undefined> =>
      (await get(stream, version, 'commitId'))?.commitId?.S,
    itemAt: (stream: string, version: number): Promise<DynamoItem | undefined> =>
      get(stream, version),
    /** At most `limit` items after version `after`, or as many as one answer holds. */
    newestFirst: (
      stream: string,
      { limit, after = 0 }: { readonly limit?: number | undefined; readonly after?: number },
      from?: DynamoItem,
    ) =>
      query(
        {
          ...(after === 0 ? allOf(stream) : laterThan(stream, after)),
          ScanIndexForward: false,
          ...(limit !== undefined && { Limit: limit }),
        },
        from,
      ),
    /** Every item from `first` to `last`, through as many answers as it takes. */
    between: (stream: string, first: number, last: number) =>
      everyItem((from) =>
        query(
          {
            KeyConditionExpression: '#stream = :stream AND #version BETWEEN :first AND :last',
            ExpressionAttributeNames: keyNames,
            ExpressionAttributeValues: {
              ':stream': { S: stream },
              ':first': { N: `${first}` },
              ':last': { N: `${last}` },
            },
          },
          from,
        ),
      ),
    /** Every item after a version, oldest first, through as many answers as it takes. */
    after: (stream: string, version: number) =>
      everyItem((from) => query(laterThan(stream, version), from)),
  };
};

const asRefusal = (error: unknown): false => {
  if (error instanceof ConditionalCheckFailedException) return false;
  throw error;
};

const allOf = (stream: string) => ({
  KeyConditionExpression: '#stream = :stream',
  ExpressionAttributeNames: streamName,
  ExpressionAttributeValues: { ':stream': { S: stream } },
});

const laterThan = (stream: string, version: number) => ({
  KeyConditionExpression: '#stream = :stream AND #version > :after',
  ExpressionAttributeNames: keyNames,
  ExpressionAttributeValues: { ':stream': { S: stream }, ':after': { N: `${version}` } },
});

/** An answer holds at most 1 MB, and may be empty with more to come. */
const everyItem = async (
  read: (from: DynamoItem | undefined) => Promise<Page>,
): Promise<readonly DynamoItem[]> => {
  const items: DynamoItem[] = [];
  let next: DynamoItem | undefined;
  do {
    const page = await read(next);
    items.push(...page.items);
    next = page.next;
  } while (next !== undefined);
  return items;
};
