import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { assert } from '../../domain/assert.ts';
import { Instant } from '../../events/ids.ts';
import { packed, unpacked, type Vocabulary } from './dynamoVocabulary.ts';
import { decodeEvents, encodeEvents } from './encodedEvents.ts';
import type { Commit } from './eventStore.ts';
import { assertPlainJson, jsonBytesWithin } from './plainJson.ts';
import { keepsState, largeStateBytes } from './snapshotRule.ts';

/**
 * An item of the event table, which has its keys `stream` and `version`
 * (infra/resources/table.yml). Most are commits; those of the partitions `snapshot#<stream>` and
 * `vocabulary#<stream>` are not.
 */
export type DynamoItem = Record<string, AttributeValue>;

/** DynamoDB Developer Guide, "Constraints in Amazon DynamoDB": an item is at most 400 KB. */
const itemBytesMax = 400 * 1024;

type Snapshot = { readonly stateShape: string; readonly state: unknown };

/**
 * The item of a commit, its events compressed by the vocabulary of its stream where there is one.
 * With its state where that is small and the snapshot rule says so.
 */
export const itemOf = (
  commit: Commit,
  snapshot: Snapshot | undefined,
  vocabulary?: Vocabulary,
): DynamoItem => {
  const { stream, version } = commit;
  const json = encodeEvents(stream, commit.events);
  const item: DynamoItem = {
    stream: { S: stream },
    version: { N: `${version}` },
    commitId: { S: commit.commitId },
    at: { N: `${commit.at}` },
    events: { B: packed(json, vocabulary) },
    ...(vocabulary && { vocabulary: { N: `${vocabulary.version}` } }),
  };
  const commitBytes = itemBytes(item);
  assert(commitBytes <= itemBytesMax, `${stream} takes at most 400 KB at once, not ${commitBytes}`);
  const state = snapshot && stateToKeep(version, commitBytes, snapshot);
  return state === undefined ? item : { ...item, ...state };
};

export const isLargeState = (state: unknown): boolean =>
  jsonBytesWithin(largeStateBytes, state) > largeStateBytes;

const stateToKeep = (
  version: number,
  commitBytes: number,
  { stateShape, state }: Snapshot,
): DynamoItem | undefined => {
  if (isLargeState(state)) return undefined;
  // A small state is compressed just to see whether it fits; it costs microseconds.
  const attributes = {
    stateShape: { S: stateShape },
    state: { B: deflateRawSync(JSON.stringify(state)) },
  };
  const stateBytes = itemBytes(attributes);
  if (!keepsState(version, { commitBytes, stateBytes })) return undefined;
  assertPlainJson(state, stateShape);
  return commitBytes + stateBytes <= itemBytesMax ? attributes : undefined;
};

/**
 * As DynamoDB counts them (Developer Guide, "DynamoDB item sizes and formats"); our numbers are
 * whole and not negative.
 */
export const itemBytes = (item: DynamoItem): number =>
  Object.entries(item).reduce((sum, [name, value]) => sum + name.length + valueBytes(value), 0);

const valueBytes = ({ S: text, N: digits, B: bytes }: AttributeValue): number => {
  if (text !== undefined) return Buffer.byteLength(text);
  if (digits !== undefined) return Math.ceil(digits.length / 2) + 1;
  return bytes?.byteLength ?? 0;
};

export const versionOf = (item: DynamoItem): number => Number(item.version?.N);

/**
 * The vocabulary that its events are compressed by: the version of its stream where it was made.
 */
export const vocabularyVersionOf = ({ vocabulary }: DynamoItem): number | undefined =>
  vocabulary?.N === undefined ? undefined : Number(vocabulary.N);

/** The state that the commit folds to, where it was kept in this shape. */
export const stateOf = (item: DynamoItem, stateShape: string): { state: unknown } | undefined => {
  if (item.stateShape?.S !== stateShape || item.state?.B === undefined) return undefined;
  return { state: JSON.parse(inflateRawSync(item.state.B).toString()) };
};

/**
 * Throws `UnreadableEvent` for what this Tuesday cannot read. Also for the items of the table's
 * stream. `vocabulary` is the one that the item names.
 */
export const commitOfItem = (item: DynamoItem, vocabulary?: Vocabulary): Commit => {
  const { stream, commitId, at, events } = item;
  const version = versionOf(item);
  assert(Number.isInteger(version), 'an item of the event table has a version');
  assert(stream?.S !== undefined && commitId?.S !== undefined, `version ${version} has its names`);
  assert(events?.B !== undefined, `${stream.S} has events at version ${version}`);
  assert(
    vocabularyVersionOf(item) === vocabulary?.version,
    `${stream.S} is read at version ${version} by its own vocabulary`,
  );
  const text = unpacked(events.B, vocabulary);
  return {
    stream: stream.S,
    version,
    commitId: commitId.S,
    at: Instant.parse(Number(at?.N)),
    events: decodeEvents(text, { stream: stream.S, version }),
  };
};
