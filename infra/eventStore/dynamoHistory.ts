import { type DynamoItem, stateOf, versionOf } from './dynamoItem.ts';
import type { DynamoSnapshots } from './dynamoSnapshots.ts';
import type { DynamoTable, Page } from './dynamoTable.ts';
import { noTail, type Tail } from './dynamoTail.ts';
import { commitsPerState } from './snapshotRule.ts';

/** A state that a load starts from. */
export type Start = { readonly version: number; readonly state: unknown; readonly tail: Tail };

/** What a load needs: where it starts, and the commits after that, oldest first. */
export type History = {
  readonly start: Start | undefined;
  readonly items: readonly DynamoItem[];
};

/**
 * Reads a stream back to a state. As many commits first as a small state is away at most; only
 * where none of them has it is the snapshot asked for, so that a small stream does not pay for
 * what large ones need. Without one: all there is.
 */
export const readBack = async (
  table: Pick<DynamoTable, 'newestFirst'>,
  snapshots: Pick<DynamoSnapshots, 'newest'>,
  stream: string,
  stateShape: string,
): Promise<History> => {
  const newest: DynamoItem[] = [];
  const first = await table.newestFirst(stream, { limit: commitsPerState });
  const found = takeUntilState(newest, first, stateShape);
  if (found !== undefined || reachesBeginning(newest, first)) return historyOf(newest, found);

  const kept = await snapshots.newest(stream, stateShape);
  const after = kept?.head.foldedTo ?? 0;
  let next = first.next;
  while (next !== undefined && versionOf(next) > after) {
    const page = await table.newestFirst(stream, { after }, next);
    const older = takeUntilState(newest, page, stateShape);
    if (older !== undefined) return historyOf(newest, older);
    next = page.next;
  }
  const tail = newest.filter((item) => versionOf(item) > after);
  if (kept === undefined) return historyOf(tail, undefined);
  const { state, head } = kept;
  const named = head.vocabulary === undefined ? {} : { vocabulary: head.vocabulary };
  return historyOf(tail, { version: after, state, tail: { ...noTail, snapshot: head, ...named } });
};

const historyOf = (newest: readonly DynamoItem[], start: Start | undefined): History => ({
  start,
  items: newest.toReversed(),
});

/** Nothing stands before version 1, though DynamoDB may offer to look. */
const reachesBeginning = (newest: readonly DynamoItem[], { next }: Page): boolean => {
  const oldest = newest.at(-1);
  return next === undefined || (oldest !== undefined && versionOf(oldest) === 1);
};

/** Takes items up to the first that has its state; what it found there. */
const takeUntilState = (
  newest: DynamoItem[],
  { items }: Page,
  stateShape: string,
): Start | undefined => {
  for (const item of items) {
    const kept = stateOf(item, stateShape);
    if (kept !== undefined) return { version: versionOf(item), ...kept, tail: noTail };
    newest.push(item);
  }
  return undefined;
};
