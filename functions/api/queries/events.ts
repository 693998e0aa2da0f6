import { clusterStream, fleetStream } from '../../../domain/fleet/shards.ts';
import { ledgerStream } from '../../../domain/maintenance/ledger.ts';
import { rolloutStream } from '../../../domain/rollout/rollout.ts';
import type { StoredEvent } from '../../../events/catalogue.ts';
import type { Commit } from '../../../infra/eventStore/eventStore.ts';
import type { listClusterEvents, listEvents, RecordedEvent } from '../contract/events.ts';
import { pageDefault } from '../contract/wire.ts';
import { cursorOf, foreign, partsOf } from '../page.ts';
import { ProblemError } from '../problem.ts';
import type { Handle } from '../route.ts';
import { type ClusterSight, clusterSight } from '../sight.ts';
import { commitsByMoment, type Mark } from './commitsByMoment.ts';

/** Commits that one answer looks through: where few are asked for, the rest is the next one's. */
const commitsMax = 500;

/** The same where each of many streams may have to give as many. */
const commitsOfManyMax = 100;

export const list: Handle<typeof listEvents> = async ({ query }, _caller, { store }) => {
  const { stream, cursor, after = 0, limit = pageDefault } = query;
  const start = cursor === undefined ? after : versionIn(cursor, stream);
  const commits = await store.readStream(stream, start, commitsMax);
  if (commits.length === 0 && start === 0) {
    throw new ProblemError('StreamNotFound', `nothing was ever written to ${stream}`);
  }
  const { items, taken } = takeFrom(commits, query, limit);
  const next = cursorOf([stream, commits[taken - 1]?.version ?? start]);
  return { items, next, isEnd: taken === commits.length && commits.length < commitsMax };
};

const versionIn = (cursor: string, stream: string): number => {
  const [named, version] = partsOf(cursor);
  if (named === stream && Number.isSafeInteger(version) && Number(version) >= 0) {
    return Number(version);
  }
  throw foreign();
};

export const listOfCluster: Handle<typeof listClusterEvents> = async (asked, _caller, tools) => {
  const { query } = asked;
  const { cursor, from, until, kind, limit = pageDefault } = query;
  const sight = await clusterSight(tools, asked.parameters.cluster);
  const streams = streamsOf(sight).filter(
    (stream) => kind === undefined || stream.startsWith(`${kind}#`),
  );
  const after = cursor === undefined ? undefined : markIn(cursor);
  const bounds = { from: after?.at ?? from, until, after, limit: commitsOfManyMax };
  const commits = await commitsByMoment(tools.store, streams, bounds);
  const { items, taken } = takeFrom(commits, query, limit);
  const last = commits[taken - 1];
  const mark = last ?? after ?? { at: from, stream: '', version: 0 };
  const next = cursorOf([mark.at, mark.stream, mark.version]);
  return { items, next, isEnd: taken === commits.length && commits.length < commitsOfManyMax };
};

const markIn = (cursor: string): Mark => {
  const [at, stream, version] = partsOf(cursor);
  if (!Number.isSafeInteger(at) || !Number.isSafeInteger(version)) throw foreign();
  if (typeof stream !== 'string') throw foreign();
  return { at: Number(at), stream, version: Number(version) };
};

const streamsOf = ({ cluster, views }: ClusterSight): readonly string[] => [
  clusterStream(cluster.name),
  ledgerStream(cluster.name),
  ...Array.from({ length: cluster.shards }, (_, shard) => fleetStream(cluster.name, shard)),
  ...[...views.rollouts.values()]
    .filter(({ clusterName }) => clusterName === cluster.name)
    .map(({ rolloutId }) => rolloutStream(rolloutId)),
];

/** Lambda answers with 6 MB at most (quotas), and a plan or a list of holds is large by itself. */
const charactersMax = 2_000_000;

type Wanted = {
  readonly type?: string | undefined;
  readonly from?: number | undefined;
  readonly until?: number | undefined;
};

/** Whole commits until there is enough, so that a cursor never stands within one. */
const takeFrom = (
  commits: readonly Commit[],
  { type, from = 0, until = Number.POSITIVE_INFINITY }: Wanted,
  limit: number,
): { readonly items: readonly RecordedEvent[]; readonly taken: number } => {
  const items: RecordedEvent[] = [];
  let taken = 0;
  let characters = 0;
  for (const { stream, version, commitId, at, events } of commits) {
    if (items.length >= limit || characters >= charactersMax) break;
    taken += 1;
    if (at < from || at > until) continue;
    for (const event of events as readonly StoredEvent[]) {
      if (type !== undefined && event.type !== type) continue;
      const data = event.data as Record<string, unknown>;
      items.push({ stream, version, commitId, at, type: event.type, data });
      characters += JSON.stringify(data).length;
    }
  }
  return { items, taken };
};
