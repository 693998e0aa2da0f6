import type { AttributeValue } from 'aws-lambda';
import { assert } from '../../domain/assert.ts';
import { type CommitItem, commitOfItem } from './dynamoItem.ts';
import type { Commit } from './eventStore.ts';

/**
 * The commit in the `NewImage` of a record of the table's stream, where bytes come as base64 text
 * (AWS Lambda Developer Guide, "Using AWS Lambda with Amazon DynamoDB"). `undefined` for a record
 * without an image: something was removed, which Tuesday never does to a commit. Throws
 * `UnreadableEvent` for what this Tuesday cannot read.
 */
export const commitOf = (
  image: Readonly<Record<string, AttributeValue>> | undefined,
): Commit | undefined => {
  if (image === undefined) return undefined;
  const attributes = Object.entries(image).map(([name, { S: text, N: digits, B: base64 }]) => [
    name,
    {
      ...(text !== undefined && { S: text }),
      ...(digits !== undefined && { N: digits }),
      ...(base64 !== undefined && { B: Buffer.from(base64, 'base64') }),
    },
  ]);
  return commitOfItem(Object.fromEntries(attributes) as CommitItem);
};

/** Where the commit of such an image stands, without a look at its events. */
export const placeOf = ({
  stream,
  version,
}: Readonly<Record<string, AttributeValue>>): Pick<Commit, 'stream' | 'version'> => {
  const place = { stream: stream?.S ?? '', version: Number(version?.N) };
  assert(place.stream !== '' && place.version > 0, 'an item of the event table has its keys');
  return place;
};
