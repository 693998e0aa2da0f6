import type { ObservedInstance } from '../../events/fleet.ts';
import type { Instant } from '../../events/ids.ts';
import { once } from '../once.ts';
import type { Rollout } from './rolloutState.ts';
import { type Hold, hold, type SeenCapacity, type SeenGroup, type Sight } from './sight.ts';
import { changesOf } from './surgeState.ts';

/** The Auto Scaling group of an instance, as far as it is known. */
export const groupNames = once(({ groups, providers }: SeenCapacity) => {
  const byInstance = new Map<string, string>();
  const byArn = new Map<string, string>();
  for (const { group } of Object.values(groups)) {
    byArn.set(group.arn, group.name);
    for (const id of group.inService) byInstance.set(id, group.name);
    for (const { ec2InstanceId } of group.notInService) byInstance.set(ec2InstanceId, group.name);
  }
  return ({ ec2InstanceId, capacityProviderName }: ObservedInstance): string | undefined =>
    byInstance.get(ec2InstanceId ?? '') ??
    byArn.get(providers[capacityProviderName ?? '']?.provider.group?.autoScalingGroupArn ?? '');
});

/**
 * A group that may launch `room` instances above what is wanted of it, which is `from`.
 *
 * An AZRebalance that is not suspended is no reason against it: it is on wherever nobody has turned
 * it off, and ends an instance only after it has launched another. What it ends counts as lost.
 */
export const surgeRoom = (
  rollout: Rollout,
  instance: ObservedInstance,
  { capacity }: Sight,
): { readonly groupName: string; readonly from: number; readonly room: number } | Hold => {
  const subject = instance.containerInstanceArn;
  const known = capacity.groups[groupNames(capacity)(instance) ?? ''];
  if (known === undefined) {
    return hold(subject, 'CapacityUnknown', 'its Auto Scaling group has not been observed');
  }
  const { name, desiredCapacity, maxSize } = known.group;
  const no = (reason: Hold['reason'], detail: string) =>
    hold(subject, reason, `${name}: ${detail}`);
  const why = whyLeaveAlone(known, instance, capacity) ?? whyRefused(rollout, known);
  if (why !== undefined) return no(...why);
  if (changesOf(rollout, name).length > 0) {
    return no('CapacityComing', 'its desired capacity is being changed already');
  }
  const from = rollout.groups[name]?.desired ?? desiredCapacity;
  if (from >= maxSize) {
    return no('AtMaximumSize', `${from} instances are wanted, its maximum is ${maxSize}`);
  }
  return { groupName: name, from, room: maxSize - from };
};

type Why = readonly [Hold['reason'], string];

/** Somebody else writes the desired capacity of it, or it would not do as it is asked. */
const whyLeaveAlone = (
  { group }: SeenGroup,
  instance: ObservedInstance,
  { providers }: SeenCapacity,
): Why | undefined => {
  const provider =
    Object.values(providers).find(
      (each) => each.provider.group?.autoScalingGroupArn === group.arn,
    ) ?? providers[instance.capacityProviderName ?? ''];
  if (provider?.provider.group?.managedScaling === true) {
    return ['ManagedScaling', `ECS scales it for ${provider.provider.name}`];
  }
  if (provider === undefined && instance.capacityProviderName !== undefined) {
    const detail = `whether ECS scales it for ${instance.capacityProviderName} is not known`;
    return ['CapacityUnknown', detail];
  }
  if (group.status !== undefined) return ['GroupChanging', `it is: ${group.status}`];
  if (group.instanceRefreshUnderway) {
    return ['GroupChanging', 'an instance refresh replaces its instances'];
  }
  if (group.weighted) return ['WeightedCapacity', 'one instance counts for more than one unit'];
  if (group.suspendedProcesses.includes('Launch')) {
    return ['LaunchSuspended', 'its process Launch is suspended'];
  }
  return undefined;
};

/** After a refusal it is asked again once it was described anew; after a conflict by a person. */
const whyRefused = (
  { groups, resumedAt = 0 as Instant }: Rollout,
  { group, observedAt }: SeenGroup,
): Why | undefined => {
  const refused = groups[group.name]?.refused;
  if (refused === undefined) return undefined;
  const curedAt: number = refused.reason === 'DesiredCapacityConflict' ? resumedAt : observedAt;
  return curedAt > refused.at ? undefined : [refused.reason, refused.detail];
};
