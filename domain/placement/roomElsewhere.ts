import type { ObservedInstance, ObservedTask } from '../../events/fleet.ts';
import type { PlacementExplanation } from '../../events/placement.ts';
import { type FleetView, serviceOfTask, tasksOn } from '../fleet/fleetView.ts';
import { explainPlacement } from './explain/explainPlacement.ts';
import { whyNowhere } from './explain/whyNowhere.ts';
import { placementInstanceOf } from './fleetProblem.ts';
import { taskPatternOf } from './fleetTask.ts';
import { createPlacementIndex, type PlacementIndex, place } from './indexed/placementIndex.ts';
import { addRunning, instancesNow, placeOn, release, setStatus } from './indexed/running.ts';
import type { PlacementRules, PlacementTask } from './placementProblem.ts';
import { ecsRules } from './requirement.ts';

export type RoomQuestion = {
  readonly view: FleetView;
  /** The instance that is to be emptied. */
  readonly instance: ObservedInstance;
  readonly osReserveMiB: number;
  /** Instances whose drain was asked for, seen or not: nothing finds room on them. */
  readonly leaving?: ReadonlySet<string>;
};

export type NoRoom = {
  readonly reason: 'NoCapacity' | 'HostVolume' | 'PlacementUnreadable' | 'TaskNotDescribed';
  /** A sentence that names the first task that does not fit, and what comes nearest. */
  readonly detail: string;
  readonly placement: PlacementExplanation | null;
};

/**
 * Whether everything on `instance`, and everything still on instances that are being emptied, would
 * find room on the rest by the rules that ECS places by, with the memory that Windows needs kept
 * free. Largest first: in which order ECS moves them is not known. Tasks of a daemon go with their
 * instance, and standalone tasks are moved by nobody.
 */
export const whyNoRoomElsewhere = (question: RoomQuestion): NoRoom | undefined =>
  empty(question, () => undefined).noRoom;

/** Where ECS may be expected to place each task of `instance`; empty where one has no room. */
export const foreseePlacements = (question: RoomQuestion): readonly PlacementExplanation[] => {
  const found: PlacementExplanation[] = [];
  const { noRoom } = empty(question, (explain) => found.push(explain()));
  return noRoom === undefined ? found : [];
};

type Fleet = {
  readonly index: PlacementIndex;
  readonly rules: PlacementRules;
  /** Instances whose tasks have been placed elsewhere in the index. */
  readonly emptied: Set<string>;
  /** A task of theirs for which there was no room. */
  noRoom: NoRoom | undefined;
};

// A planner asks about one view for every instance in turn: the fleet is laid out once.
const known = new WeakMap<FleetView, Fleet>();

const empty = (
  { view, instance, osReserveMiB, leaving = new Set() }: RoomQuestion,
  witness: (explain: () => PlacementExplanation) => void,
): { readonly noRoom: NoRoom | undefined } => {
  const { containerInstanceArn } = instance;
  const others = [...view.instances.values()]
    .filter((each) => each.status === 'DRAINING' || leaving.has(each.containerInstanceArn))
    .map((each) => each.containerInstanceArn)
    .filter((each) => each !== containerInstanceArn);
  const fleet = fleetOf(view, osReserveMiB, others);
  for (const other of others) {
    if (fleet.noRoom !== undefined) break;
    if (fleet.emptied.has(other)) continue;
    fleet.emptied.add(other);
    fleet.noRoom = moveAll(fleet, view, other, () => undefined).noRoom;
  }
  if (fleet.noRoom !== undefined) return { noRoom: fleet.noRoom };
  const { noRoom, undo } = moveAll(fleet, view, containerInstanceArn, witness);
  undo();
  return { noRoom };
};

const fleetOf = (view: FleetView, osReserveMiB: number, leaving: readonly string[]): Fleet => {
  const found = known.get(view);
  const isStill =
    found?.rules.windows?.osReserveMiB === osReserveMiB &&
    [...found.emptied].every((each) => leaving.includes(each));
  if (found !== undefined && isStill) return found;
  // ECS knows nothing of builds; whether an image may run where it lands is asked elsewhere.
  const rules = { ...ecsRules, windows: { osReserveMiB, compatibility: null } };
  const instances = [...view.instances.values()].map((each) =>
    placementInstanceOf(view, each, { build: null, layers: null }),
  );
  const index = createPlacementIndex(instances, rules, { countsReasons: false });
  const fleet = { index, rules, emptied: new Set<string>(), noRoom: undefined };
  known.set(view, fleet);
  return fleet;
};

/** Takes all tasks off an instance and places them, until one finds no room. */
const moveAll = (
  { index, rules }: Fleet,
  view: FleetView,
  containerInstanceArn: string,
  witness: (explain: () => PlacementExplanation) => void,
): { readonly noRoom: NoRoom | undefined; readonly undo: () => void } => {
  const own = tasksToMove(view, containerInstanceArn);
  if (!Array.isArray(own)) return { noRoom: own, undo: () => undefined };
  const { columns } = index;
  const slot = columns.slotOf.get(containerInstanceArn) ?? -1;
  const statusBefore = columns.instances[slot]?.status ?? 'ACTIVE';
  const there = [...(columns.tasks[slot] ?? [])];
  // Tasks of instances emptied earlier that were to go here must go on.
  const passing = [...(columns.placed[slot] ?? [])];
  const moved: { readonly id: string; readonly on: string }[] = [];
  const undo = () => {
    for (const { id, on } of moved) release(index, on, id);
    for (const { id } of there) release(index, containerInstanceArn, id);
    for (const task of there) addRunning(index, containerInstanceArn, task);
    for (const task of passing) placeOn(index, containerInstanceArn, task);
    setStatus(index, containerInstanceArn, statusBefore);
  };
  setStatus(index, containerInstanceArn, 'DRAINING');
  const tasks = [...own, ...passing].toSorted(largestFirst);
  for (const { id } of tasks) release(index, containerInstanceArn, id);
  for (const task of tasks) {
    const explain = () => explainPlacement(instancesNow(index), task, rules);
    if (own.includes(task)) witness(explain);
    const decision = place(index, task);
    if (decision.outcome === 'refused') return { noRoom: noRoomFor(explain(), task), undo };
    moved.push({ id: task.id, on: decision.instanceId });
  }
  return { noRoom: undefined, undo };
};

const noRoomFor = (placement: PlacementExplanation, task: PlacementTask): NoRoom => ({
  reason: task.hostVolumeInstanceId === null ? 'NoCapacity' : 'HostVolume',
  detail: whyNowhere(placement),
  placement,
});

const tasksToMove = (view: FleetView, containerInstanceArn: string): PlacementTask[] | NoRoom => {
  const tasks: PlacementTask[] = [];
  for (const task of tasksOn(view, containerInstanceArn)) {
    if (!isReplaced(view, task)) continue;
    const found = placementTaskOf(view, task, containerInstanceArn);
    if ('reason' in found) return found;
    tasks.push(found);
  }
  return tasks;
};

const isReplaced = (view: FleetView, task: ObservedTask): boolean =>
  task.group.startsWith('service:') &&
  task.desiredStatus !== 'STOPPED' &&
  serviceOfTask(view, task)?.schedulingStrategy !== 'DAEMON';

// The same pattern for the same definition and service: the engine knows its parts by identity.
const patterns = new WeakMap<object, Map<object, ReturnType<typeof taskPatternOf>>>();
const nothingAsked = {};

/**
 * A task of a service as ECS would place its replacement. Of builds and layers it knows nothing,
 * for ECS does not either.
 */
export const placementTaskOf = (
  view: FleetView,
  task: ObservedTask,
  containerInstanceArn: string,
): PlacementTask | NoRoom => {
  const definition = view.taskDefinitions.get(task.taskDefinitionArn);
  if (definition === undefined) {
    const detail = `${task.taskDefinitionArn} has not been described yet`;
    return { reason: 'TaskNotDescribed', detail, placement: null };
  }
  const service = serviceOfTask(view, task) ?? nothingAsked;
  const byService = patterns.get(definition) ?? new Map();
  patterns.set(definition, byService);
  const pattern =
    byService.get(service) ?? taskPatternOf(task.group, definition, service, nothingKnown);
  byService.set(service, pattern);
  if ('unreadable' in pattern) {
    return { reason: 'PlacementUnreadable', detail: pattern.unreadable, placement: null };
  }
  const hostVolumeInstanceId = definition.hostPaths.length > 0 ? containerInstanceArn : null;
  return { ...pattern, id: task.taskArn, hostVolumeInstanceId, chance: 0 };
};

const nothingKnown = () => ({ build: null, layers: null });

const memoryOf = ({ containers }: PlacementTask): number =>
  containers.reduce((sum, { memoryMiB }) => sum + (memoryMiB ?? 0), 0);
const cpuOf = ({ containers }: PlacementTask): number =>
  containers.reduce((sum, { cpu }) => sum + cpu, 0);

export const largestFirst = (a: PlacementTask, b: PlacementTask): number =>
  memoryOf(b) - memoryOf(a) || cpuOf(b) - cpuOf(a) || (a.id < b.id ? -1 : 1);
