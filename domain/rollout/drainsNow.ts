import type { ObservedTask } from '../../events/fleet.ts';
import type { ContainerInstanceArn, Instant, RolloutId } from '../../events/ids.ts';
import { type FleetView, serviceOfTask, tasksOn } from '../fleet/fleetView.ts';
import { isDeadlocked } from '../service/deploymentBounds.ts';
import { whyProtected } from '../service/protection.ts';
import { whyBelowMinimum } from '../service/runningTasks.ts';
import type { DrainWait } from './drainWaits.ts';
import { hasEnded, isInFlight, isUntriedDrain, type Rollout } from './rolloutState.ts';
import { newcomerOf } from './surgeState.ts';

export type TaskLeft = Pick<ObservedTask, 'taskArn' | 'group' | 'lastStatus' | 'desiredStatus'> & {
  /** What keeps ECS from stopping it, as far as it can be seen. */
  readonly why?: string;
};

export type Drain = {
  readonly containerInstanceArn: ContainerInstanceArn;
  readonly ec2InstanceId?: string;
  /** `null` once it is deregistered. */
  readonly status: string | null;
  readonly waitsFor: DrainWait;
  readonly tasksLeft: readonly TaskLeft[];
  /** Absent where someone else has set it DRAINING. */
  readonly rollout?: {
    readonly rolloutId: RolloutId;
    readonly since: Instant;
    /** When the rollout gives the drain up. */
    readonly deadline?: Instant;
    readonly replacementArn?: string;
  };
};

/** Every instance that is being drained or replaced now, in the order of their ARNs. */
export const drainsNow = (
  view: FleetView,
  rollouts: readonly Rollout[],
  now: Instant,
): readonly Drain[] => {
  const drains = new Map<string, Drain>();
  for (const { containerInstanceArn, status, ec2InstanceId } of view.instances.values()) {
    if (status !== 'DRAINING') continue;
    drains.set(containerInstanceArn, {
      containerInstanceArn,
      ...(ec2InstanceId !== undefined && { ec2InstanceId }),
      status,
      waitsFor: 'SomeoneElse',
      tasksLeft: tasksLeft(view, containerInstanceArn, now),
    });
  }
  for (const rollout of rollouts) {
    for (const drain of drainsOf(rollout, view, now)) drains.set(drain.containerInstanceArn, drain);
  }
  return [...drains.values()].toSorted((a, b) =>
    a.containerInstanceArn < b.containerInstanceArn ? -1 : 1,
  );
};

/** One that was aborted may still have to hand back what it was draining. */
const drainsOf = (rollout: Rollout, view: FleetView, now: Instant): readonly Drain[] =>
  Object.values(rollout.instances)
    .filter(isInFlight)
    .map((item) => {
      const { containerInstanceArn, ec2InstanceId, since, status } = item;
      const newcomer = newcomerOf(item);
      const isUntried = isUntriedDrain(rollout, containerInstanceArn);
      const deadline = (since + rollout.policy.drainDeadlineMs) as Instant;
      return {
        containerInstanceArn,
        ec2InstanceId,
        status: view.instances.get(containerInstanceArn)?.status ?? null,
        waitsFor: isUntried ? 'DrainToBegin' : waits[status],
        tasksLeft: tasksLeft(view, containerInstanceArn, now),
        rollout: {
          rolloutId: rollout.rolloutId,
          since,
          ...(status === 'draining' && !hasEnded(rollout) && { deadline }),
          ...(newcomer !== undefined && { replacementArn: newcomer }),
        },
      };
    });

const waits = {
  surging: 'Newcomer',
  proved: 'DrainToBegin',
  givingBack: 'SurplusToGo',
  draining: 'TasksToLeave',
  drained: 'Termination',
  terminating: 'Replacement',
  replaced: 'Proof',
  proving: 'Proof',
  restoring: 'HandingBack',
} as const satisfies Record<string, DrainWait>;

export const tasksLeft = (
  view: FleetView,
  containerInstanceArn: string,
  now: Instant,
): readonly TaskLeft[] =>
  tasksOn(view, containerInstanceArn).map((task) => {
    const { taskArn, group, lastStatus, desiredStatus } = task;
    const why = whyItStays(view, task, now);
    return { taskArn, group, lastStatus, desiredStatus, ...(why !== undefined && { why }) };
  });

const whyItStays = (view: FleetView, task: ObservedTask, now: Instant): string | undefined => {
  if (task.desiredStatus === 'STOPPED') return 'it is stopping';
  if (!task.group.startsWith('service:')) return 'it stands alone and is left to end by itself';
  const service = serviceOfTask(view, task);
  if (service === undefined) return `${task.group} has not been described yet`;
  const protection = whyProtected(task, view.protectedUntil, now);
  if (protection !== undefined) return protection;
  if (isDeadlocked(service)) {
    const { minimumHealthyPercent: minimum, maximumPercent: maximum } = service;
    return `minimum ${minimum}% and maximum ${maximum}% let ECS neither stop nor start a task`;
  }
  return whyBelowMinimum(view, service);
};
