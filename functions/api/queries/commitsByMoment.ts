import type { Commit, EventStore } from '../../../infra/eventStore/eventStore.ts';

/** A commit by which others come before or after it, over streams that share no order. */
export type Mark = {
  readonly at: number;
  readonly stream: string;
  readonly version: number;
};

type Bounds = {
  readonly from: number;
  readonly until: number | undefined;
  /** Only what comes after it. */
  readonly after: Mark | undefined;
  readonly limit: number;
};

/** Those who write have clocks of their own, which may differ by so much. */
const clocksDifferMs = 60_000;

const streamsAtOnce = 20;

/**
 * The first commits of several streams from a moment on, in the order of moment, stream and
 * version. Where in a stream the moment lies is found by halving, because a stream of a year is
 * long and versions have no gap.
 */
export const commitsByMoment = async (
  store: Pick<EventStore, 'readStream'>,
  streams: readonly string[],
  bounds: Bounds,
): Promise<readonly Commit[]> => {
  const found: Commit[] = [];
  for (let start = 0; start < streams.length; start += streamsAtOnce) {
    const some = streams.slice(start, start + streamsAtOnce);
    const lists = await Promise.all(some.map((stream) => commitsFrom(store, stream, bounds)));
    found.push(...lists.flat());
  }
  return found.toSorted(inOrder).slice(0, bounds.limit);
};

const commitsFrom = async (
  store: Pick<EventStore, 'readStream'>,
  stream: string,
  { from, until = Number.POSITIVE_INFINITY, after, limit }: Bounds,
): Promise<readonly Commit[]> => {
  const isWanted = (commit: Commit) =>
    commit.at >= from && commit.at <= until && (after === undefined || inOrder(commit, after) > 0);
  const wanted: Commit[] = [];
  let version = await versionBefore(store, stream, from - clocksDifferMs);
  for (;;) {
    const page = await store.readStream(stream, version, limit);
    wanted.push(...page.filter(isWanted));
    const last = page.at(-1);
    const isPast = last !== undefined && last.at > until + clocksDifferMs;
    if (last === undefined || page.length < limit || isPast || wanted.length >= limit) break;
    version = last.version;
  }
  return wanted;
};

/** The last version whose moment is before `moment`, by halving; 0 where there is none. */
const versionBefore = async (
  store: Pick<EventStore, 'readStream'>,
  stream: string,
  moment: number,
): Promise<number> => {
  const isBefore = async (version: number): Promise<boolean> => {
    const [commit] = await store.readStream(stream, version - 1, 1);
    return commit !== undefined && commit.at < moment;
  };
  let beyond = 1;
  while (await isBefore(beyond)) beyond *= 2;
  let before = Math.floor(beyond / 2);
  while (beyond - before > 1) {
    const middle = Math.floor((before + beyond) / 2);
    if (await isBefore(middle)) before = middle;
    else beyond = middle;
  }
  return before;
};

const inOrder = (a: Mark, b: Mark): number => {
  if (a.at !== b.at) return a.at - b.at;
  if (a.stream !== b.stream) return a.stream < b.stream ? -1 : 1;
  return a.version - b.version;
};
