import { assert } from '../../domain/assert.ts';
import { evolveAll } from '../../domain/decider.ts';
import { decodeEvents, encodeEvents } from '../../infra/eventStore/encodedEvents.ts';
import {
  type EventStore,
  type Fold,
  type SequencedCommit,
  VersionConflict,
} from '../../infra/eventStore/eventStore.ts';
import { assertPlainJson } from '../../infra/eventStore/plainJson.ts';
import { issuePositions } from '../../infra/eventStore/positions.ts';
import { foldOf } from '../../infra/views/folds.ts';

type Folded = { readonly fold: Fold<unknown>; readonly version: number; readonly state: unknown };

type Stream = {
  readonly commits: SequencedCommit[];
  /** By state shape: the state after the last commit, folded from what was stored. */
  readonly states: Map<string, Folded>;
};

/** What the clients of one store share. */
export type Memory = {
  /** The last that was given out. */
  sequence: number;
  readonly commits: SequencedCommit[];
  readonly streams: Map<string, Stream>;
};

export const emptyMemory = (): Memory => ({ sequence: 0, commits: [], streams: new Map() });

/** So often it is made sure that JSON would not change an appended state. */
const commitsPerCheck = 8;

const advanced = ({ fold, version, state }: Folded, commits: readonly SequencedCommit[]): Folded =>
  commits.slice(version).reduce<Folded>(
    (before, { events }) => ({
      fold,
      version: before.version + 1,
      state: evolveAll(fold, before.state, events as readonly never[]),
    }),
    { fold, version, state },
  );

/** The state of a stream under the shape of `fold`; folded once, whoever asks. */
const stateOf = ({ commits, states }: Stream, fold: Fold<unknown>): Folded => {
  const known = states.get(fold.stateShape) ?? { fold, version: 0, state: fold.initialState };
  const now = advanced({ ...known, fold }, commits);
  states.set(fold.stateShape, now);
  return now;
};

/**
 * The event store of a simulated run: it keeps every promise of a store but to last. An event is
 * encoded, decoded and folded once for all who load or follow. What was appended as the state after
 * a commit is not believed: what is loaded is folded from the stored events.
 */
export const openMemoryEventStore = (memory: Memory): EventStore => {
  const { commits, streams } = memory;
  const positions = issuePositions();
  const streamOf = (name: string): Stream => {
    const known = streams.get(name) ?? { commits: [], states: new Map() };
    streams.set(name, known);
    return known;
  };
  return {
    load: async (stream, fold) => {
      const { state, version } = stateOf(streamOf(stream), fold as Fold<unknown>);
      return {
        state: state as typeof fold.initialState,
        position: positions.issue(stream, version),
      };
    },
    append: async (position, { commitId, at, events, snapshot }) => {
      positions.check(position);
      assert(commitId !== '', 'a commit has an id');
      const { stream } = position;
      const version = position.version + 1;
      const text = encodeEvents(stream, events);
      if (version % commitsPerCheck === 1 && snapshot !== undefined) {
        assertPlainJson(snapshot.state, snapshot.stateShape);
      }
      const held = streamOf(stream);
      const there = held.commits[position.version];
      if (there !== undefined) {
        // Somebody stands at this version. If it is us, the answer to an earlier try was lost.
        if (there.commitId !== commitId) throw new VersionConflict(stream);
        // SQLite has used up a number by then: `sequence` has gaps, and readers meet them.
        memory.sequence += 1;
        return positions.issue(stream, version);
      }
      const place = { stream, version };
      const stored = { ...place, commitId, at, events: decodeEvents(text, place) };
      memory.sequence += 1;
      const commit = { ...stored, sequence: memory.sequence };
      held.commits.push(commit);
      for (const { fold } of held.states.values()) stateOf(held, fold);
      commits.push(withState(commit, held));
      return positions.issue(stream, version);
    },
    readStream: async (stream, after = 0, limit = Number.POSITIVE_INFINITY) =>
      streamOf(stream)
        .commits.slice(after, after + limit)
        .map(({ sequence: _, ...commit }) => commit),
    readAll: async (after, limit) => {
      const first = commits.findLastIndex(({ sequence }) => sequence <= after) + 1;
      return commits.slice(first, first + limit);
    },
  };
};

/** So that nobody who follows need fold it again. */
const withState = (commit: SequencedCommit, held: Stream): SequencedCommit => {
  const fold = foldOf(commit.stream);
  if (fold === undefined) return commit;
  const { stateShape } = fold;
  return { ...commit, folded: { stateShape, state: stateOf(held, fold).state } };
};
