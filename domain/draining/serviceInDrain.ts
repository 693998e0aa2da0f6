import type { ObservedService, ObservedTask } from '../../events/fleet.ts';
import { type FleetView, tasksOfService } from '../fleet/fleetView.ts';
import type { PlacementTask } from '../placement/placementProblem.ts';
import { deploymentBounds, isDeadlocked } from '../service/deploymentBounds.ts';
import { countsAsHealthy, runningTasks, whyBelowMinimum } from '../service/runningTasks.ts';
import type { DrainReason } from './drainPlan.ts';
import type { DrainQuestion } from './drainQuestion.ts';
import type { Room } from './findRoom.ts';
import { type Waves, wavesOf } from './waves.ts';

export type Leaving = { readonly task: ObservedTask; readonly placement: PlacementTask };
export type Why = { readonly reason: DrainReason; readonly detail: string };

/** A service, its tasks that are to leave, and those that must not. */
export type ServiceMoves = {
  readonly service: ObservedService;
  readonly leaving: readonly Leaving[];
  readonly kept: ReadonlyMap<string, Why>;
  /** How many of `leaving` the service has beyond its desired count. */
  readonly surplus: number;
  /** Replacements without which its bounds keep something on an instance. */
  readonly needed: number;
};

const healthyIn =
  (view: FleetView) =>
  ({ task }: Leaving): boolean =>
    countsAsHealthy(view, task);

/** What the service itself says against its tasks leaving, whatever room there is elsewhere. */
export const serviceMoves = (
  view: FleetView,
  service: ObservedService,
  all: readonly Leaving[],
  question: Pick<DrainQuestion, 'lastHealthyTask' | 'instances'>,
): ServiceMoves => {
  const running = runningTasks(view, service);
  const kept = new Map<string, Why>();
  const below = whyBelowMinimum(view, service);
  const isHealthy = healthyIn(view);
  const healthy = all.filter(isHealthy);
  const last = lastHealthy(service, healthy, running, question);
  for (const each of healthy) {
    if (below !== undefined) {
      kept.set(each.task.taskArn, { reason: 'ServiceBelowMinimum', detail: below });
    } else if (each === last) {
      kept.set(each.task.taskArn, { reason: 'LastHealthyTask', detail: lastText(service) });
    }
  }
  const leaving = all.filter(({ task }) => !kept.has(task.taskArn));
  const existing = wanted(view, service).length;
  const surplus = Math.max(0, Math.min(leaving.length, existing - service.desiredCount));
  const staying = running - leaving.filter(isHealthy).length;
  const needed = Math.max(0, deploymentBounds(service).lower - staying);
  return { service, leaving, kept, surplus, needed };
};

/** The one that must stay for the service to have a healthy task; the bounds do not see to it. */
const lastHealthy = (
  service: ObservedService,
  going: readonly Leaving[],
  running: number,
  { lastHealthyTask, instances }: Pick<DrainQuestion, 'lastHealthyTask' | 'instances'>,
): Leaving | undefined => {
  const isAtStake = service.desiredCount > 0 && going.length > 0 && going.length >= running;
  const isBound = deploymentBounds(service).lower > 0;
  if (lastHealthyTask === 'stop' || isBound || !isAtStake) return undefined;
  const asked: ReadonlySet<string | undefined> = new Set(instances);
  return going.findLast(({ task }) => asked.has(task.containerInstanceArn));
};

const lastText = ({ serviceName, minimumHealthyPercent, desiredCount }: ObservedService): string =>
  `minimum ${minimumHealthyPercent}% of ${desiredCount} lets ECS stop the last healthy task of ` +
  `${serviceName} before another runs: raise the minimum, or allow it`;

const wanted = (view: FleetView, { serviceName }: ObservedService): readonly ObservedTask[] =>
  tasksOfService(view, serviceName).filter(({ desiredStatus }) => desiredStatus === 'RUNNING');

export type ServiceDrain = ServiceMoves & {
  readonly waves: Waves;
  readonly running: number;
  /** Of each task that no order gets away. */
  readonly left: ReadonlyMap<string, Why>;
};

/** The order in which ECS may move what has room, and what no order moves. */
export const drainService = (
  view: FleetView,
  moves: ServiceMoves,
  rooms: ReadonlyMap<string, Room>,
): ServiceDrain => {
  const { service, surplus } = moves;
  const kept = new Map(moves.kept);
  for (const { task } of moves.leaving) {
    const room = rooms.get(task.taskArn);
    if (room?.found !== 'incompatible') continue;
    kept.set(task.taskArn, { reason: 'IncompatibleBuild', detail: room.detail });
  }
  const leaving = moves.leaving.filter(({ task }) => !kept.has(task.taskArn));
  const arns = new Set(leaving.map(({ task }) => task.taskArn));
  const running = runningTasks(view, service);
  const starting = wanted(view, service).filter(
    ({ taskArn, lastStatus, containerInstanceArn: on }) =>
      lastStatus !== 'RUNNING' &&
      !arns.has(taskArn) &&
      (on === undefined || view.instances.get(on)?.agentConnected === true),
  ).length;
  const isHealthy = healthyIn(view);
  const pending = leaving.filter((each) => !isHealthy(each)).length;
  const unsure = wanted(view, service).length - running - starting - pending;
  const hasRoom = ({ task }: Leaving) => rooms.get(task.taskArn)?.found === 'room';
  // Those beyond the desired count go first; what has no room is left to the end.
  const inOrder = [
    ...leaving.slice(0, surplus).map((each) => ({ each, isReplaced: false })),
    ...leaving
      .slice(surplus)
      .toSorted((a, b) => Number(hasRoom(b)) - Number(hasRoom(a)))
      .map((each) => ({ each, isReplaced: hasRoom(each) })),
  ];
  const waves = wavesOf({
    bounds: deploymentBounds(service),
    running,
    starting,
    unsure,
    leaving: inOrder.map(({ each, isReplaced }) => ({
      id: each.task.taskArn,
      isRunning: isHealthy(each),
      isReplaced,
    })),
  });
  const left = new Map(waves.left.map((arn) => [arn, whyLeft(service, running, rooms.get(arn))]));
  return { ...moves, leaving, kept, waves, running, left };
};

const whyLeft = (service: ObservedService, running: number, room: Room | undefined): Why => {
  const { serviceName, minimumHealthyPercent, maximumPercent, desiredCount } = service;
  if (!isDeadlocked(service) && room?.found === 'noRoom') {
    return { reason: 'NoCapacity', detail: room.detail };
  }
  const { lower, upper } = deploymentBounds(service);
  const bounds = `minimum ${minimumHealthyPercent}% and maximum ${maximumPercent}%`;
  const what = desiredCount === 1 ? 'its only task' : 'a task';
  const detail =
    `${serviceName} runs ${running}, must keep ${lower} and may have ${upper} ` +
    `(${bounds} of ${desiredCount}): ECS can neither stop ${what} nor start another first`;
  return { reason: 'DeploymentDeadlock', detail };
};
