import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DynamoDBClient,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { itemBytes } from '../../infra/eventStore/dynamoItem.ts';

type Item = Record<string, AttributeValue>;
type Put = ConstructorParameters<typeof PutItemCommand>[0];
type Query = ConstructorParameters<typeof QueryCommand>[0];

const condition = /^attribute_not_exists\(#version\) OR #version (<=?) :version$/;

/**
 * A table with the keys `kind` and `stream` that answers the two requests of the view table, and no
 * others, as the Amazon DynamoDB API Reference says. An answer holds at most `pageItems`, which
 * stands for the 1 MB of a real one.
 */
export const viewTableDouble = ({ pageItems = 3 }: { readonly pageItems?: number } = {}) => {
  const items = new Map<string, Item>();
  const keyOf = (item: Item | undefined) => `${item?.kind?.S} ${item?.stream?.S}`;
  const versionOf = (item: Item | undefined) => Number(item?.version?.N);

  const put = async ({ Item: item = {}, ConditionExpression: asked = '', ...input }: Put) => {
    const newer = condition.exec(asked)?.[1];
    if (newer === undefined) throw new Error(`unknown: ${asked}`);
    if (itemBytes(item) > 400 * 1024) throw new Error('Item size has exceeded the maximum');
    const stands = versionOf(items.get(keyOf(item)));
    const given = Number(input.ExpressionAttributeValues?.[':version']?.N);
    if (stands > given || (stands === given && newer === '<')) {
      const message = 'The conditional request failed';
      throw new ConditionalCheckFailedException({ message, $metadata: {} });
    }
    items.set(keyOf(item), structuredClone(item));
    return {};
  };

  const query = async ({ ExpressionAttributeValues: values, ExclusiveStartKey: start }: Query) => {
    const found = [...items.values()]
      .filter(({ kind }) => kind?.S === values?.[':kind']?.S)
      .toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
      .filter((item) => start === undefined || keyOf(item) > keyOf(start));
    const page = found.slice(0, pageItems);
    const last = page.at(-1);
    // As the real one does, it offers to go on whenever the page is full, even with nothing left.
    const key = last && page.length === pageItems && { kind: last.kind, stream: last.stream };
    return { Items: structuredClone(page), ...(key && { LastEvaluatedKey: key as Item }) };
  };

  return {
    items,
    /** Version by stream; further parts of a large state are left out. */
    versions: () =>
      Object.fromEntries(
        [...items.values()]
          .filter(({ parts }) => parts !== undefined)
          .map((item) => [item.stream?.S, versionOf(item)]),
      ),
    /** A client of this table; `mock` shows what it was asked and may be told to fail. */
    client: () => {
      const client = new DynamoDBClient({ region: 'eu-west-1' });
      const mock = mockClient(client);
      mock.on(PutItemCommand).callsFake(put);
      mock.on(QueryCommand).callsFake(query);
      return { client, mock };
    },
  };
};
