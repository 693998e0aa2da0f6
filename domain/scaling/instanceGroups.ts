import type { ObservedInstance } from '../../events/fleet.ts';
import type { FleetView } from '../fleet/fleetView.ts';
import { once } from '../once.ts';
import type { RemainingResources } from '../placement/placementProblem.ts';
import { taskInterfacesOf } from '../windows/networkInterfaces.ts';
import type { CapacityState, KnownGroup, KnownProvider } from './clusterCapacity.ts';

/**
 * Instances that are scaled together: those of a capacity provider, of an Auto Scaling group
 * without one, or those of which neither is known.
 */
export type InstanceGroup = {
  /** `null`: it has none, or none that is known. */
  readonly capacityProviderName: string | null;
  /** `null`: never observed. */
  readonly provider: KnownProvider | null;
  readonly group: KnownGroup | null;
  /** Registered with the cluster, in whatever status. */
  readonly instances: readonly ObservedInstance[];
};

/** Providers first, then groups of none, by name; last the instances of which neither is known. */
export const instanceGroups = (
  view: FleetView,
  { providers, groups }: CapacityState,
): readonly InstanceGroup[] => {
  const groupByArn = new Map(Object.values(groups).map((each) => [each.group.arn, each]));
  const groupNameOf = new Map(
    Object.values(groups).flatMap(({ group }) =>
      [...group.inService, ...group.notInService.map((each) => each.ec2InstanceId)].map(
        (id) => [id as string, group.name] as const,
      ),
    ),
  );
  const providerOfGroup = new Map(
    Object.values(providers).flatMap(({ provider }) => {
      const group = groupByArn.get(provider.group?.autoScalingGroupArn ?? '');
      return group === undefined ? [] : [[group.group.name, provider.name] as const];
    }),
  );
  const keyOf = ({ capacityProviderName, ec2InstanceId }: ObservedInstance): string => {
    if (capacityProviderName !== undefined) return `provider ${capacityProviderName}`;
    const groupName = groupNameOf.get(ec2InstanceId ?? '');
    if (groupName === undefined) return 'unknown';
    const provider = providerOfGroup.get(groupName);
    return provider === undefined ? `group ${groupName}` : `provider ${provider}`;
  };
  const byKey = Map.groupBy(view.instances.values(), keyOf);
  const named = [...view.tasks.values()].flatMap(({ capacityProviderName: name }) => name ?? []);
  const onInstances = [...view.instances.values()].flatMap(
    (each) => each.capacityProviderName ?? [],
  );
  const providerNames = new Set([...Object.keys(providers), ...named, ...onInstances]);
  const ofProviders = [...providerNames].toSorted().map((name): InstanceGroup => {
    const provider = providers[name] ?? null;
    const group = groupByArn.get(provider?.provider.group?.autoScalingGroupArn ?? '') ?? null;
    const instances = byKey.get(`provider ${name}`) ?? [];
    return { capacityProviderName: name, provider, group, instances };
  });
  const ofGroups = Object.values(groups)
    .filter(({ group }) => !providerOfGroup.has(group.name))
    .toSorted((a, b) => (a.group.name < b.group.name ? -1 : 1))
    .map((group): InstanceGroup => {
      const instances = byKey.get(`group ${group.group.name}`) ?? [];
      return { capacityProviderName: null, provider: null, group, instances };
    });
  const rest = byKey.get('unknown') ?? [];
  const unknown = { capacityProviderName: null, provider: null, group: null, instances: rest };
  return [...ofProviders, ...ofGroups, ...(rest.length === 0 ? [] : [unknown])];
};

export const instanceTypeOf = ({ attributes }: ObservedInstance): string | undefined =>
  attributes['ecs.instance-type'] ?? undefined;

/**
 * What an empty instance of a type offers, from one of it that registered; the agent may keep back
 * more on one than on another, so the least of each is taken. By type.
 */
export const capacitiesSeen = once((view: FleetView): ReadonlyMap<string, RemainingResources> => {
  const seen = new Map<string, RemainingResources>();
  for (const instance of view.instances.values()) {
    const type = instanceTypeOf(instance);
    if (type === undefined) continue;
    const { cpu, memoryMiB, tcpPorts, udpPorts } = instance.registered;
    const known = seen.get(type);
    seen.set(type, {
      cpu: Math.min(cpu, known?.cpu ?? cpu),
      memoryMiB: Math.min(memoryMiB, known?.memoryMiB ?? memoryMiB),
      gpus: 0,
      networkInterfaces: taskInterfacesOf(type),
      tcpPorts: [...new Set([...tcpPorts, ...(known?.tcpPorts ?? [])])],
      udpPorts: [...new Set([...udpPorts, ...(known?.udpPorts ?? [])])],
    });
  }
  return seen;
});

/** Types that a group may launch; where that was not read, those that run in it. */
export const typesOf = ({ group, instances }: InstanceGroup): readonly string[] =>
  (
    group?.group.instanceTypes ?? [
      ...new Set(instances.flatMap((each) => instanceTypeOf(each) ?? [])),
    ]
  ).toSorted();

/** `none`: it has no capacity provider. `unknown`: its settings have not been observed. */
export type ManagedScaling = 'on' | 'off' | 'unknown' | 'none';

export const managedScalingOf = ({
  capacityProviderName,
  provider,
}: InstanceGroup): ManagedScaling => {
  if (capacityProviderName === null) return 'none';
  if (provider === null) return 'unknown';
  return provider.provider.group?.managedScaling === true ? 'on' : 'off';
};
