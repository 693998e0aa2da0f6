import type { DeploymentBounds } from '../service/deploymentBounds.ts';

/** A task of a service that is to leave its instance. */
export type LeavingTask = {
  readonly id: string;
  /** One that is PENDING is stopped at once, whatever the bounds say (ECS Developer Guide). */
  readonly isRunning: boolean;
  /** Whether a replacement is started: it is wanted, and there is room for it. */
  readonly isReplaced: boolean;
};

/** One service in the middle of a drain. */
export type ServiceInDrain = {
  readonly bounds: DeploymentBounds;
  /** Tasks that run and are meant to, on all instances, those that leave included. */
  readonly running: number;
  /** Tasks that are starting on instances that stay: healthy after the first wave. */
  readonly starting: number;
  /** Tasks that ECS counts as existing though nobody knows whether they run. */
  readonly unsure: number;
  /** In the order in which they are stopped, and in which their replacements are started. */
  readonly leaving: readonly LeavingTask[];
};

/** What ECS may do at once: the next wave begins when all of this one is healthy or has stopped. */
export type Wave = {
  /** Tasks that are stopped. */
  readonly stops: readonly string[];
  /** Tasks whose replacement is started. */
  readonly starts: readonly string[];
};

export type Waves = {
  readonly waves: readonly Wave[];
  /** Running tasks that no order gets off their instance. */
  readonly left: readonly string[];
  /** Fewest tasks that run at any moment. */
  readonly lowest: number;
};

/**
 * The fastest order in which ECS may replace `leaving`: in every wave it stops as many as the lower
 * bound allows and starts as many as the upper bound leaves room for, both at once (ECS Developer
 * Guide, container-instance-draining). Nothing that is stopped makes room for another, because its
 * instance takes no tasks, so no other order gets more of them away.
 */
export const wavesOf = ({ bounds, running, starting, unsure, leaving }: ServiceInDrain): Waves => {
  const pending = leaving.filter(({ isRunning }) => !isRunning).map(({ id }) => id);
  const toStop = leaving.filter(({ isRunning }) => isRunning).map(({ id }) => id);
  const toStart = leaving.filter(({ isReplaced }) => isReplaced).map(({ id }) => id);
  const waves: Wave[] = [];
  let healthy = running;
  let lowest = running;
  let coming = starting;
  for (;;) {
    const existing = healthy + coming + unsure;
    const starts = toStart.splice(0, Math.max(0, bounds.upper - existing));
    const stops = [...pending.splice(0), ...toStop.splice(0, Math.max(0, healthy - bounds.lower))];
    if (stops.length === 0 && starts.length === 0 && coming === 0) break;
    healthy -= stops.filter((id) => !isPending(leaving, id)).length;
    lowest = Math.min(lowest, healthy);
    healthy += starts.length + coming;
    coming = 0;
    if (stops.length > 0 || starts.length > 0) waves.push({ stops, starts });
  }
  return { waves, left: toStop, lowest };
};

const isPending = (leaving: readonly LeavingTask[], id: string): boolean =>
  leaving.some((task) => task.id === id && !task.isRunning);
