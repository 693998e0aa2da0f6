import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type DrainState, isUnderWay } from '../../domain/draining/drainState.ts';
import { enforcementStream } from '../../domain/enforcement/enforcement.ts';
import { clusterStream, ec2Stream, fleetStream } from '../../domain/fleet/shards.ts';
import type { ClusterState } from '../../domain/maintenance/cluster.ts';
import { ghostsStream } from '../../domain/maintenance/ghosts.ts';
import { hooksStream } from '../../domain/maintenance/hooks.ts';
import { ledgerStream } from '../../domain/maintenance/ledger.ts';
import { everything, maintenanceStream } from '../../domain/maintenance/maintenanceState.ts';
import { prefetchStream } from '../../domain/rollout/prefetch.ts';
import { hasEnded, type RolloutState } from '../../domain/rollout/rolloutState.ts';
import { leavesWork } from '../../domain/rollout/templatesToReturn.ts';
import { scalingStream } from '../../domain/scaling/clusterCapacity.ts';
import { desiredStream } from '../../domain/scaling/evolveDesired.ts';
import { type Retries, systemRetries } from '../eventStore/dynamoRetries.ts';
import type { EventStore } from '../eventStore/eventStore.ts';
import { foldIn, foldOf, kinds } from './folds.ts';
import type { NotingStore } from './ownWrites.ts';
import type { StoredView } from './viewItem.ts';
import { type FollowedViews, viewsOf } from './views.ts';
import { viewsTable } from './viewsTable.ts';

/** Streams that are asked after at the same time; the SDK keeps 50 connections. */
const atOnceMax = 40;

/**
 * The views where DynamoDB is the record. The table says which streams there are and how they stood
 * when its stream was last handled; it lags, and that is good enough for what nobody decides over.
 * For the cluster that is named, each stream that steps and leases are decided over (its own, its
 * ledger, its fleet, its rollouts and drains, what is pulled, the notices of EC2) is followed on
 * from there in the record itself, read consistently, and so is whatever this instance has written,
 * wherever it stands: a pass sees what it did. What stays unseen for that moment is a rollout that
 * another instance has only just planned, or the first drain of an instance. It is not moved until
 * the table knows it, and a rollout planned again is refused by its name.
 *
 * What was seen is kept for the life of the instance and never goes back. A state in another shape
 * than its decider's, or caught half written, is folded from the record.
 *
 * Read again before `freshMs` have passed, the table is taken for as it was: it holds the whole
 * fleet, and a pass looks several times.
 */
export const dynamoViews = (
  client: DynamoDBClient,
  tableName: string,
  store: NotingStore,
  retries: Retries = systemRetries,
  freshMs = 0,
): FollowedViews => {
  const table = viewsTable(client, tableName, retries);
  const seen = seenStreams(store);
  let readAtMs = Number.NEGATIVE_INFINITY;
  const readTable = async () => {
    const nowMs = retries.nowMs();
    if (nowMs - readAtMs < freshMs) return;
    const stored = (await Promise.all(kinds.map(table.readKind))).flat();
    await seen.follow(stored.flatMap((view) => (seen.take(view) ? [] : [view.stream])));
    readAtMs = nowMs;
  };
  return {
    catchUp: async (clusterName) => {
      await readTable();
      if (clusterName !== undefined) await followCluster(seen, clusterName);
      await followOwn(seen, store);
      return seen.views();
    },
  };
};

type Seen = ReturnType<typeof seenStreams>;

/** The mode and the shards first: they say which streams the cluster has. */
const followCluster = async (seen: Seen, clusterName: string): Promise<void> => {
  const stream = clusterStream(clusterName);
  await seen.follow([stream]);
  const adopted = seen.stateOf(stream) as ClusterState | undefined;
  const { shards, notices } =
    adopted?.status === 'adopted'
      ? { shards: adopted.shards, notices: [ec2Stream(adopted.account, adopted.region)] }
      : { shards: 0, notices: [] };
  const fleet = Array.from({ length: shards }, (_, shard) => fleetStream(clusterName, shard));
  const rollouts = seen
    .streamsOf('rollout')
    .filter((each) => isMoving(seen.stateOf(each) as RolloutState, clusterName));
  const own = [
    ledgerStream(clusterName),
    desiredStream(clusterName),
    scalingStream(clusterName),
    enforcementStream(clusterName),
    ghostsStream(clusterName),
    hooksStream(clusterName),
    maintenanceStream(clusterName),
    maintenanceStream(everything),
    // A Spot notice leaves two minutes.
    ...notices,
  ];
  const drains = seen.streamsOf('drain').filter((each) => {
    const state = seen.stateOf(each) as DrainState;
    return isUnderWay(state) && state.clusterName === clusterName;
  });
  const prefetches = rollouts.map((each) => prefetchStream(each.slice('rollout#'.length)));
  await seen.follow([...own, ...fleet, ...rollouts, ...prefetches, ...drains]);
};

/** One that has ended and holds no lease stays so for ever. */
const isMoving = (state: RolloutState, clusterName: string): boolean =>
  state.status !== 'none' &&
  state.clusterName === clusterName &&
  !(hasEnded(state) && !leavesWork(state));

/** Taken off before they are read, so that a write in the meantime is noted anew. */
const followOwn = async (seen: Seen, { written }: NotingStore): Promise<void> => {
  const streams = [...written];
  written.clear();
  try {
    await seen.follow(streams);
  } catch (error) {
    for (const stream of streams) written.add(stream);
    throw error;
  }
};

/** How far this instance has seen each stream, and what it folds to there. */
const seenStreams = (store: EventStore) => {
  const seen = new Map<string, { readonly version: number; readonly state: unknown }>();
  const versionOf = (stream: string) => seen.get(stream)?.version ?? 0;
  const keep = (stream: string, version: number, state: unknown) => {
    if (version > versionOf(stream)) seen.set(stream, { version, state });
  };
  const followOne = async (stream: string) => {
    const fold = foldOf(stream);
    if (fold === undefined) return;
    const before = seen.get(stream);
    if (before === undefined) {
      const { state, position } = await store.load(stream, fold);
      keep(stream, position.version, state);
      return;
    }
    const commits = await store.readStream(stream, before.version);
    const version = commits.at(-1)?.version ?? before.version;
    keep(stream, version, foldIn(fold, before.state, commits));
  };
  return {
    /** False where the stored state is of no use, and the record has to be asked. */
    take: ({ stream, version, stateShape, readState }: StoredView): boolean => {
      if (version <= versionOf(stream)) return true;
      if (stateShape !== foldOf(stream)?.stateShape || readState === undefined) return false;
      keep(stream, version, readState());
      return true;
    },
    follow: async (streams: readonly string[]): Promise<void> => {
      for (let start = 0; start < streams.length; start += atOnceMax) {
        await Promise.all(streams.slice(start, start + atOnceMax).map(followOne));
      }
    },
    stateOf: (stream: string): unknown => seen.get(stream)?.state,
    streamsOf: (kind: string) => [...seen.keys()].filter((each) => each.startsWith(`${kind}#`)),
    views: () => {
      const states = new Map([...seen].map(([stream, { state }]) => [stream, state]));
      const commits = [...seen.values()].reduce((sum, { version }) => sum + version, 0);
      return viewsOf(states, commits);
    },
  };
};
