import type { Held, HeldReason } from '../../events/rollout.ts';
import { explainPlacement } from '../placement/explain/explainPlacement.ts';
import { whyNowhere } from '../placement/explain/whyNowhere.ts';
import { createPlacementIndex, decidePlacement } from '../placement/indexed/placementIndex.ts';
import type { PackingTask } from '../placement/packing/packing.ts';
import { packTasks } from '../placement/packing/packTasks.ts';
import type { PlacementInstance, PlacementTask } from '../placement/placementProblem.ts';
import { keptTcpPorts } from '../placement/requirement.ts';
import { held } from './capacityQuestion.ts';
import { type Ground, type Homeless, launch, placeHomeless } from './ground.ts';
import type { ScalableGroup } from './scalableGroups.ts';
import { packingTaskOf } from './waitingTasks.ts';

/**
 * Launches what these tasks need, as few as packing finds, by groups whose instances may take them;
 * `mayLaunch` says how many more of each, and `mostLeft` of all together. Tasks that get no room
 * are held, those of one service together.
 */
export const launchFor = (
  homeless: readonly Homeless[],
  groups: readonly ScalableGroup[],
  ground: Ground,
  mayLaunch: (group: ScalableGroup) => { readonly count: number; readonly reason: HeldReason },
  mostLeft: () => number = () => Number.POSITIVE_INFINITY,
): readonly Held[] => {
  const { fitting, held: unfit } = sortedByGroups(homeless, groups, ground);
  const holds = [...unfit];
  for (const { groups: open, tasks: all } of fitting) {
    const tasks = left(all, ground);
    const offered = shared(
      open.map((group) => ({ group, ...mayLaunch(group) })),
      mostLeft(),
    );
    const types = offered.flatMap(({ group, count }) => offeredType(group, count, ground));
    const packing = tasks.flatMap(({ placement }) => packingTaskOf(placement, ground.rules) ?? []);
    const plan = packTasks({ tasks: packing, instances: [], instanceTypes: types });
    const byId = new Map(tasks.map((task) => [task.placement.id, task]));
    for (const { typeId, taskIds } of plan.launched) {
      launch(
        ground,
        typeId,
        taskIds.flatMap((id) => byId.get(id) ?? []),
      );
    }
    const unplaced = plan.unplaced.flatMap(({ taskId }) => byId.get(taskId)?.placement ?? []);
    holds.push(...byGroup(unplaced, offered.at(-1)?.reason ?? 'NoCapacity', whyNoMore(offered)));
  }
  return holds;
};

type Offer = {
  readonly group: ScalableGroup;
  readonly count: number;
  readonly reason: HeldReason;
};

/** Tasks that several groups may take must not be offered the whole of it by each. */
const shared = (offers: readonly Offer[], most: number): readonly Offer[] => {
  let left = most;
  return offers.map((offer) => {
    const count = Math.min(offer.count, left);
    left -= count;
    return count < offer.count ? { ...offer, count, reason: 'StepLimit' } : offer;
  });
};

/** What was launched for tasks with less choice may have room left. */
const left = (tasks: readonly Homeless[], ground: Ground): readonly Homeless[] =>
  [...ground.launched.values()].every((ids) => ids.length === 0)
    ? tasks
    : placeHomeless(ground, tasks);

const whyNoMore = (
  offered: readonly { readonly group: ScalableGroup; readonly count: number }[],
) => {
  const each = offered.map(({ group }) => {
    const { maxSize } = group.group.group;
    const launched = `${group.desired} instances wanted, ${maxSize} at most`;
    return `${group.name} (${launched})`;
  });
  return `no more instances may be launched now in ${each.join(', ')}`;
};

const offeredType = (group: ScalableGroup, countMax: number, { rules }: Ground) => {
  const { template, name } = group;
  if (template === null || countMax <= 0) return [];
  const reserve = rules.windows?.osReserveMiB ?? 0;
  const { remaining } = template;
  const tcpPorts = [...new Set([...remaining.tcpPorts, ...keptTcpPorts(template, rules)])];
  const memoryMiB = Math.max(0, remaining.memoryMiB - reserve);
  return [{ id: name, capacity: { ...remaining, memoryMiB, tcpPorts }, countMax, cost: null }];
};

type Fitting = { readonly groups: readonly ScalableGroup[]; readonly tasks: readonly Homeless[] };

/** By the groups that may take them, fewest groups first: those have the least choice. */
const sortedByGroups = (
  homeless: readonly Homeless[],
  groups: readonly ScalableGroup[],
  ground: Ground,
): { readonly fitting: readonly Fitting[]; readonly held: readonly Held[] } => {
  const sized = groups.filter(({ template }) => template !== null);
  const alone = new Map(
    sized.map(({ name, template }) => [
      name,
      createPlacementIndex([template as PlacementInstance], ground.rules, { countsReasons: false }),
    ]),
  );
  const fits = (group: ScalableGroup, { placement, capacityProviderName }: Homeless): boolean => {
    if (capacityProviderName !== null && group.capacityProviderName !== capacityProviderName) {
      return false;
    }
    const index = alone.get(group.name);
    return index !== undefined && decidePlacement(index, placement).outcome === 'placed';
  };
  const open = homeless.map((task) => ({ task, groups: sized.filter((each) => fits(each, task)) }));
  const nowhere = open.filter((each) => each.groups.length === 0).map(({ task }) => task.placement);
  const fitting = [
    ...Map.groupBy(
      open.filter((each) => each.groups.length > 0),
      (each) => each.groups.map(({ name }) => name).join('\n'),
    ).values(),
  ]
    .map((same) => ({ groups: same[0]?.groups ?? [], tasks: same.map(({ task }) => task) }))
    .toSorted((a, b) => a.groups.length - b.groups.length);
  return { fitting, held: whyNone(nowhere, groups, ground) };
};

const whyNone = (
  tasks: readonly PlacementTask[],
  groups: readonly ScalableGroup[],
  { rules }: Ground,
): readonly Held[] => {
  const [first] = tasks;
  if (first === undefined) return [];
  const unsized = groups.filter(({ template }) => template === null);
  if (unsized.length > 0 || groups.length === 0) {
    const names = unsized.map(({ name }) => name).join(', ');
    const detail =
      groups.length === 0
        ? "there is no Auto Scaling group that is Tuesday's to scale"
        : `what ${names} would launch has never been seen in full`;
    return byGroup(tasks, 'CapacityUnknown', detail);
  }
  const templates = groups.flatMap(({ template }) => template ?? []);
  return [...Map.groupBy(tasks, ({ group }) => group)].flatMap(([, same]) => {
    const [sample] = same;
    if (sample === undefined) return [];
    const why = whyNowhere(explainPlacement(templates, sample, rules));
    return byGroup(same, 'FitsNoInstanceType', `on a new instance: ${why}`);
  });
};

/** One line for all tasks of a group. */
export const byGroup = (
  tasks: readonly (PlacementTask | PackingTask)[],
  reason: HeldReason,
  detail: string,
): readonly Held[] =>
  [...Map.groupBy(tasks, ({ group }) => group)].map(([group, same]) =>
    held(group, reason, `${same.length} of its tasks have no room: ${detail}`),
  );
