import type { ObservedService, ObservedTaskDefinition } from '../../events/fleet.ts';
import type { ContainerInstanceArn, WindowsBuild } from '../../events/ids.ts';
import type { PlacementExplanation } from '../../events/placement.ts';
import { defaultCompatibility } from '../windows/compatibility.ts';
import { explainPlacement } from './explain/explainPlacement.ts';
import { imageKnowledgeOf, type KnownFleet, placementInstancesOf } from './fleetKnowledge.ts';
import { taskPatternOf } from './fleetTask.ts';
import { createPlacementIndex, place } from './indexed/placementIndex.ts';
import type { PlacementInstance, PlacementRules, PlacementTask } from './placementProblem.ts';
import { ecsRules, requirementOf, runningTaskOf, withTask } from './requirement.ts';

export type SimulationRequest = {
  readonly definition: ObservedTaskDefinition;
  /** Its constraints and strategies count; without it the tasks stand alone. */
  readonly service?: ObservedService;
  readonly count: number;
  /** What its images are built on, where no task that was seen tells. */
  readonly imageBuild?: WindowsBuild;
  readonly osReserveMiB: number;
};

export type SimulatedPlacements =
  | {
      /** By instance, in the order of their first task. */
      readonly placed: ReadonlyMap<ContainerInstanceArn, number>;
      /** Why the first that goes nowhere does. */
      readonly firstUnplaced: PlacementExplanation | null;
      readonly unplaced: number;
    }
  | { readonly unreadable: string };

/** The golden ratio's part: spreads the draws of `random` evenly, and the same each time. */
const drawStep = 0.618_033_988_749_895;

/**
 * Where `count` more tasks would go, one after the other, each with those before it in place, by
 * the rules of ECS and those of Windows together. After the first that goes nowhere none is tried:
 * they are all alike.
 */
export const simulatePlacements = (
  fleet: KnownFleet,
  { definition, service, count, imageBuild, osReserveMiB }: SimulationRequest,
): SimulatedPlacements => {
  const rules: PlacementRules = {
    ...ecsRules,
    windows: { osReserveMiB, compatibility: defaultCompatibility },
  };
  const group = service === undefined ? definition.family : `service:${service.serviceName}`;
  const pattern = taskPatternOf(group, definition, service ?? {}, (name) => {
    const known = imageKnowledgeOf(fleet.images, lastContainer(fleet, definition, name));
    return { ...known, build: known.build ?? imageBuild ?? null };
  });
  if ('unreadable' in pattern) return { unreadable: pattern.unreadable };
  const taskAt = (number: number): PlacementTask => ({
    ...pattern,
    strategies: service === undefined ? [] : pattern.strategies,
    id: `simulated-${number}`,
    hostVolumeInstanceId: null,
    chance: (number * drawStep) % 1,
  });
  const instances = placementInstancesOf(fleet);
  const index = createPlacementIndex(instances, rules, { countsReasons: false });
  const placed = new Map<ContainerInstanceArn, number>();
  for (let number = 0; number < count; number += 1) {
    const decision = place(index, taskAt(number));
    if (decision.outcome === 'refused') {
      const task = taskAt(number);
      const filled = instances.map((each) => withTasks(each, task, placed, rules));
      const firstUnplaced = explainPlacement(filled, task, rules);
      return { placed, firstUnplaced, unplaced: count - number };
    }
    const arn = decision.instanceId as ContainerInstanceArn;
    placed.set(arn, (placed.get(arn) ?? 0) + 1);
  }
  return { placed, firstUnplaced: null, unplaced: 0 };
};

const withTasks = (
  instance: PlacementInstance,
  task: PlacementTask,
  placed: ReadonlyMap<string, number>,
  rules: PlacementRules,
): PlacementInstance => {
  const running = runningTaskOf(task, requirementOf(task, rules));
  let filled = instance;
  for (let number = 0; number < (placed.get(instance.id) ?? 0); number += 1) {
    filled = withTask(filled, { ...running, id: `${running.id} before ${number}` });
  }
  return filled;
};

/** Of the newest task of the definition: it tells what its images are. */
const lastContainer = (
  { view }: KnownFleet,
  { taskDefinitionArn }: ObservedTaskDefinition,
  name: string,
) =>
  [...view.tasks.values()]
    .filter((task) => task.taskDefinitionArn === taskDefinitionArn)
    .toSorted((a, b) => (b.createdAt ?? 0) - (a.createdAt ?? 0))
    .flatMap(({ containers }) => containers)
    .find((each) => each.name === name);
