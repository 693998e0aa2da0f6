import { type Ec2NoticesState, ec2Notices } from '../../domain/fleet/ec2Notices.ts';
import { type FleetShardState, fleetShard } from '../../domain/fleet/fleetShard.ts';
import { type FleetView, fleetView } from '../../domain/fleet/fleetView.ts';
import {
  type AdoptedCluster,
  type ClusterState,
  cluster,
} from '../../domain/maintenance/cluster.ts';
import { type LedgerState, ledger, ledgerStream } from '../../domain/maintenance/ledger.ts';
import { type ParkedState, parked } from '../../domain/parking/parked.ts';
import { rollout } from '../../domain/rollout/rollout.ts';
import type { Rollout, RolloutState } from '../../domain/rollout/rolloutState.ts';
import { type AmiState, ami } from '../../domain/windows/ami.ts';
import { type ChannelState, channel } from '../../domain/windows/channel.ts';
import { type ImageState, image } from '../../domain/windows/image.ts';
import type { EventStore, Fold, SequencedCommit } from '../eventStore/eventStore.ts';

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
  /** `sequence` of the last commit that is folded in. */
  readonly upTo: number;
};

export type FollowedViews = {
  /** Folds in every commit since the last call and answers with the whole. */
  readonly catchUp: () => Promise<Views>;
};

const pageSize = 500;

/**
 * The views are folds of the streams by the deciders' own `evolve`: there is no second reading of
 * any event.
 */
const folds: Readonly<Record<string, Fold<never>>> = {
  cluster,
  fleet: fleetShard,
  ec2: ec2Notices,
  channel,
  ami,
  image,
  rollout,
  disruption: ledger,
  parked,
} as unknown as Record<string, Fold<never>>;

export const followViews = (store: EventStore): FollowedViews => {
  const states = new Map<string, unknown>();
  let upTo = 0;
  return {
    catchUp: async () => {
      for (;;) {
        const commits = await store.readAll(upTo, pageSize);
        for (const commit of commits) foldIn(states, commit);
        upTo = commits.at(-1)?.sequence ?? upTo;
        if (commits.length < pageSize) return viewsOf(states, upTo);
      }
    },
  };
};

export const readViews = (store: EventStore): Promise<Views> => followViews(store).catchUp();

const foldIn = (states: Map<string, unknown>, { stream, events }: SequencedCommit) => {
  const fold = folds[kindOf(stream)];
  // A stream kind that this version does not know is someone's newer Tuesday: its facts are theirs
  // to fold.
  if (fold === undefined) return;
  const before = states.has(stream) ? states.get(stream) : fold.initialState;
  states.set(stream, (events as never[]).reduce(fold.evolve, before as never));
};

const kindOf = (stream: string) => stream.slice(0, stream.indexOf('#'));

const viewsOf = (states: ReadonlyMap<string, unknown>, upTo: number): Views => {
  const of = <State>(prefix: string) =>
    [...states]
      .filter(([stream]) => stream.startsWith(prefix))
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([stream, state]) => [stream.slice(prefix.length), state as State] as const);
  const values = <State>(prefix: string) => of<State>(prefix).map(([, state]) => state);
  const rollouts = of<RolloutState>('rollout#').filter(
    (entry): entry is readonly [string, Rollout] => entry[1].status !== 'none',
  );
  const clusters = of<ClusterState>('cluster#').filter(
    (entry): entry is readonly [string, AdoptedCluster] => entry[1].status === 'adopted',
  );
  return {
    clusters: new Map(clusters),
    fleet: (clusterName) =>
      fleetView(
        clusterName,
        values<FleetShardState>(`fleet#${clusterName}#`),
        values<Ec2NoticesState>('ec2#'),
      ),
    channels: values<ChannelState>('channel#'),
    amis: values<AmiState>('ami#'),
    images: new Map(of<ImageState>('image#')),
    rollouts: new Map(rollouts),
    ledger: (clusterName) =>
      (states.get(ledgerStream(clusterName)) as LedgerState | undefined) ?? ledger.initialState,
    parked: values<ParkedState>('parked#'),
    upTo,
  };
};
