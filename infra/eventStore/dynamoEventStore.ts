import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { assert } from '../../domain/assert.ts';
import { readBack } from './dynamoHistory.ts';
import { isLargeState, itemOf } from './dynamoItem.ts';
import { askWithRetries, oneTryClient, type Retries, systemRetries } from './dynamoRetries.ts';
import { dynamoSnapshots } from './dynamoSnapshots.ts';
import { dynamoTable } from './dynamoTable.ts';
import { isSnapshotDue, isVocabularyDue, longer, noTail, type Tail } from './dynamoTail.ts';
import { dynamoVocabularies } from './dynamoVocabularies.ts';
import { type EventStore, type Position, VersionConflict } from './eventStore.ts';
import { assertPlainJson } from './plainJson.ts';
import { issuePositions } from './positions.ts';
import { rememberStates } from './rememberedStates.ts';

/**
 * The event store on DynamoDB: one item a commit, written by one conditional `PutItem` without a
 * transaction, most of them for one write unit. Read consistently, newest first, back to a state. A
 * request whose answer was lost is repeated here and nowhere else; a `PutItem` that then meets its
 * own item knows it by its commit id. What is throttled past the deadline is `StoreBusy`.
 *
 * A large state stands in snapshot items of its own (docs/adr/0003-large-states-apart.md); the last
 * of them is remembered for the life of the store, which then reads what came after. `readAll` is
 * not possible here.
 */
export const createDynamoEventStore = ({
  tableName,
  client = oneTryClient(),
  retries = systemRetries,
}: {
  readonly tableName: string;
  readonly client?: DynamoDBClient;
  readonly retries?: Retries;
}): EventStore => {
  const table = dynamoTable(client, tableName, askWithRetries(tableName, retries));
  const vocabularies = dynamoVocabularies(table);
  const snapshots = dynamoSnapshots(table);
  const remembered = rememberStates<Tail>();
  const positions = issuePositions();
  const tails = new WeakMap<Position, Tail>();
  const issue = (stream: string, version: number, tail: Tail): Position => {
    const position = positions.issue(stream, version);
    tails.set(position, tail);
    return position;
  };

  const load: EventStore['load'] = async (stream, fold) => {
    const { stateShape } = fold;
    const known = remembered.of(stream, stateShape);
    const { start, items } = known
      ? { start: known, items: await table.after(stream, known.version) }
      : await readBack(table, snapshots, stream, stateShape);
    let state = fold.initialState;
    if (start !== undefined) state = start.state as typeof state;
    let version = start?.version ?? 0;
    for (const commit of await vocabularies.commitsOf(items)) {
      version += 1;
      assert(commit.version === version, `${stream} has no gap at version ${version}`);
      for (const event of commit.events) state = fold.evolve(state, event as never);
    }
    const tail = longer(start?.tail ?? noTail, items);
    if (isLargeState(state)) remembered.keep(stream, { stateShape, state, version, tail });
    return { state, position: issue(stream, version, tail) };
  };

  const append: EventStore['append'] = async (position, { snapshot, ...commit }) => {
    positions.check(position);
    assert(commit.commitId !== '', 'a commit has an id');
    const { stream } = position;
    const version = position.version + 1;
    const before = tails.get(position) ?? noTail;
    const vocabulary = await vocabularies.choose(stream, commit.events, before);
    const item = itemOf({ ...commit, stream, version }, snapshot, vocabulary);
    const after = longer(before, [item]);
    const large = snapshot !== undefined && isLargeState(snapshot.state);
    const isDue = large && isSnapshotDue(before, after);
    if (isDue) assertPlainJson(snapshot.state, snapshot.stateShape);
    const written = await table.put(item);
    // Somebody stands at this version. If it is us, the answer to an earlier try was lost.
    if (!written && (await table.commitIdAt(stream, version)) !== commit.commitId) {
      throw new VersionConflict(stream);
    }
    if (!large) return issue(stream, version, item.state === undefined ? after : noTail);
    let tail = after;
    const folded = { ...snapshot, foldedTo: version };
    if (isVocabularyDue(before, after)) vocabularies.propose(stream, folded);
    if (isDue) tail = await snapshots.make(stream, folded, tail);
    remembered.keep(stream, { ...snapshot, version, tail });
    return issue(stream, version, tail);
  };

  return {
    load,
    append,
    readStream: async (stream, after = 0, limit) =>
      vocabularies.commitsOf(await table.after(stream, after, limit)),
    readAll: () => {
      const why = 'DynamoDB keeps no order over streams: functions/streams takes its place';
      return Promise.reject(new Error(`readAll is not possible: ${why}`));
    },
  };
};
