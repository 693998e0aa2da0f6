import type { Drain, DrainState } from '../../domain/draining/drainState.ts';
import {
  type EnforcementState,
  enforcement,
  enforcementStream,
} from '../../domain/enforcement/enforcement.ts';
import type { Ec2NoticesState } from '../../domain/fleet/ec2Notices.ts';
import type { FleetShardState } from '../../domain/fleet/fleetShard.ts';
import { type FleetView, fleetView } from '../../domain/fleet/fleetView.ts';
import type { AdoptedCluster, ClusterState } from '../../domain/maintenance/cluster.ts';
import { type GhostsState, ghosts, ghostsStream } from '../../domain/maintenance/ghosts.ts';
import { type HooksState, hooks, hooksStream } from '../../domain/maintenance/hooks.ts';
import type { LedgerState } from '../../domain/maintenance/lease.ts';
import type { Maintenance } from '../../domain/maintenance/leave.ts';
import { ledger, ledgerStream } from '../../domain/maintenance/ledger.ts';
import {
  everything,
  type MaintenanceState,
  maintenanceFold,
  maintenanceStream,
} from '../../domain/maintenance/maintenanceState.ts';
import type { ParkedState } from '../../domain/parking/parked.ts';
import type { PrefetchState } from '../../domain/rollout/prefetch.ts';
import type { Rollout, RolloutState } from '../../domain/rollout/rolloutState.ts';
import {
  type CapacityState,
  clusterCapacity,
  scalingStream,
} from '../../domain/scaling/clusterCapacity.ts';
import type { DesiredState } from '../../domain/scaling/desiredCapacity.ts';
import { desiredFold, desiredStream } from '../../domain/scaling/evolveDesired.ts';
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
  /** By rollout id. */
  readonly prefetches: ReadonlyMap<string, PrefetchState>;
  /** The last one of each instance, in the order of their streams. */
  readonly drains: readonly Drain[];
  readonly ledger: (clusterName: string) => LedgerState;
  readonly enforcement: (clusterName: string) => EnforcementState;
  readonly ghosts: (clusterName: string) => GhostsState;
  readonly hooks: (clusterName: string) => HooksState;
  readonly maintenance: (clusterName: string) => Maintenance;
  readonly capacity: (clusterName: string) => CapacityState;
  readonly desired: (clusterName: string) => DesiredState;
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
  const changed = new Set<string>();
  let upTo = 0;
  let last: Views | undefined;
  return {
    catchUp: async () => {
      for (;;) {
        const commits = await store.readAll(upTo, pageSize);
        for (const commit of commits) {
          take(states, commit);
          changed.add(kindOf(commit.stream));
        }
        upTo = commits.at(-1)?.sequence ?? upTo;
        if (commits.length === pageSize) continue;
        if (last?.upTo !== upTo) last = viewsOf(states, upTo, last && { views: last, changed });
        changed.clear();
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
  const { folded } = commit;
  if (folded?.stateShape === fold.stateShape) {
    states.set(stream, folded.state);
    return;
  }
  const before = states.has(stream) ? states.get(stream) : fold.initialState;
  states.set(stream, foldIn(fold, before, [commit]));
};

/**
 * The views over folded states, by stream. What no kind of stream has changed stays the same object
 * as in the views `before`, so that what planners have found out about it stays found out.
 */
export const viewsOf = (
  states: ReadonlyMap<string, unknown>,
  upTo: number,
  before?: { readonly views: Views; readonly changed: ReadonlySet<string> },
): Views => {
  const kept = <Name extends keyof Views>(
    name: Name,
    kindsOfIt: readonly string[],
    make: () => Views[Name],
  ): Views[Name] => {
    const isChanged = before === undefined || kindsOfIt.some((kind) => before.changed.has(kind));
    return isChanged ? make() : before.views[name];
  };
  const of = <State>(prefix: string) => statesOf<State>(states, prefix);
  const values = <State>(prefix: string) => of<State>(prefix).map(([, state]) => state);
  return {
    clusters: kept(
      'clusters',
      ['cluster'],
      () => new Map(of<ClusterState>('cluster#').filter(isAdopted)),
    ),
    fleet: kept('fleet', ['fleet', 'ec2'], () =>
      fleetsOf(of<FleetShardState>('fleet#'), values<Ec2NoticesState>('ec2#')),
    ),
    channels: kept('channels', ['channel'], () => values<ChannelState>('channel#')),
    amis: kept('amis', ['ami'], () => values<AmiState>('ami#')),
    images: kept('images', ['image'], () => new Map(of<ImageState>('image#'))),
    rollouts: kept(
      'rollouts',
      ['rollout'],
      () => new Map(of<RolloutState>('rollout#').filter(isPlanned)),
    ),
    prefetches: kept('prefetches', ['prefetch'], () => new Map(of<PrefetchState>('prefetch#'))),
    drains: kept('drains', ['drain'], () => values<DrainState>('drain#').filter(isAsked)),
    ledger: kept('ledger', ['disruption'], () =>
      byName(of<LedgerState>(ledgerStream('')), ledger.initialState),
    ),
    enforcement: kept('enforcement', ['enforcement'], () =>
      byName(of<EnforcementState>(enforcementStream('')), enforcement.initialState),
    ),
    ghosts: kept('ghosts', ['ghosts'], () =>
      byName(of<GhostsState>(ghostsStream('')), ghosts.initialState),
    ),
    hooks: kept('hooks', ['hooks'], () =>
      byName(of<HooksState>(hooksStream('')), hooks.initialState),
    ),
    maintenance: kept('maintenance', ['maintenance'], () =>
      maintenancesOf(new Map(of<MaintenanceState>(maintenanceStream('')))),
    ),
    capacity: kept('capacity', ['scaling'], () =>
      byName(of<CapacityState>(scalingStream('')), clusterCapacity.initialState),
    ),
    desired: kept('desired', ['desired'], () =>
      byName(of<DesiredState>(desiredStream('')), desiredFold.initialState),
    ),
    parked: kept('parked', ['parked'], () => values<ParkedState>('parked#')),
    upTo,
  };
};

type Named<State> = readonly (readonly [name: string, state: State])[];

/** Those whose streams begin so, by the rest of the stream's name and in its order. */
const statesOf = <State>(states: ReadonlyMap<string, unknown>, prefix: string): Named<State> => {
  const streams: string[] = [];
  for (const stream of states.keys()) if (stream.startsWith(prefix)) streams.push(stream);
  return streams
    .sort()
    .map((stream) => [stream.slice(prefix.length), states.get(stream) as State] as const);
};

// Made outside of `viewsOf`: a function made in there holds fast the views before, they the views
// before them, and so on for as long as the process lives.

/** Each fleet is joined when it is first asked for. */
const fleetsOf = (
  shards: Named<FleetShardState>,
  notices: readonly Ec2NoticesState[],
): Views['fleet'] => {
  const fleets = new Map<string, FleetView>();
  return (clusterName) => {
    const known = fleets.get(clusterName);
    if (known !== undefined) return known;
    const own = shards.filter(([name]) => name.startsWith(`${clusterName}#`));
    const fleet = fleetView(
      clusterName,
      own.map(([, state]) => state),
      notices,
    );
    fleets.set(clusterName, fleet);
    return fleet;
  };
};

/** What a cluster's own stream of one kind holds; nothing yet, where it has none. */
const byName = <State>(states: Named<State>, initialState: State) => {
  const known = new Map(states);
  return (clusterName: string): State => known.get(clusterName) ?? initialState;
};

const maintenancesOf = (states: ReadonlyMap<string, MaintenanceState>): Views['maintenance'] => {
  const of = (name: string) => states.get(name) ?? maintenanceFold.initialState;
  const known = new Map<string, Maintenance>();
  return (clusterName) => {
    const found = known.get(clusterName) ?? { own: of(clusterName), everything: of(everything) };
    known.set(clusterName, found);
    return found;
  };
};

const isPlanned = (entry: readonly [string, RolloutState]): entry is readonly [string, Rollout] =>
  entry[1].status !== 'none';

const isAsked = (state: DrainState): state is Drain => state.status !== 'none';

const isAdopted = (
  entry: readonly [string, ClusterState],
): entry is readonly [string, AdoptedCluster] => entry[1].status === 'adopted';
