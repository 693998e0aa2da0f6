import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { AttributeValue } from 'aws-lambda';
import { assert } from '../../domain/assert.ts';
import type { DynamoItem } from './dynamoItem.ts';
import { askWithRetries, type Retries, systemRetries } from './dynamoRetries.ts';
import { dynamoTable } from './dynamoTable.ts';
import { dynamoVocabularies } from './dynamoVocabularies.ts';
import type { Commit } from './eventStore.ts';

/** An item in the `NewImage` of a record of the table's stream. */
export type ItemImage = Readonly<Record<string, AttributeValue>>;

/** The commit of an image; `undefined` for what is none, such as a part of a snapshot. */
export type ReadCommit = (image: ItemImage | undefined) => Promise<Commit | undefined>;

/**
 * Reads commits from the table's stream, where bytes come as base64 text (AWS Lambda Developer
 * Guide, "Using AWS Lambda with Amazon DynamoDB"). Asks the table for the vocabulary of one that
 * has one, once. Throws `UnreadableEvent` for what this Tuesday cannot read.
 */
export const commitReader = (
  client: DynamoDBClient,
  tableName: string,
  retries: Retries = systemRetries,
): ReadCommit => {
  const table = dynamoTable(client, tableName, askWithRetries(tableName, retries));
  const vocabularies = dynamoVocabularies(table);
  return async (image) => {
    if (image === undefined || !isCommit(image)) return undefined;
    const [commit] = await vocabularies.commitsOf([itemOfImage(image)]);
    return commit;
  };
};

const isCommit = ({ events, commitId }: ItemImage): boolean =>
  events !== undefined && commitId !== undefined;

const itemOfImage = (image: ItemImage): DynamoItem => {
  const attributes = Object.entries(image).map(([name, { S: text, N: digits, B: base64 }]) => [
    name,
    {
      ...(text !== undefined && { S: text }),
      ...(digits !== undefined && { N: digits }),
      ...(base64 !== undefined && { B: Buffer.from(base64, 'base64') }),
    },
  ]);
  return Object.fromEntries(attributes);
};

/**
 * Where the commit of such an image stands, without a look at its events; `undefined` for what is
 * no commit.
 */
export const placeOf = (image: ItemImage): Pick<Commit, 'stream' | 'version'> | undefined => {
  if (!isCommit(image)) return undefined;
  const place = { stream: image.stream?.S ?? '', version: Number(image.version?.N) };
  assert(place.stream !== '' && place.version > 0, 'an item of the event table has its keys');
  return place;
};
