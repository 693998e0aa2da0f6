import { assert } from '../../domain/assert.ts';
import type { EventStore, Position, SequencedCommit } from '../eventStore/eventStore.ts';
import { kindOf } from '../views/folds.ts';

type Known = { readonly stateShape: string; readonly state: unknown; readonly position: Position };

/** What a follower may be behind by and still be told from memory. */
const commitsKeptMax = 2_000;

/**
 * Large states are written down this often for other readers: a shard may have a megabyte, a
 * rollout has some hundred kilobytes.
 */
const commitsPerState: Readonly<Record<string, number>> = { fleet: 1024, rollout: 256 };

/**
 * The store of a file that only this process writes: what it appended it need not read back, so
 * that a lived year is not spent decoding its own record. The one follower that it has is handed
 * what each commit folds to, and has what came before that for which it asks. `newest` is the
 * sequence of the last commit in the file when it was opened.
 */
export const soleWriter = (store: EventStore, newest: number): EventStore => {
  const states = new Map<string, Known>();
  let commits: SequencedCommit[] = [];
  let sequence = newest;
  return {
    load: async (stream, fold) => {
      const known = states.get(stream);
      if (known?.stateShape !== fold.stateShape) return store.load(stream, fold);
      return { state: known.state as typeof fold.initialState, position: known.position };
    },
    append: async (position, { snapshot, ...commit }) => {
      const { stream } = position;
      const version = position.version + 1;
      const isSpared = version % (commitsPerState[kindOf(stream)] ?? 1) !== 0;
      const kept = snapshot === undefined || isSpared ? {} : { snapshot };
      const landed = await store.append(position, { ...commit, ...kept });
      if (snapshot !== undefined) states.set(stream, { ...snapshot, position: landed });
      sequence += 1;
      const folded = snapshot === undefined ? {} : { folded: snapshot };
      commits.push({ ...commit, stream, version, sequence, ...folded });
      if (commits.length > 2 * commitsKeptMax) commits.splice(0, commitsKeptMax);
      return landed;
    },
    readStream: store.readStream,
    readAll: async (after, limit) => {
      const first = commits[0]?.sequence ?? sequence + 1;
      if (after + 1 < first) return store.readAll(after, limit);
      commits = commits.slice(after + 1 - first);
      const page = commits.slice(0, limit);
      assert(page.length === 0 || page[0]?.sequence === after + 1, 'a lived record has no gap');
      return page;
    },
  };
};
