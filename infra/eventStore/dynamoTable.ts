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
export const dynamoTable = (client: DynamoDBClient, tableName: string, ask: Ask) => ({
  ...writes(client, tableName, ask),
  ...ranges(client, tableName, ask),
  commitIdAt: async (stream: string, version: number): Promise<string | undefined> => {
    const key = keyOf(stream, version);
    const only = { ProjectionExpression: 'commitId' };
    const command = new GetItemCommand({ TableName: tableName, ...key, ...only });
    return (await ask(() => client.send(command))).Item?.commitId?.S;
  },
  itemAt: async (stream: string, version: number): Promise<DynamoItem | undefined> => {
    const command = new GetItemCommand({ TableName: tableName, ...keyOf(stream, version) });
    return (await ask(() => client.send(command))).Item;
  },
});

const keyOf = (stream: string, version: number) => ({
  Key: { stream: { S: stream }, version: { N: `${version}` } },
  ConsistentRead: true,
});

const writes = (client: DynamoDBClient, tableName: string, ask: Ask) => {
  const put = (item: DynamoItem, condition: Partial<PutItemCommandInput>): Promise<boolean> => {
    const command = new PutItemCommand({ TableName: tableName, Item: item, ...condition });
    return ask(() => client.send(command).then(() => true, asRefusal));
  };
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
  };
};

const ranges = (client: DynamoDBClient, tableName: string, ask: Ask) => {
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
  return {
    /** At most `limit` items after version `after`, or as many as one answer holds. */
    newestFirst: (
      stream: string,
      { limit, after = 0 }: { readonly limit?: number | undefined; readonly after?: number },
      from?: DynamoItem,
    ) => {
      const expression = after === 0 ? allOf(stream) : laterThan(stream, after);
      const limited = limit === undefined ? {} : { Limit: limit };
      return query({ ...expression, ScanIndexForward: false, ...limited }, from);
    },
    /** Every item from `first` to `last`, through as many answers as it takes. */
    between: (stream: string, first: number, last: number) =>
      everyItem((from) => query(within(stream, first, last), from)),
    /**
     * Every item after a version, or the first `limit` of them, oldest first, through as many
     * answers as it takes.
     */
    after: (stream: string, version: number, limit?: number) =>
      everyItem((from, taken) => {
        const limited = limit === undefined ? {} : { Limit: limit - taken };
        return query({ ...laterThan(stream, version), ...limited }, from);
      }, limit),
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

const within = (stream: string, first: number, last: number) => ({
  KeyConditionExpression: '#stream = :stream AND #version BETWEEN :first AND :last',
  ExpressionAttributeNames: keyNames,
  ExpressionAttributeValues: {
    ':stream': { S: stream },
    ':first': { N: `${first}` },
    ':last': { N: `${last}` },
  },
});

/** An answer holds at most 1 MB, and may be empty with more to come. */
const everyItem = async (
  read: (from: DynamoItem | undefined, taken: number) => Promise<Page>,
  limit = Number.POSITIVE_INFINITY,
): Promise<readonly DynamoItem[]> => {
  const items: DynamoItem[] = [];
  let next: DynamoItem | undefined;
  do {
    const page = await read(next, items.length);
    items.push(...page.items);
    next = page.next;
  } while (next !== undefined && items.length < limit);
  return items;
};
