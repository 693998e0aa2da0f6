import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';

type Item = Record<string, AttributeValue>;

const streamOf = (item: Item | undefined): string => item?.stream?.S ?? '';
const versionOf = (item: Item | undefined): number => Number(item?.version?.N);

/**
 * A table of commits that answers the four requests of the event store, and no others, as the
 * Amazon DynamoDB API Reference says: `PutItem` under `attribute_not_exists`, `GetItem`, `Query`
 * both ways. An answer holds at most `pageItems`, which stands for the 1 MB of a real one.
 */
export const dynamoDouble = ({ pageItems = 10 }: { readonly pageItems?: number } = {}) => {
  const items = new Map<string, Item>();
  const keyOf = (item: Item | undefined) => `${streamOf(item)} ${versionOf(item)}`;

  const put = async (item: Item | undefined, condition: string | undefined) => {
    if (condition !== 'attribute_not_exists(#stream)') throw new Error(`unknown: ${condition}`);
    if (items.has(keyOf(item))) {
      const message = 'The conditional request failed';
      throw new ConditionalCheckFailedException({ message, $metadata: {} });
    }
    items.set(keyOf(item), structuredClone(item ?? {}));
    return {};
  };

  const query = async (input: ConstructorParameters<typeof QueryCommand>[0]) => {
    const values = input.ExpressionAttributeValues ?? {};
    const after = Number(values[':after']?.N ?? 0);
    const direction = input.ScanIndexForward === false ? -1 : 1;
    const start = input.ExclusiveStartKey;
    const found = [...items.values()]
      .filter((item) => streamOf(item) === values[':stream']?.S && versionOf(item) > after)
      .toSorted((a, b) => direction * (versionOf(a) - versionOf(b)))
      .filter(
        (item) => start === undefined || direction * (versionOf(item) - versionOf(start)) > 0,
      );
    const page = found.slice(0, Math.min(input.Limit ?? pageItems, pageItems));
    const last = page.at(-1);
    // As the real one does, it offers to go on whenever the page is full, even with nothing left.
    const full = page.length === (input.Limit ?? pageItems) || page.length < found.length;
    const key = last && { stream: last.stream, version: last.version };
    return { Items: structuredClone(page), ...(full && key && { LastEvaluatedKey: key as Item }) };
  };

  return {
    items,
    /** A client of this table; `mock` shows what it was asked and may be told to fail. */
    client: () => {
      const client = new DynamoDBClient({ region: 'eu-west-1' });
      const mock = mockClient(client);
      mock.on(PutItemCommand).callsFake((input) => put(input.Item, input.ConditionExpression));
      mock.on(GetItemCommand).callsFake(async (input) => ({ Item: items.get(keyOf(input.Key)) }));
      mock.on(QueryCommand).callsFake(query);
      return { client, mock };
    },
  };
};
