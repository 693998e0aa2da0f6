import { type DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { askWithRetries, type Retries, systemRetries } from '../eventStore/dynamoRetries.ts';

/**
 * Every stream of the record, each once, for whoever has to read them all: DynamoDB lists no
 * partitions, so the whole table is scanned for first commits. Costs what reading all of it does,
 * eventually consistent: a stream that began a second ago may be missing. Snapshots and
 * vocabularies are none.
 */
export const recordedStreams = async function* (
  client: DynamoDBClient,
  tableName: string,
  retries: Retries = systemRetries,
): AsyncGenerator<string> {
  const ask = askWithRetries(tableName, retries);
  let from: ScanCommand['input']['ExclusiveStartKey'];
  do {
    const command = new ScanCommand({
      TableName: tableName,
      FilterExpression: '#version = :first AND attribute_exists(commitId)',
      ProjectionExpression: '#stream',
      ExpressionAttributeNames: { '#stream': 'stream', '#version': 'version' },
      ExpressionAttributeValues: { ':first': { N: '1' } },
      ...(from && { ExclusiveStartKey: from }),
    });
    const page = await ask(() => client.send(command));
    for (const { stream } of page.Items ?? []) if (stream?.S !== undefined) yield stream.S;
    from = page.LastEvaluatedKey;
  } while (from !== undefined);
};
