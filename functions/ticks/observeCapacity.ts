import type { FleetView } from '../../domain/fleet/fleetView.ts';
import {
  type CapacityState,
  clusterCapacity,
  type ObserveCapacity,
  scalingStream,
} from '../../domain/scaling/clusterCapacity.ts';
import type { ClusterArn, Ec2InstanceId, Instant } from '../../events/ids.ts';
import type { ObservedAutoScalingGroup, ObservedCapacityProvider } from '../../events/scaling.ts';
import type { AutoScalingGroup } from '../../infra/aws/autoScalingPort.ts';
import type { CapacityProvider } from '../../infra/aws/ecsCapacityPort.ts';
import { type Gateways, isGatewayError } from '../../infra/aws/gateways.ts';
import type { EventStore } from '../../infra/eventStore/eventStore.ts';
import type { FollowedViews } from '../../infra/views/views.ts';
import { send } from '../send.ts';
import { launchedBy } from './launched.ts';
import { observedGroup } from './observedGroup.ts';

export type ObserveTools = {
  readonly store: EventStore;
  readonly views: FollowedViews;
  readonly gateways: Pick<Gateways, 'ecs' | 'autoScaling' | 'ec2'>;
  readonly now: () => Instant;
};

export type ObserveReport = {
  /** Facts that were news. */
  readonly news: number;
  /** What AWS did not answer for, or answered what is not believed, each with the reason. */
  readonly unknown: readonly string[];
};

/**
 * Instances of no group that is known, of which Auto Scaling is asked in one look: twenty calls. A
 * cluster with more of them, in no group at all, learns of some later.
 */
const strangersMax = 1_000;

/** They have no group and no settings: ECS keeps their capacity (ECS Developer Guide). */
const withoutGroup = new Set(['FARGATE', 'FARGATE_SPOT']);

/**
 * Records what AWS says of the capacity of one cluster: the capacity providers that ECS associates
 * with it, their Auto Scaling groups, and those in which its instances are besides. What AWS does
 * not answer for stays as it was. Gone is a provider that is no longer associated, or is not found
 * by its name, and a group that is not found by its name, unless instances of it are there.
 */
export const observeCapacity = async (
  tools: ObserveTools,
  clusterName: string,
): Promise<ObserveReport> => {
  const { store, views, gateways, now } = tools;
  const before = await views.catchUp(clusterName);
  const cluster = before.clusters.get(clusterName);
  if (cluster === undefined) return { news: 0, unknown: [] };
  const state = before.capacity(clusterName);
  const view = before.fleet(clusterName);
  const unknown: string[] = [];
  const ofEcs = await orUnknown(() => readProviders(gateways, cluster.arn, state), unknown);
  const known = ofEcs?.providers ?? Object.values(state.providers).map(({ provider }) => provider);
  const ofGroups = await orUnknown(() => readGroups(gateways, view, known, state), unknown);
  const believed = ofGroups && withoutPhantoms(view, state, ofGroups.gone, unknown);
  const command: ObserveCapacity = {
    type: 'ObserveCapacity',
    providers: ofEcs?.providers ?? [],
    groups: ofGroups?.groups ?? [],
    gone: { providers: ofEcs?.gone ?? [], groups: believed ?? [] },
    now: now(),
  };
  const stream = scalingStream(clusterName);
  const { events } = await send(store, clusterCapacity, stream, command, command.now);
  return { news: events.length, unknown };
};

/** What AWS refused or did not answer is not known, and so is no news. */
const orUnknown = async <Answer>(
  ask: () => Promise<Answer>,
  unknown: string[],
): Promise<Answer | undefined> => {
  try {
    return await ask();
  } catch (error) {
    if (!isGatewayError(error)) throw error;
    unknown.push(`capacity not described: ${error.message}`);
    return undefined;
  }
};

type Providers = {
  readonly providers: readonly ObservedCapacityProvider[];
  readonly gone: readonly string[];
};

const readProviders = async (
  { ecs }: ObserveTools['gateways'],
  clusterArn: ClusterArn,
  state: CapacityState,
): Promise<Providers | undefined> => {
  const cluster = await ecs.describeCluster(clusterArn);
  // MISSING, or on its way out: no reason to forget what is known of it.
  if (cluster?.status !== 'ACTIVE') return undefined;
  const [bare, named] = partition(cluster.capacityProviders, (name) => withoutGroup.has(name));
  const described = named.length === 0 ? [] : await ecs.describeCapacityProviders(named);
  const providers = [
    ...bare.map((name) => ({ name, status: 'ACTIVE' })),
    ...described.map(observedProvider),
  ];
  const there = new Set(providers.map(({ name }) => name));
  return { providers, gone: Object.keys(state.providers).filter((name) => !there.has(name)) };
};

const observedProvider = ({ group, ...provider }: CapacityProvider): ObservedCapacityProvider => ({
  ...provider,
  ...(group && { group: withoutUndefined(group) }),
});

type ProviderGroup = NonNullable<ObservedCapacityProvider['group']>;

/** As the record keeps it: what is not known is left out. */
const withoutUndefined = (group: NonNullable<CapacityProvider['group']>): ProviderGroup =>
  Object.fromEntries(
    Object.entries(group).filter(([, value]) => value !== undefined),
  ) as ProviderGroup;

const partition = <Item>(
  items: readonly Item[],
  isFirst: (item: Item) => boolean,
): readonly [readonly Item[], readonly Item[]] => [
  items.filter(isFirst),
  items.filter((item) => !isFirst(item)),
];

type Groups = {
  readonly groups: readonly ObservedAutoScalingGroup[];
  /** Asked for by name and not there. */
  readonly gone: readonly string[];
};

const readGroups = async (
  { autoScaling, ec2 }: ObserveTools['gateways'],
  view: FleetView,
  providers: readonly ObservedCapacityProvider[],
  state: CapacityState,
): Promise<Groups> => {
  const ofProviders = providers.flatMap(({ group }) => groupNameOf(group) ?? []);
  const first = new Set([...ofProviders, ...Object.keys(state.groups)]);
  const found = [...(await describe(autoScaling, first))];
  const strangers = strangersOf(view, found);
  if (strangers.length > 0) {
    const names = new Set((await autoScaling.findGroupNames(strangers)).values());
    found.push(
      ...(await describe(autoScaling, new Set([...names].filter((name) => !first.has(name))))),
    );
  }
  const launched = await launchedBy(ec2, found, (name) => state.groups[name]?.group);
  const groups = found.map((group) => observedGroup(group, launched.get(group.name)));
  const there = new Set(groups.map(({ name }) => name));
  return { groups, gone: Object.keys(state.groups).filter((name) => !there.has(name)) };
};

const describe = async (
  { describeGroups }: Gateways['autoScaling'],
  names: ReadonlySet<string>,
): Promise<readonly AutoScalingGroup[]> =>
  names.size === 0 ? [] : describeGroups([...names].toSorted());

/** `arn:aws:autoscaling:...:autoScalingGroup:<uuid>:autoScalingGroupName/<name>`. */
const groupNameOf = (group: ObservedCapacityProvider['group']): string | undefined =>
  group?.autoScalingGroupArn.split(':autoScalingGroupName/')[1];

/** Instances of the cluster that none of these groups has. */
const strangersOf = (
  { instances }: FleetView,
  groups: readonly AutoScalingGroup[],
): readonly Ec2InstanceId[] => {
  const members = new Set(groups.flatMap((group) => group.instances.map((e) => e.ec2InstanceId)));
  return [...instances.values()]
    .flatMap(({ ec2InstanceId }) => ec2InstanceId ?? [])
    .filter((id) => !members.has(id))
    .toSorted()
    .slice(0, strangersMax);
};

/** A group is not gone while an instance that it had is registered and its agent connected. */
const withoutPhantoms = (
  { instances }: FleetView,
  { groups }: CapacityState,
  gone: readonly string[],
  unknown: string[],
): readonly string[] => {
  const alive = new Set<string | undefined>(
    [...instances.values()]
      .filter(({ agentConnected }) => agentConnected)
      .map(({ ec2InstanceId }) => ec2InstanceId),
  );
  return gone.filter((name) => {
    const left = groups[name]?.group.inService.filter((id) => alive.has(id)).length ?? 0;
    if (left > 0) unknown.push(`group ${name} was not found, though ${left} of its instances are`);
    return left === 0;
  });
};
