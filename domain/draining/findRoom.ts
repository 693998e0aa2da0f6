import type { ObservedTask } from '../../events/fleet.ts';
import type { ContainerInstanceArn } from '../../events/ids.ts';
import type { NearMiss, PlacementExplanation } from '../../events/placement.ts';
import { explainPlacement } from '../placement/explain/explainPlacement.ts';
import { whyNowhere } from '../placement/explain/whyNowhere.ts';
import { imageKnowledgeOf, type KnownFleet } from '../placement/fleetKnowledge.ts';
import { placementInstanceOf } from '../placement/fleetProblem.ts';
import {
  createPlacementIndex,
  type PlacementIndex,
  place,
} from '../placement/indexed/placementIndex.ts';
import { instancesNow, release, setStatus } from '../placement/indexed/running.ts';
import type {
  PlacementInstance,
  PlacementRules,
  PlacementTask,
} from '../placement/placementProblem.ts';
import { ecsRules } from '../placement/requirement.ts';
import { largestFirst } from '../placement/roomElsewhere.ts';
import { mayRun } from '../windows/compatibility.ts';
import { instanceBuild } from '../windows/instanceBuild.ts';
import type { DrainQuestion } from './drainQuestion.ts';

/** A replacement that is to be placed. */
export type RoomWanted = {
  readonly task: ObservedTask;
  readonly placement: PlacementTask;
  /** Without it the bounds of its service keep something on an instance. */
  readonly isNeeded: boolean;
};

export type Room =
  | { readonly found: 'room'; readonly to: ContainerInstanceArn }
  | { readonly found: 'noRoom'; readonly detail: string; readonly nearest?: NearMiss }
  /** ECS would place it where its image may not run: it knows nothing of builds. */
  | { readonly found: 'incompatible'; readonly detail: string };

/** Each asks every instance every rule, and a person reads the first few. */
export const explainedMost = 50;

/**
 * Where ECS may be expected to place each replacement when everything on `leaving` goes, by the
 * rules that it places by and with the memory kept free that Windows needs. In which order it
 * places them is not known: those come first without which a service could not leave at all, then
 * the largest. By task ARN.
 */
export const findRoom = (
  { fleet, osReserveMiB }: Pick<DrainQuestion, 'fleet' | 'osReserveMiB'>,
  leaving: ReadonlySet<string>,
  wanted: readonly RoomWanted[],
): ReadonlyMap<string, Room> => {
  const rules: PlacementRules = { ...ecsRules, windows: { osReserveMiB, compatibility: null } };
  const instances = [...fleet.view.instances.values()].map((each) =>
    placementInstanceOf(fleet.view, each, { build: null, layers: null }),
  );
  const index = createPlacementIndex(instances, rules, { countsReasons: false });
  for (const each of leaving) setStatus(index, each, 'DRAINING');
  for (const { task } of wanted) {
    if (task.containerInstanceArn) release(index, task.containerInstanceArn, task.taskArn);
  }
  const nowhere = new Map<string, PlacementExplanation>();
  const rooms = new Map<string, Room>();
  const ground: Ground = { index, rules, fleet, nowhere, asItStands: undefined };
  for (const each of wanted.toSorted(neededFirst)) {
    rooms.set(each.task.taskArn, roomFor(each, ground));
  }
  return rooms;
};

type Ground = {
  readonly index: PlacementIndex;
  readonly rules: PlacementRules;
  readonly fleet: KnownFleet;
  /** By group and definition: every instance is asked once for all tasks of one kind. */
  readonly nowhere: Map<string, PlacementExplanation>;
  /** The instances after what has been placed; `undefined` once that is no longer so. */
  asItStands: readonly PlacementInstance[] | undefined;
};

const roomFor = ({ task, placement }: RoomWanted, ground: Ground): Room => {
  const { index, rules, fleet, nowhere } = ground;
  const decision = place(index, placement);
  if (decision.outcome === 'refused') {
    const kind = `${task.group} ${task.taskDefinitionArn}`;
    if (!nowhere.has(kind) && nowhere.size >= explainedMost) {
      const detail = `${placement.id} fits nowhere; \`tuesday explain\` tells what comes nearest`;
      return { found: 'noRoom', detail };
    }
    ground.asItStands ??= instancesNow(index);
    const why = nowhere.get(kind) ?? explainPlacement(ground.asItStands, placement, rules);
    nowhere.set(kind, why);
    const [nearest] = why.nearMisses;
    const detail = whyNowhere({ ...why, taskId: placement.id });
    return { found: 'noRoom', detail, ...(nearest !== undefined && { nearest }) };
  }
  ground.asItStands = undefined;
  const to = decision.instanceId as ContainerInstanceArn;
  const detail = whyNotCompatible(task, to, fleet);
  if (detail === undefined) return { found: 'room', to };
  release(index, to, placement.id);
  return { found: 'incompatible', detail };
};

/** A build that is not known is held against nobody: ECS itself matches the family. */
const whyNotCompatible = (
  task: ObservedTask,
  to: ContainerInstanceArn,
  { view, images, amis, channels }: KnownFleet,
): string | undefined => {
  const instance = view.instances.get(to);
  const on = instance && instanceBuild(instance, amis, channels);
  if (on?.status !== 'known') return undefined;
  for (const container of task.containers) {
    const { build } = imageKnowledgeOf(images, container);
    const verdict = build === null ? undefined : mayRun(build, on.build);
    if (verdict?.allowed === false) {
      return `ECS would place it on ${to}, where ${container.name} may not run: ${verdict.detail}`;
    }
  }
  return undefined;
};

const neededFirst = (a: RoomWanted, b: RoomWanted): number =>
  Number(b.isNeeded) - Number(a.isNeeded) || largestFirst(a.placement, b.placement);
