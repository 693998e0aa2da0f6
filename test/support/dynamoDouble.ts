import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  type PutItemCommandInput,
  QueryCommand,
  type QueryCommandInput,
} from '@aws-sdk/client-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { itemBytes } from '../../infra/eventStore/dynamoItem.ts';

type Item = Record<string, AttributeValue>;

const streamOf = (item: Item | undefined): string => item?.stream?.S ?? '';
const versionOf = (item: Item | undefined): number => Number(item?.version?.N);

/** An item is at most 400 KB, an answer at most 1 MB (Amazon DynamoDB Developer Guide, quotas). */
const itemBytesMax = 400 * 1024;
const answerBytesMax = 1024 * 1024;

const absent = 'attribute_not_exists(#stream)';

/**
 * A table of commits that answers the requests of the event store, and no others, as the Amazon
 * DynamoDB API Reference says: `PutItem` under its two conditions, `GetItem`, `Query` both ways.
 * `answerBytes` stands for the 1 MB of a real answer. What it says was checked against DynamoDB
 * Local by the suite in test/emulator.
 */
export const dynamoDouble = ({
  answerBytes = answerBytesMax,
}: {
  readonly answerBytes?: number;
} = {}) => {
  const items = new Map<string, Item>();
  const keyOf = (item: Item | undefined) => `${streamOf(item)} ${versionOf(item)}`;

  const put = async (input: PutItemCommandInput) => {
    const { Item: item = {}, ConditionExpression: condition, ExpressionAttributeValues } = input;
    if (itemBytes(item) > itemBytesMax) {
      throw Object.assign(new Error('Item size has exceeded the maximum allowed size'), {
        name: 'ValidationException',
      });
    }
    const stands = items.get(keyOf(item));
    if (stands !== undefined && !mayReplace(stands, condition, ExpressionAttributeValues)) {
      const message = 'The conditional request failed';
      throw new ConditionalCheckFailedException({ message, $metadata: {} });
    }
    items.set(keyOf(item), structuredClone(item));
    return {};
  };

  const get = async (input: { Key?: Item; ProjectionExpression?: string }) => {
    const item = structuredClone(items.get(keyOf(input.Key)));
    const names = input.ProjectionExpression?.split(', ');
    if (item === undefined || names === undefined) return { Item: item };
    return {
      Item: Object.fromEntries(Object.entries(item).filter(([name]) => names.includes(name))),
    };
  };

  const query = async (input: QueryCommandInput) => {
    const isMatch = matches(input);
    const direction = input.ScanIndexForward === false ? -1 : 1;
    const start = input.ExclusiveStartKey;
    if (start !== undefined && !isMatch(start)) {
      throw new Error('The provided starting key is outside query boundaries');
    }
    const found = [...items.values()]
      .filter(isMatch)
      .toSorted((a, b) => direction * (versionOf(a) - versionOf(b)))
      .filter(
        (item) => start === undefined || direction * (versionOf(item) - versionOf(start)) > 0,
      );
    const page = pageOf(found, input.Limit ?? Number.POSITIVE_INFINITY, answerBytes);
    const last = page.at(-1);
    // As the real one does, it offers to go on where `Limit` is reached, even with nothing left.
    const isFull = page.length === input.Limit || page.length < found.length;
    const key = last && { stream: last.stream, version: last.version };
    return {
      Items: structuredClone(page),
      ...(isFull && key && { LastEvaluatedKey: key as Item }),
    };
  };

  return {
    items,
    /** The commits alone: no snapshots, no vocabularies. */
    commits: () => [...items.values()].filter(({ events }) => events !== undefined),
    /** A client of this table; `mock` shows what it was asked and may be told to fail. */
    client: () => {
      const client = new DynamoDBClient({ region: 'eu-west-1' });
      const mock = mockClient(client);
      mock.on(PutItemCommand).callsFake(put);
      mock.on(GetItemCommand).callsFake(get);
      mock.on(QueryCommand).callsFake(query);
      return { client, mock };
    },
  };
};

const mayReplace = (
  stands: Item,
  condition: string | undefined,
  values: Item | undefined,
): boolean => {
  if (condition === absent) return false;
  if (condition !== `${absent} OR foldedTo <= :foldedTo`) throw new Error(`unknown: ${condition}`);
  return Number(stands.foldedTo?.N) <= Number(values?.[':foldedTo']?.N);
};

const matches = (input: QueryCommandInput): ((item: Item) => boolean) => {
  const values = input.ExpressionAttributeValues ?? {};
  const numberOf = (name: string) => Number(values[name]?.N);
  const isOfStream = (item: Item) => streamOf(item) === values[':stream']?.S;
  switch (input.KeyConditionExpression) {
    case '#stream = :stream':
      return isOfStream;
    case '#stream = :stream AND #version > :after':
      return (item) => isOfStream(item) && versionOf(item) > numberOf(':after');
    case '#stream = :stream AND #version BETWEEN :first AND :last':
      return (item) =>
        isOfStream(item) &&
        versionOf(item) >= numberOf(':first') &&
        versionOf(item) <= numberOf(':last');
    default:
      throw new Error(`unknown: ${input.KeyConditionExpression}`);
  }
};

/** An answer ends with the item that reaches `bytesMax`, though it may go beyond it. */
const pageOf = (found: readonly Item[], limit: number, bytesMax: number): readonly Item[] => {
  let bytes = 0;
  const last = found.findIndex((item, index) => {
    bytes += itemBytes(item);
    return index + 1 === limit || bytes >= bytesMax;
  });
  return last < 0 ? found : found.slice(0, last + 1);
};
