import { byId, type PackingTask } from '../placement/packing/packing.ts';
import type { RemainingResources } from '../placement/placementProblem.ts';
import { instancesFor, largestOf, requirementKey, smallestOf } from './instanceTypes.ts';

// CapacityProviderReservation as ECS computes it (ECS Developer Guide, "managed-scaling-behavior";
// AWS blog, "Deep Dive on Amazon ECS Cluster Auto Scaling"; docs/capacity.md).

/** ECS Developer Guide, API ManagedScaling: what holds where nothing is set. */
export const managedScalingDefaults = {
  targetCapacityPercent: 100,
  minimumScalingStepSize: 1,
  maximumScalingStepSize: 10_000,
  instanceWarmupMs: 300_000,
} as const;

export type ReservationQuestion = {
  /** Registered instances of the capacity provider; empty: nothing but tasks of daemons there. */
  readonly instances: readonly { readonly id: string; readonly isEmpty: boolean }[];
  /** PROVISIONING tasks of it. */
  readonly provisioning: readonly PackingTask[];
  /**
   * What an empty instance of each type offers, by what ECS knows: nothing is taken off for
   * Windows. `null`: never seen, so not known.
   */
  readonly instanceTypes: readonly { readonly id: string; readonly capacity: Capacity | null }[];
  readonly minimumScalingStepSize: number;
  readonly maximumScalingStepSize: number;
};
type Capacity = RemainingResources;

/** PROVISIONING tasks with the same requirements. */
export type TaskGroup = {
  readonly taskIds: readonly string[];
  readonly groups: readonly string[];
} & (
  | { readonly fits: true; readonly instances: number }
  /** They do not fit the smallest type: ECS leaves them out, and they stay PROVISIONING. */
  | { readonly fits: false }
);

export type Reservation = {
  /** N. */
  readonly running: number;
  readonly empty: number;
  readonly taskGroups: readonly TaskGroup[];
} & (
  | {
      readonly isKnown: true;
      /** M. */
      readonly needed: number;
      readonly percent: number;
      /** No task that waits fits the smallest type: ECS scales neither out nor in. */
      readonly isStuck: boolean;
    }
  /** Tasks wait, and what the group would launch for them has never been seen. */
  | { readonly isKnown: false; readonly unknownTypes: readonly string[] }
);

export const capacityProviderReservation = (question: ReservationQuestion): Reservation => {
  const { instances, provisioning, instanceTypes } = question;
  const running = instances.length;
  const empty = instances.filter(({ isEmpty }) => isEmpty).length;
  if (provisioning.length === 0) {
    return { running, empty, taskGroups: [], ...scaleInOf(running, empty) };
  }
  const capacities = instanceTypes.flatMap(({ capacity }) => (capacity === null ? [] : [capacity]));
  if (capacities.length === 0 || capacities.length < instanceTypes.length) {
    const unknownTypes = instanceTypes.flatMap(({ id, capacity }) => (capacity ? [] : [id]));
    return { running, empty, taskGroups: [], isKnown: false, unknownTypes };
  }
  const taskGroups = taskGroupsOf(provisioning, capacities);
  const wanted = taskGroups.flatMap((group) => (group.fits ? [group.instances] : []));
  if (wanted.length === 0) {
    const stuck = { needed: running, percent: 100, isStuck: true };
    return { running, empty, taskGroups, isKnown: true, ...stuck };
  }
  // A lower bound, as the blog says: the group that needs most, and not the sum of all.
  const step = Math.max(
    question.minimumScalingStepSize,
    Math.min(Math.max(...wanted), question.maximumScalingStepSize),
  );
  const needed = running + step;
  // From nothing it is always told so, whatever waits.
  const percent = running === 0 ? 200 : (needed / running) * 100;
  return { running, empty, taskGroups, isKnown: true, needed, percent, isStuck: false };
};

const scaleInOf = (running: number, empty: number) => {
  const needed = running - empty;
  const percent = running === 0 ? 100 : (needed / running) * 100;
  return { isKnown: true as const, needed, percent, isStuck: false };
};

const taskGroupsOf = (
  tasks: readonly PackingTask[],
  capacities: readonly Capacity[],
): readonly TaskGroup[] => {
  const smallest = smallestOf(capacities);
  const largest = largestOf(capacities);
  const alike = Map.groupBy(tasks.toSorted(byId), requirementKey);
  return [...alike.values()].map((same): TaskGroup => {
    const taskIds = same.map(({ id }) => id);
    const groups = [...new Set(same.map(({ group }) => group))].toSorted();
    const fitsSmallest = instancesFor(same.slice(0, 1), smallest) !== undefined;
    const instances = fitsSmallest ? instancesFor(same, largest) : undefined;
    return instances === undefined
      ? { taskIds, groups, fits: false }
      : { taskIds, groups, fits: true, instances };
  });
};
