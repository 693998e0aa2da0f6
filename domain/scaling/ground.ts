import { assert } from '../assert.ts';
import type { FleetView } from '../fleet/fleetView.ts';
import { once } from '../once.ts';
import { placementInstanceOf } from '../placement/fleetProblem.ts';
import {
  createPlacementIndex,
  type PlacementIndex,
  place,
} from '../placement/indexed/placementIndex.ts';
import { placeOn, release, setStatus } from '../placement/indexed/running.ts';
import type { PlacementRules, PlacementTask } from '../placement/placementProblem.ts';
import { ecsRules } from '../placement/requirement.ts';
import { largestFirst } from '../placement/roomElsewhere.ts';
import type { CapacityQuestion } from './capacityQuestion.ts';
import { instanceGroups } from './instanceGroups.ts';
import type { ScalableGroup } from './scalableGroups.ts';

/** A task that looks for room. */
export type Homeless = {
  readonly placement: PlacementTask;
  /** It runs on instances of this capacity provider alone; `null`: on any. */
  readonly capacityProviderName: string | null;
};

/**
 * The fleet as the placement engine knows it, with the instances that are on their way, and room
 * for those that could be launched.
 */
export type Ground = {
  readonly index: PlacementIndex;
  readonly rules: PlacementRules;
  /** Ids of instances of a capacity provider, those on their way included. */
  readonly ofProvider: ReadonlyMap<string, ReadonlySet<string>>;
  /** Ids of instances that were launched in this plan, and those left to launch, by group. */
  readonly launched: Map<string, string[]>;
  readonly spares: Map<string, string[]>;
  /** Where a task went, by its id. */
  readonly placed: Map<string, { readonly task: Homeless; readonly on: string }>;
  readonly takenOut: Set<string>;
};

const comingPrefix = 'coming ';
export const isComing = (id: string): boolean => id.startsWith(comingPrefix);

/** Every candidate of a scale-in is tried on a ground of its own. */
const asPlaced = once((view: FleetView) =>
  [...view.instances.values()].map((each) =>
    placementInstanceOf(view, each, { build: null, layers: null }),
  ),
);

export const groundOf = (
  { fleet, capacity, osReserveMiB, policy }: CapacityQuestion,
  groups: readonly ScalableGroup[],
): Ground => {
  // ECS knows nothing of builds; the constraints that Tuesday writes on services are asked.
  const rules = { ...ecsRules, windows: { osReserveMiB, compatibility: null } };
  const there = asPlaced(fleet.view);
  const copies = (group: ScalableGroup, count: number, prefix: string, status: string) =>
    group.template === null
      ? []
      : Array.from({ length: count }, (_, index) => ({
          ...(group.template as NonNullable<typeof group.template>),
          id: `${prefix}${group.name} ${index + 1}`,
          status,
        }));
  const coming = groups.map((group) => copies(group, group.coming, comingPrefix, 'ACTIVE'));
  const spare = groups.map((group) => copies(group, policy.launchesMost, 'spare ', 'NONE'));
  const all = [...there, ...coming.flat(), ...spare.flat()];
  const virtual = new Map(
    groups.map(({ name }, at) => [name, [...(coming[at] ?? []), ...(spare[at] ?? [])]] as const),
  );
  const ofProvider = new Map(
    instanceGroups(fleet.view, capacity).flatMap(
      ({ capacityProviderName: name, instances, group }) => {
        if (name === null) return [];
        const ids = instances.map(({ containerInstanceArn }): string => containerInstanceArn);
        const more = virtual.get(group?.group.name ?? '')?.map(({ id }) => id) ?? [];
        return [[name, new Set([...ids, ...more])] as const];
      },
    ),
  );
  return {
    index: createPlacementIndex(all, rules, { countsReasons: false }),
    rules,
    ofProvider,
    launched: new Map(groups.map(({ name }) => [name, []])),
    spares: new Map(
      groups.map(({ name }, at) => [name, (spare[at] ?? []).map(({ id }) => id)] as const),
    ),
    placed: new Map(),
    takenOut: new Set(),
  };
};

/**
 * Places what goes, and answers with what does not. Those bound to a capacity provider first: they
 * have the least choice. Then the largest.
 */
export const placeHomeless = (ground: Ground, tasks: readonly Homeless[]): readonly Homeless[] => {
  const byProvider = Map.groupBy(tasks, ({ capacityProviderName }) => capacityProviderName);
  const names = [...byProvider.keys()].toSorted((a, b) =>
    a === null ? 1 : b === null ? -1 : a < b ? -1 : 1,
  );
  return names.flatMap((name) => {
    const own = (byProvider.get(name) ?? []).toSorted((a, b) =>
      largestFirst(a.placement, b.placement),
    );
    return name === null ? placeAll(ground, own) : placeWithin(ground, name, own);
  });
};

const placeAll = (ground: Ground, tasks: readonly Homeless[]): readonly Homeless[] =>
  tasks.filter((task) => {
    const { placement } = task;
    const decision = place(ground.index, placement);
    if (decision.outcome === 'refused') return true;
    ground.placed.set(placement.id, { task, on: decision.instanceId });
    return false;
  });

const placeWithin = (
  ground: Ground,
  provider: string,
  tasks: readonly Homeless[],
): readonly Homeless[] => {
  const own = ground.ofProvider.get(provider) ?? new Set();
  const { instances } = ground.index.columns;
  const others = instances.filter(({ id, status }) => status === 'ACTIVE' && !own.has(id));
  for (const { id } of others) setStatus(ground.index, id, 'NONE');
  const refused = placeAll(ground, tasks);
  for (const { id } of others) setStatus(ground.index, id, 'ACTIVE');
  return refused;
};

/** Launches one more of a group, with these tasks on it. */
export const launch = (ground: Ground, groupName: string, tasks: readonly Homeless[]): void => {
  const id = ground.spares.get(groupName)?.shift();
  assert(id !== undefined, 'no more is launched than one look may');
  ground.launched.get(groupName)?.push(id);
  setStatus(ground.index, id, 'ACTIVE');
  for (const task of tasks) {
    placeOn(ground.index, id, task.placement);
    ground.placed.set(task.placement.id, { task, on: id });
  }
};

/**
 * Takes these tasks off an instance, on which nothing finds room from then on; answers with those
 * that had been placed there meanwhile and must go on. Taken out before: none.
 */
export const takeOut = (
  ground: Ground,
  containerInstanceArn: string,
  tasks: readonly Homeless[],
): readonly Homeless[] => {
  if (ground.takenOut.has(containerInstanceArn)) return [];
  ground.takenOut.add(containerInstanceArn);
  setStatus(ground.index, containerInstanceArn, 'DRAINING');
  const passing = [...ground.placed.values()].filter(({ on }) => on === containerInstanceArn);
  const all = [...tasks, ...passing.map(({ task }) => task)];
  for (const { placement } of all) release(ground.index, containerInstanceArn, placement.id);
  return all;
};
