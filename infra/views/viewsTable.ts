import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import { askWithRetries, type Retries, systemRetries } from '../eventStore/dynamoRetries.ts';
import { type FoldedView, itemsOf, type StoredView, type ViewItem, viewsIn } from './viewItem.ts';

export type ViewsTable = {
  /** False where a view as new or newer stands already. */
  readonly put: (view: FoldedView) => Promise<boolean>;
  /** Every view of a kind, such as `fleet`, read consistently to the last page. */
  readonly readKind: (kind: string) => Promise<readonly StoredView[]>;
};

/**
 * The table of folded states: which streams there are, and how each stood a moment ago. A record of
 * the event table's stream that comes late, or twice, or beside another, overwrites nothing newer.
 */
export const viewsTable = (
  client: DynamoDBClient,
  tableName: string,
  retries: Retries = systemRetries,
): ViewsTable => {
  const ask = askWithRetries(tableName, retries, 'VIEW_TABLE');
  const putUnless = (newer: '<' | '<=', item: ViewItem): Promise<boolean> => {
    const command = new PutItemCommand({
      TableName: tableName,
      Item: item,
      ConditionExpression: `attribute_not_exists(#version) OR #version ${newer} :version`,
      ExpressionAttributeNames: { '#version': 'version' },
      ExpressionAttributeValues: { ':version': item.version ?? { N: '0' } },
    });
    return ask(() => client.send(command).then(() => true, asRefusal));
  };
  return {
    put: async (view) => {
      const [head, ...more] = itemsOf(view);
      // The head last: whoever reads it before then finds parts that do not bear its mark. A try
      // that broke off may have left parts of this version, which are overwritten.
      for (const part of more) await putUnless('<=', part);
      return putUnless('<', head);
    },
    readKind: async (kind) => {
      const items: ViewItem[] = [];
      let from: ViewItem | undefined;
      do {
        const command = new QueryCommand({
          TableName: tableName,
          KeyConditionExpression: '#kind = :kind',
          ExpressionAttributeNames: { '#kind': 'kind' },
          ExpressionAttributeValues: { ':kind': { S: kind } },
          ConsistentRead: true,
          ...(from && { ExclusiveStartKey: from }),
        });
        const page = await ask(() => client.send(command));
        items.push(...(page.Items ?? []));
        from = page.LastEvaluatedKey;
      } while (from !== undefined);
      return viewsIn(items);
    },
  };
};

const asRefusal = (error: unknown): false => {
  if (error instanceof ConditionalCheckFailedException) return false;
  throw error;
};
