import type { ObservedService, ObservedTask } from '../../events/fleet.ts';
import { tasksOn } from '../fleet/fleetView.ts';
import { imageKnowledgeOf, type KnownFleet } from '../placement/fleetKnowledge.ts';
import type { ImageLayer } from '../placement/placementProblem.ts';
import type { Span } from './drainPlan.ts';
import type { DrainQuestion, LoadBalancing } from './drainQuestion.ts';
import type { TaskTimes } from './estimateDrain.ts';
import { unknownImageBytes } from './imagePulls.ts';

/** Of a target group that says nothing (Elastic Load Balancing, target group attributes). */
export const deregistrationDelayDefaultMs = 300_000;

/** `stopTimeout` of the Windows agent (ECS Developer Guide, ECS_CONTAINER_STOP_TIMEOUT). */
export const stopTimeoutDefaultMs = 30_000;

/** Without a check of its own a task is healthy so long after RUNNING (minimumHealthyPercent). */
export const healthyWaitMs = 40_000;

const inSeconds = (milliseconds: number) => `${milliseconds / 1_000} s`;
const delayMost = inSeconds(deregistrationDelayDefaultMs);
const stopMost = inSeconds(stopTimeoutDefaultMs);

export const assumptions = {
  deregistrationDelay: `with target groups unknown, a task is deregistered for 0 to ${delayMost}`,
  stopTimeout: `a container stops within ${stopMost}, the default on Windows`,
  image: 'an image that is not known is 2.4 GB, as Server Core is, or there already',
  cache: 'where nothing is known to be cached, all of an image is there, or nothing',
  rates: 'images unpack at 3.2 to 14.3 MB/s (containerd#4989, Windows-Containers#607)',
} as const;
export type Assumption = keyof typeof assumptions;

type Known = Pick<DrainQuestion, 'fleet' | 'loadBalancing' | 'stopTimeoutMs'>;

/** From the order to stop until it has stopped: deregistered first, then stopped. */
export const stopSpan = (
  task: ObservedTask,
  service: ObservedService | undefined,
  { loadBalancing, stopTimeoutMs }: Known,
  assume: (assumption: Assumption) => void,
): Span => {
  const known = stopTimeoutMs?.get(task.taskDefinitionArn);
  if (known === undefined) assume('stopTimeout');
  const timeout = known ?? stopTimeoutDefaultMs;
  // One that is PENDING was never registered.
  const isReached = service !== undefined && task.lastStatus === 'RUNNING';
  const delay = isReached
    ? delaySpan(loadBalancing?.get(service.serviceArn), assume)
    : { low: 0, high: 0 };
  return { low: delay.low, high: delay.high + timeout };
};

const delaySpan = (
  known: LoadBalancing | undefined,
  assume: (assumption: Assumption) => void,
): Span => {
  if (known === undefined) {
    assume('deregistrationDelay');
    return { low: 0, high: deregistrationDelayDefaultMs };
  }
  const delays = known.deregistrationDelaysMs;
  if (delays.includes(null)) assume('deregistrationDelay');
  const longest = Math.max(0, ...delays.map((each) => each ?? deregistrationDelayDefaultMs));
  return { low: longest, high: longest };
};

export const startTimes = (
  task: ObservedTask,
  service: ObservedService,
  on: string,
  { fleet, loadBalancing }: Known,
  assume: (assumption: Assumption) => void,
): NonNullable<TaskTimes['start']> => {
  assume('rates');
  let areLayersKnown = task.containers.length > 0;
  const layers = task.containers.flatMap((container): readonly ImageLayer[] => {
    const { layers: known } = imageKnowledgeOf(fleet.images, container);
    if (known !== null) return known;
    areLayersKnown = false;
    return [standIn(container.imageDigest ?? container.image ?? container.name)];
  });
  if (!areLayersKnown) assume('image');
  const grace = loadBalancing?.get(service.serviceArn)?.healthCheckGraceMs ?? 0;
  const healthy = { low: healthyWaitMs, high: Math.max(healthyWaitMs, grace) };
  const once = new Map(layers.map((layer) => [layer.diffId, layer]));
  return { on, layers: [...once.values()], areLayersKnown, healthy };
};

/** An image whose layers are not known counts as one layer of its own. */
const standIn = (image: string): ImageLayer => ({ diffId: image, bytes: unknownImageBytes });

/** What tasks that run on an instance must have brought there. */
export const layersKnownOn = (
  { view, images }: KnownFleet,
  containerInstanceArn: string,
): ReadonlySet<string> | undefined => {
  const containers = tasksOn(view, containerInstanceArn)
    .filter(({ lastStatus }) => lastStatus === 'RUNNING')
    .flatMap((task) => task.containers);
  if (containers.length === 0) return undefined;
  return new Set(
    containers.flatMap((each) => [
      ...(each.imageDigest === undefined ? [] : [each.imageDigest]),
      ...(imageKnowledgeOf(images, each).layers ?? []).map(({ diffId }) => diffId),
    ]),
  );
};
