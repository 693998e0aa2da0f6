import type { ClusterEvent, Mode } from '../../events/cluster.ts';
import type { ClusterArn, Instant } from '../../events/ids.ts';
import type { RolloutPolicy } from '../../events/rolloutPolicy.ts';
import type { Decider } from '../decider.ts';
import { isSame } from '../fleet/sameRecord.ts';
import { shardsDefault } from '../fleet/shards.ts';
import { Refusal } from '../refusal.ts';

/** A cluster that was never adopted is watched by nobody and driven by nobody. */
export type ClusterState =
  | { readonly status: 'unseen'; readonly mode: 'observe'; readonly shards: number }
  | AdoptedCluster;

export type AdoptedCluster = {
  readonly status: 'adopted';
  readonly arn: ClusterArn;
  /** Tuesday's name for it, which names its streams: see clusterNames. */
  readonly name: string;
  readonly account: string;
  readonly region: string;
  readonly shards: number;
  readonly mode: Mode;
  readonly policy?: Readonly<RolloutPolicy>;
};

/** Takes a cluster into view, in mode `observe`: nothing is written to AWS. */
export type AdoptCluster = {
  readonly type: 'AdoptCluster';
  readonly clusterArn: ClusterArn;
  readonly clusterName: string;
  readonly account: string;
  readonly region: string;
  readonly shards?: number;
  readonly now: Instant;
};

/** Raising the mode is an operator's explicit act (design decision 5). */
export type SetMode = {
  readonly type: 'SetMode';
  readonly mode: Mode;
  readonly actor: string;
  readonly now: Instant;
};

export type SetPolicy = {
  readonly type: 'SetPolicy';
  readonly policy: Readonly<RolloutPolicy>;
  readonly actor: string;
  readonly now: Instant;
};

export type ClusterCommand = AdoptCluster | SetMode | SetPolicy;

const decide = (command: ClusterCommand, state: ClusterState): readonly ClusterEvent[] => {
  switch (command.type) {
    case 'AdoptCluster':
      return adopt(command, state);
    case 'SetMode':
      return setMode(command, state);
    case 'SetPolicy':
      return setPolicy(command, state);
    default:
      return command satisfies never;
  }
};

/** The first adoption stands: the number of shards says where facts are, so it never changes. */
const adopt = (command: AdoptCluster, state: ClusterState): readonly ClusterEvent[] => {
  const { clusterArn, clusterName, account, region, shards = shardsDefault, now } = command;
  if (state.status === 'adopted') return [];
  const data = { clusterArn, clusterName, account, region, shards, adoptedAt: now };
  return [{ type: 'ClusterAdopted', data }];
};

const setMode = ({ mode, actor, now }: SetMode, state: ClusterState): readonly ClusterEvent[] => {
  if (state.status === 'unseen') throw notAdopted();
  if (state.mode === mode) return [];
  return [{ type: 'ModeSet', data: { mode, actor, setAt: now } }];
};

const setPolicy = (
  { policy, actor, now }: SetPolicy,
  state: ClusterState,
): readonly ClusterEvent[] => {
  if (state.status === 'unseen') throw notAdopted();
  if (state.policy !== undefined && isSame(state.policy, policy)) return [];
  return [{ type: 'PolicySet', data: { policy, actor, setAt: now } }];
};

const notAdopted = (): Refusal =>
  new Refusal('ClusterNotAdopted', 'nothing of this cluster was ever seen; ingest or import it');

const evolve = (state: ClusterState, event: ClusterEvent): ClusterState => {
  switch (event.type) {
    case 'ClusterAdopted': {
      const { clusterArn, clusterName, account, region, shards } = event.data;
      const named = { arn: clusterArn, name: clusterName, account, region };
      return { status: 'adopted', ...named, shards, mode: 'observe' };
    }
    case 'ModeSet':
      return state.status === 'unseen' ? state : { ...state, mode: event.data.mode };
    case 'PolicySet':
      return state.status === 'unseen' ? state : { ...state, policy: event.data.policy };
    default:
      return event satisfies never;
  }
};

export const cluster: Decider<ClusterState, ClusterCommand, ClusterEvent> = {
  stateShape: 'cluster/1',
  initialState: { status: 'unseen', mode: 'observe', shards: shardsDefault },
  decide,
  evolve,
};

/**
 * The names under which a cluster may stand, to be tried in order: its own, and where another
 * account's or region's cluster took that first, one with account and region added. `@` cannot
 * occur in a name that ECS gives.
 */
export const clusterNames = (
  name: string,
  { account, region }: { readonly account: string; readonly region: string },
): readonly [plain: string, full: string] => [name, `${name}@${account}.${region}`];
