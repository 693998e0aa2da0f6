import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { assert } from '../../domain/assert.ts';
import { type CommitItem, commitOfItem, itemOf, stateOf, versionOf } from './dynamoItem.ts';
import { dynamoTable, type Page } from './dynamoTable.ts';
import { type EventStore, type Fold, VersionConflict } from './eventStore.ts';
import { issuePositions } from './positions.ts';
import { commitsPerLargeState, commitsPerState } from './snapshotRule.ts';

/**
 * The event store on DynamoDB: one item a commit, written by one conditional `PutItem` without a
 * transaction, most of them for one write unit. Read consistently, newest first, back to a state.
 * The SDK repeats a request whose answer was lost; a `PutItem` that then meets its own item knows
 * it by its commit id.
 *
 * Not yet: a state that does not fit beside its commit in the 400 KB of an item is left out, and
 * such a stream is folded from its beginning at every load; throttling that outlasts the SDK's
 * attempts is thrown as `StoreBusy` and left to the caller. `readAll` is not possible here. Tried
 * against a double of the API and by the shape of its commands, not yet on DynamoDB itself.
 */
export const createDynamoEventStore = ({
  tableName,
  client = new DynamoDBClient({}),
}: {
  readonly tableName: string;
  readonly client?: DynamoDBClient;
}): EventStore => {
  const positions = issuePositions();
  const table = dynamoTable(client, tableName);
  return {
    load: async (stream, fold) => {
      const history = await readBack(fold, (limit, from) => table.newestFirst(stream, limit, from));
      const { state, version } = foldHistory(fold, stream, history);
      return { state, position: positions.issue(stream, version) };
    },
    append: async (position, { snapshot, ...commit }) => {
      positions.check(position);
      assert(commit.commitId !== '', 'a commit has an id');
      const { stream } = position;
      const version = position.version + 1;
      const written = await table.put(itemOf({ ...commit, stream, version }, snapshot));
      // Somebody stands at this version. If it is us, the answer to an earlier try was lost.
      if (!written && (await table.commitIdAt(stream, version)) !== commit.commitId) {
        throw new VersionConflict(stream);
      }
      return positions.issue(stream, version);
    },
    readStream: async (stream, after = 0) => {
      const items: CommitItem[] = [];
      let next: CommitItem | undefined;
      do {
        const page = await table.oldestFirst(stream, after, next);
        items.push(...page.items);
        next = page.next;
      } while (next !== undefined);
      return items.map(commitOfItem);
    },
    readAll: () => {
      const why = 'DynamoDB keeps no order over streams: functions/streams takes its place';
      return Promise.reject(new Error(`readAll is not possible: ${why}`));
    },
  };
};

/** What a load needs: the commits after the newest state of the right shape, newest first. */
type History = {
  readonly items: readonly CommitItem[];
  readonly kept: { readonly state: unknown; readonly version: number } | undefined;
};

/**
 * How many commits a page asks for: as many as a small state is away at most, then a large one,
 * then all there are, because then there is none.
 */
const pageLimits = [commitsPerState, commitsPerLargeState - commitsPerState];

const readBack = async (
  { stateShape }: Pick<Fold<never>, 'stateShape'>,
  read: (limit: number | undefined, from: CommitItem | undefined) => Promise<Page>,
): Promise<History> => {
  const items: CommitItem[] = [];
  let next: CommitItem | undefined;
  for (let page = 0; page === 0 || next !== undefined; page += 1) {
    const answer = await read(pageLimits[page], next);
    for (const item of answer.items) {
      const kept = stateOf(item, stateShape);
      if (kept !== undefined) return { items, kept: { ...kept, version: versionOf(item) } };
      items.push(item);
      // Nothing stands before version 1, though DynamoDB may offer to look.
      if (versionOf(item) === 1) return { items, kept: undefined };
    }
    next = answer.next;
  }
  return { items, kept: undefined };
};

const foldHistory = <State>(
  fold: Fold<State>,
  stream: string,
  { items, kept }: History,
): { readonly state: State; readonly version: number } => {
  let state = kept === undefined ? fold.initialState : (kept.state as State);
  let version = kept?.version ?? 0;
  for (const item of items.toReversed()) {
    version += 1;
    assert(versionOf(item) === version, `${stream} has no gap at version ${version}`);
    for (const event of commitOfItem(item).events) state = fold.evolve(state, event as never);
  }
  return { state, version };
};
