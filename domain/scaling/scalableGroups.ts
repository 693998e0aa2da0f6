import type { Held } from '../../events/rollout.ts';
import { placementInstanceOf } from '../placement/fleetProblem.ts';
import type { PlacementInstance, RemainingResources } from '../placement/placementProblem.ts';
import { type CapacityQuestion, held } from './capacityQuestion.ts';
import type { KnownGroup } from './clusterCapacity.ts';
import { capacitiesSeen, type InstanceGroup, instanceGroups, typesOf } from './instanceGroups.ts';
import { smallestOf } from './instanceTypes.ts';
import { desiredOf, whyNotOurs } from './restraint.ts';

/** A group that Tuesday may scale. */
export type ScalableGroup = InstanceGroup & {
  readonly name: string;
  readonly group: KnownGroup;
  /** What is wanted of it already. */
  readonly desired: number;
  /** Asked for, and not registered with the cluster yet. */
  readonly coming: number;
  /**
   * An empty instance as the group would launch it: the least that any of its types offers, with
   * the attributes of the newest that registered. `null`: no such instance was ever seen.
   */
  readonly template: PlacementInstance | null;
};

/** The groups that are Tuesday's to scale, and why each of the others is not. */
export const scalableGroups = (
  question: CapacityQuestion,
): { readonly groups: readonly ScalableGroup[]; readonly holds: readonly Held[] } => {
  const { fleet, capacity } = question;
  const groups: ScalableGroup[] = [];
  const holds: Held[] = [];
  for (const each of instanceGroups(fleet.view, capacity)) {
    const { group } = each;
    if (group === null) {
      holds.push(...whyUnknown(each));
      continue;
    }
    const why = whyNotOurs({ ...each, group }, question);
    if (why !== undefined) holds.push(why);
    else groups.push(scalableOf({ ...each, group }, question));
  }
  return { groups, holds };
};

const whyUnknown = (each: InstanceGroup): readonly Held[] => {
  const { capacityProviderName, provider, instances } = each;
  if (capacityProviderName === null) {
    const detail = 'it is in no Auto Scaling group that is known';
    return instances.map((instance) =>
      held(instance.containerInstanceArn, 'CapacityUnknown', detail),
    );
  }
  // It has no group: AWS keeps its capacity itself.
  if (provider !== null && provider.provider.group === undefined) return [];
  const detail = 'its Auto Scaling group has not been observed';
  return [held(capacityProviderName, 'CapacityUnknown', detail)];
};

const scalableOf = (
  each: InstanceGroup & { readonly group: KnownGroup },
  question: CapacityQuestion,
): ScalableGroup => {
  const { group, instances } = each;
  const desired = desiredOf(group, question);
  const inService = new Set<string>(group.group.inService);
  const there = instances.filter(
    ({ ec2InstanceId, registeredAt }) =>
      inService.has(ec2InstanceId ?? '') ||
      // It came after the group was described, so it is one of those that were on their way.
      (registeredAt !== undefined && registeredAt > group.observedAt),
  );
  const coming = Math.max(0, desired - there.length);
  return { ...each, name: group.group.name, desired, coming, template: templateOf(each, question) };
};

const templateOf = (each: InstanceGroup, { fleet }: CapacityQuestion): PlacementInstance | null => {
  const seen = capacitiesSeen(fleet.view);
  const types = typesOf(each);
  const capacities = types.flatMap((type) => seen.get(type) ?? []);
  const sample = each.instances.toSorted(
    (a, b) =>
      (b.registeredAt ?? 0) - (a.registeredAt ?? 0) ||
      (a.containerInstanceArn < b.containerInstanceArn ? -1 : 1),
  )[0];
  if (sample === undefined || capacities.length === 0 || capacities.length < types.length) {
    return null;
  }
  const instance = placementInstanceOf(fleet.view, sample, { build: null, layers: null });
  return {
    ...instance,
    ec2InstanceId: null,
    status: 'ACTIVE',
    agentConnected: true,
    remaining: known(smallestOf(capacities), capacities),
    tasks: [],
  };
};

/** Interfaces are not known where one type is in no list: then no task may count on one. */
const known = (
  smallest: RemainingResources,
  capacities: readonly RemainingResources[],
): RemainingResources =>
  capacities.some(({ networkInterfaces }) => networkInterfaces === null)
    ? { ...smallest, networkInterfaces: null }
    : smallest;
