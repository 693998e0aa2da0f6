import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { assert } from '../../domain/assert.ts';
import { Instant } from '../../events/ids.ts';
import { decodeEvents, encodeEvents } from './encodedEvents.ts';
import type { Commit } from './eventStore.ts';
import { assertPlainJson, jsonBytesWithin } from './plainJson.ts';
import { keepsState, largeStateBytes } from './snapshotRule.ts';

/**
 * One commit as DynamoDB holds it. The table has its keys `stream` and `version`
 * (infra/resources/table.yml).
 */
export type CommitItem = Record<string, AttributeValue>;

/** DynamoDB Developer Guide, "Constraints in Amazon DynamoDB": an item is at most 400 KB. */
const itemBytesMax = 400 * 1024;

type Snapshot = { readonly stateShape: string; readonly state: unknown };

/**
 * The item of a commit, with its state where the snapshot rule says so and one item has room for
 * it.
 */
export const itemOf = (commit: Commit, snapshot: Snapshot | undefined): CommitItem => {
  const { stream, version } = commit;
  const item: CommitItem = {
    stream: { S: stream },
    version: { N: `${version}` },
    commitId: { S: commit.commitId },
    at: { N: `${commit.at}` },
    events: { B: deflateRawSync(encodeEvents(stream, commit.events)) },
  };
  const commitBytes = itemBytes(item);
  assert(commitBytes <= itemBytesMax, `${stream} takes at most 400 KB at once, not ${commitBytes}`);
  const state = snapshot && stateToKeep(version, commitBytes, snapshot);
  return state === undefined ? item : { ...item, ...state };
};

const stateToKeep = (
  version: number,
  commitBytes: number,
  { stateShape, state }: Snapshot,
): CommitItem | undefined => {
  const large = jsonBytesWithin(largeStateBytes, state) > largeStateBytes;
  // Only a small state is compressed just to see whether it fits; it costs microseconds.
  const known = large ? undefined : stateAttributes(stateShape, state);
  const stateBytes = known === undefined ? Number.POSITIVE_INFINITY : itemBytes(known);
  if (!keepsState(version, { commitBytes, stateBytes })) return undefined;
  assertPlainJson(state, stateShape);
  const attributes = known ?? stateAttributes(stateShape, state);
  return commitBytes + itemBytes(attributes) <= itemBytesMax ? attributes : undefined;
};

const stateAttributes = (stateShape: string, state: unknown): CommitItem => ({
  stateShape: { S: stateShape },
  state: { B: deflateRawSync(JSON.stringify(state)) },
});

/**
 * As DynamoDB counts them (Developer Guide, "DynamoDB item sizes and formats"); our numbers are
 * whole and not negative.
 */
export const itemBytes = (item: CommitItem): number =>
  Object.entries(item).reduce((sum, [name, value]) => sum + name.length + valueBytes(value), 0);

const valueBytes = ({ S: text, N: digits, B: bytes }: AttributeValue): number => {
  if (text !== undefined) return Buffer.byteLength(text);
  if (digits !== undefined) return Math.ceil(digits.length / 2) + 1;
  return bytes?.byteLength ?? 0;
};

export const versionOf = (item: CommitItem): number => Number(item.version?.N);

/** The state that the commit folds to, where it was kept in this shape. */
export const stateOf = (item: CommitItem, stateShape: string): { state: unknown } | undefined => {
  if (item.stateShape?.S !== stateShape || item.state?.B === undefined) return undefined;
  return { state: JSON.parse(inflateRawSync(item.state.B).toString()) };
};

/**
 * Throws `UnreadableEvent` for what this Tuesday cannot read. Also for the items of the table's
 * stream.
 */
export const commitOfItem = (item: CommitItem): Commit => {
  const { stream, commitId, at, events } = item;
  const version = versionOf(item);
  assert(Number.isInteger(version), 'an item of the event table has a version');
  assert(stream?.S !== undefined && commitId?.S !== undefined, `version ${version} has its names`);
  assert(events?.B !== undefined, `${stream.S} has events at version ${version}`);
  const text = inflateRawSync(events.B).toString();
  return {
    stream: stream.S,
    version,
    commitId: commitId.S,
    at: Instant.parse(Number(at?.N)),
    events: decodeEvents(text, { stream: stream.S, version }),
  };
};
