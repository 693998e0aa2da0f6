import type { ClusterArn } from '../ids.ts';
import type { ParkedReason } from '../parked.ts';
import { arnsIn, type EcsArn, readEcsArn } from './arn.ts';
import type { Envelope } from './envelope.ts';
import { quoted } from './text.ts';

/** What this Tuesday watches. `undefined` does not restrict; an empty list lets nothing through. */
export type Scope = {
  readonly accounts?: readonly string[] | undefined;
  readonly regions?: readonly string[] | undefined;
  /** Names or ARNs. */
  readonly clusters?: readonly string[] | undefined;
};

export type Objection = { readonly reason: ParkedReason; readonly remedy: string };

/** The account and region of the envelope, before its detail is looked at. */
export const objectionToOrigin = (envelope: Envelope, scope: Scope): Objection | undefined => {
  if (scope.accounts !== undefined && !scope.accounts.includes(envelope.account)) {
    const remedy = `account ${quoted(envelope.account)} is not watched; add it to the accounts`;
    return { reason: 'AccountNotWatched', remedy };
  }
  if (scope.regions !== undefined && !scope.regions.includes(envelope.region)) {
    const remedy = `region ${quoted(envelope.region)} is not watched; add it to the regions`;
    return { reason: 'RegionNotWatched', remedy };
  }
  return undefined;
};

/**
 * The ARNs inside must be of the envelope's account and region, and of one cluster. A rule with a
 * wide pattern, or a forwarding bus, could otherwise let one account speak about another's cluster.
 */
export const objectionToArns = (
  envelope: Envelope,
  clusterArn: ClusterArn | undefined,
): Objection | undefined => {
  const cluster = clusterArn === undefined ? undefined : readEcsArn(clusterArn);
  const isAtHome = homeOf(envelope, cluster);
  for (const text of arnsIn(envelope.detail)) {
    const arn = isAtHome(text) ? undefined : readEcsArn(text);
    const objection = arn && objectionToArn(envelope, arn, cluster);
    if (objection !== undefined) return objection;
  }
  const named = clusterArn === undefined ? undefined : readEcsArn(envelope.resources?.[0] ?? '');
  return named?.resource === 'service' ? objectionToArn(envelope, named, cluster) : undefined;
};

/**
 * Tells ARNs that lie in the cluster of the event, `arn:<...>:<resource>/<cluster>/`, without
 * taking them apart: an event names some twenty, and hardly ever another.
 */
const homeOf = ({ account, region }: Envelope, cluster: EcsArn | undefined) => {
  const name = cluster?.clusterName;
  const start = `arn:${cluster?.partition}:ecs:${region}:${account}:`;
  return (arn: string): boolean =>
    name !== undefined &&
    arn.startsWith(start) &&
    arn.startsWith(`/${name}/`, arn.indexOf('/', start.length));
};

const objectionToArn = (
  envelope: Envelope,
  arn: EcsArn,
  cluster: EcsArn | undefined,
): Objection | undefined => {
  const named = `the event names ${quoted(arn.arn)}`;
  if (arn.account !== envelope.account) {
    const remedy = `${named}, but its envelope is of account ${quoted(envelope.account)}`;
    return { reason: 'AccountMismatch', remedy };
  }
  if (arn.region !== envelope.region) {
    const remedy = `${named}, but its envelope is of region ${quoted(envelope.region)}`;
    return { reason: 'RegionMismatch', remedy };
  }
  if (arn.clusterName === undefined || arn.clusterName === cluster?.clusterName) return undefined;
  const remedy = `${named}, which is not in cluster ${quoted(cluster?.clusterName ?? '')}`;
  return { reason: 'DetailMalformed', remedy };
};

export const objectionToCluster = (
  clusterArn: ClusterArn | undefined,
  scope: Scope,
): Objection | undefined => {
  if (clusterArn === undefined || scope.clusters === undefined) return undefined;
  const name = readEcsArn(clusterArn)?.clusterName ?? '';
  if (scope.clusters.includes(name) || scope.clusters.includes(clusterArn)) return undefined;
  const remedy = `cluster ${quoted(name)} is not watched; add it to the clusters`;
  return { reason: 'ClusterNotAdopted', remedy };
};
