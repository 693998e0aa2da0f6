import type { Ec2NoticesState } from '../../domain/fleet/ec2Notices.ts';
import type { FleetShardState } from '../../domain/fleet/fleetShard.ts';
import { type FleetView, fleetView } from '../../domain/fleet/fleetView.ts';
import type { AdoptedCluster, ClusterState } from '../../domain/maintenance/cluster.ts';
import { type LedgerState, ledger, ledgerStream } from '../../domain/maintenance/ledger.ts';
import type { ParkedState } from '../../domain/parking/parked.ts';
import type { Rollout, RolloutState } from '../../domain/rollout/rolloutState.ts';
import type { AmiState } from '../../domain/windows/ami.ts';
import type { ChannelState } from '../../domain/windows/channel.ts';
import type { ImageState } from '../../domain/windows/image.ts';
import type { EventStore, SequencedCommit } from '../eventStore/eventStore.ts';
import { foldIn, foldOf, kindOf } from './folds.ts';

/** Everything the record says, folded: what planners look at and what the command line shows. */
export type Views = {
  /** By cluster name. */
  readonly clusters: ReadonlyMap<string, AdoptedCluster>;
  readonly fleet: (clusterName: string) => FleetView;
  readonly channels: readonly ChannelState[];
  readonly amis: readonly AmiState[];
  /** By digest. */
  readonly images: ReadonlyMap<string, ImageState>;
  /** By rollout id. */
  readonly rollouts: ReadonlyMap<string, Rollout>;
  readonly ledger: (clusterName: string) => LedgerState;
  readonly parked: readonly ParkedState[];
  /**
   * `sequence` of the last commit that is folded in; where the store keeps no order over all
   * streams (DynamoDB), how many commits are.
   */
  readonly upTo: number;
};

export type FollowedViews = {
  /**
   * Folds in what was committed since the last call and answers with the whole. What decides over
   * `clusterName` (its own streams and those of its rollouts) is told as it stands now; over the
   * rest, where the views lag behind the record (DynamoDB), as it stood a moment ago.
   */
  readonly catchUp: (clusterName?: string) => Promise<Views>;
};

const pageSize = 500;

export const followViews = (store: EventStore): FollowedViews => {
  const states = new Map<string, unknown>();
  let upTo = 0;
  let last: Views | undefined;
  return {
    catchUp: async () => {
      for (;;) {
        const commits = await store.readAll(upTo, pageSize);
        for (const commit of commits) take(states, commit);
        upTo = commits.at(-1)?.sequence ?? upTo;
        if (commits.length === pageSize) continue;
        if (last?.upTo !== upTo) last = viewsOf(states, upTo);
        return last;
      }
    },
  };
};

export const readViews = (store: EventStore): Promise<Views> => followViews(store).catchUp();

const take = (states: Map<string, unknown>, commit: SequencedCommit) => {
  const { stream } = commit;
  const fold = foldOf(stream);
  if (fold === undefined) return;
  const before = states.has(stream) ? states.get(stream) : fold.initialState;
  states.set(stream, foldIn(fold, before, [commit]));
};

/** The views over folded states, by stream. */
export const viewsOf = (states: ReadonlyMap<string, unknown>, upTo: number): Views => {
  const byKind = Map.groupBy(states, ([stream]) => kindOf(stream));
  const of = <State>(prefix: string) =>
    (byKind.get(kindOf(prefix)) ?? [])
      .filter(([stream]) => stream.startsWith(prefix))
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([stream, state]) => [stream.slice(prefix.length), state as State] as const);
  const ledgers = new Map(of<LedgerState>(ledgerStream('')));
  const fleets = new Map<string, FleetView>();
  const fleetOf = (clusterName: string): FleetView => {
    const shards = values<FleetShardState>(`fleet#${clusterName}#`);
    return fleetView(clusterName, shards, values<Ec2NoticesState>('ec2#'));
  };
  const values = <State>(prefix: string) => of<State>(prefix).map(([, state]) => state);
  const rollouts = of<RolloutState>('rollout#').filter(
    (entry): entry is readonly [string, Rollout] => entry[1].status !== 'none',
  );
  const clusters = of<ClusterState>('cluster#').filter(
    (entry): entry is readonly [string, AdoptedCluster] => entry[1].status === 'adopted',
  );
  return {
    clusters: new Map(clusters),
    fleet: (clusterName) => {
      const known = fleets.get(clusterName) ?? fleetOf(clusterName);
      fleets.set(clusterName, known);
      return known;
    },
    channels: values<ChannelState>('channel#'),
    amis: values<AmiState>('ami#'),
    images: new Map(of<ImageState>('image#')),
    rollouts: new Map(rollouts),
    ledger: (clusterName) => ledgers.get(clusterName) ?? ledger.initialState,
    parked: values<ParkedState>('parked#'),
    upTo,
  };
};
