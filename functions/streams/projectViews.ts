import type { Commit, EventStore } from '../../infra/eventStore/eventStore.ts';
import { foldOf } from '../../infra/views/folds.ts';
import type { ViewsTable } from '../../infra/views/viewsTable.ts';

export type ProjectTools = {
  readonly store: EventStore;
  readonly table: Pick<ViewsTable, 'put'>;
};

/**
 * Brings the view of a commit's stream up to the record. The state is loaded, not folded from the
 * commit in hand, so that commits may come late, twice or in another order; those that a state put
 * before already held cost nothing, and of a batch over one stream the first brings all. Streams of
 * a kind that this version does not know are left to whoever does.
 */
export const projectViews = ({ store, table }: ProjectTools) => {
  const versions = new Map<string, number>();
  return async ({ stream, version }: Pick<Commit, 'stream' | 'version'>): Promise<void> => {
    const fold = foldOf(stream);
    if (fold === undefined || version <= (versions.get(stream) ?? 0)) return;
    const { state, position } = await store.load(stream, fold);
    const { stateShape } = fold;
    await table.put({ stream, version: position.version, stateShape, state });
    versions.set(stream, position.version);
  };
};
