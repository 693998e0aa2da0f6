import type { ObservedInstance, ObservedTask } from '../../events/fleet.ts';
import { countedTasks } from '../fleet/countedTasks.ts';
import { serviceOfTask, tasksOn } from '../fleet/fleetView.ts';
import { interruptionOf } from '../fleet/interruption.ts';
import { whyNoRoomElsewhere } from '../placement/roomElsewhere.ts';
import { isDeadlocked } from '../service/deploymentBounds.ts';
import { whyProtected } from '../service/protection.ts';
import { whyBelowMinimum } from '../service/runningTasks.ts';
import type { InstanceProgress, Rollout } from './rolloutState.ts';
import { type Hold, hold, type Sight } from './sight.ts';

/**
 * The first thing that stands against emptying `instance` now, whatever the others do; `undefined`
 * if nothing does.
 */
export const whyNotDrain = (
  rollout: Rollout,
  item: InstanceProgress,
  instance: ObservedInstance,
  sight: Sight,
): Hold | undefined => {
  const subject = item.containerInstanceArn;
  const paused = whyNotRunning(rollout, subject, sight);
  if (paused !== undefined) return paused;
  if (rollout.instanceTargets[item.channel] === undefined) {
    const target = rollout.targets.find(({ channel }) => channel === item.channel);
    return hold(subject, 'AmiNotPublished', `AWS has no AMI on ${target?.build} yet`);
  }
  if (instance.status === 'DRAINING') {
    return hold(subject, 'DrainedBySomeoneElse', 'someone else has set it DRAINING');
  }
  if (instance.status !== 'ACTIVE' || !instance.agentConnected) {
    const agent = instance.agentConnected ? 'connected' : 'disconnected';
    return hold(subject, 'InstanceNotActive', `it is ${instance.status}, its agent ${agent}`);
  }
  const interruption = interruptionOf(sight.view, instance, sight.now);
  if (interruption !== undefined) {
    const { action, by } = interruption;
    const who = by === 'Spot' ? `EC2 takes it itself, by a Spot ${action}` : 'its group ends it';
    return hold(subject, 'SpotInterruption', who);
  }
  const tasks = tasksOn(sight.view, subject);
  // A listing that failed is no empty instance (simulation, seed 173).
  if (tasks.length === 0 && isInUse(instance)) {
    const detail = 'ECS says that tasks are on it, and none of them is known';
    return hold(subject, 'TaskNotDescribed', detail);
  }
  for (const task of tasks) {
    const why = whyNotMove(task, subject, sight);
    if (why !== undefined) return why;
  }
  return undefined;
};

const isInUse = (instance: ObservedInstance): boolean => {
  const { registered, remaining } = instance;
  const isReserved = remaining.memoryMiB < registered.memoryMiB || remaining.cpu < registered.cpu;
  return countedTasks(instance) > 0 || isReserved;
};

/**
 * What its tasks would need elsewhere and do not find. The dearest question, so it is asked last.
 * `leaving` are the instances that this rollout is emptying already, seen to drain or not.
 */
export const whyNoRoom = (
  instance: ObservedInstance,
  { view, osReserveMiB }: Sight,
  leaving: ReadonlySet<string>,
): Hold | undefined => {
  const noRoom = whyNoRoomElsewhere({ view, instance, osReserveMiB, leaving });
  if (noRoom === undefined) return undefined;
  const { reason, detail, placement } = noRoom;
  const held = hold(instance.containerInstanceArn, reason, detail);
  return placement === null ? held : { ...held, placement };
};

/** Nothing new begins unless the rollout runs, in a cluster that Tuesday may write to. */
export const whyNotRunning = (
  rollout: Rollout,
  subject: string,
  { mode }: Pick<Sight, 'mode'>,
): Hold | undefined => {
  if (rollout.status === 'running') {
    if (mode === 'drive') return undefined;
    return hold(subject, 'ClusterNotDriven', `${rollout.clusterName} is in mode ${mode}`);
  }
  const because = rollout.because ?? `the rollout is ${rollout.status}`;
  if (rollout.status === 'halted') return hold(subject, 'RolloutHalted', because);
  if (rollout.status === 'aborted') return hold(subject, 'RolloutAborted', because);
  return hold(subject, 'RolloutPaused', because);
};

const whyNotMove = (
  task: ObservedTask,
  subject: string,
  { view, now }: Sight,
): Hold | undefined => {
  if (!task.group.startsWith('service:')) {
    return hold(subject, 'StandaloneTask', `${task.taskArn} (${task.group}) is moved by nobody`);
  }
  const service = serviceOfTask(view, task);
  if (service === undefined) {
    return hold(subject, 'TaskNotInService', `${task.group} has not been described yet`);
  }
  if (service.schedulingStrategy === 'DAEMON') return undefined;
  const protection = whyProtected(task, view.protectedUntil, now);
  if (protection !== undefined) {
    return hold(subject, 'TaskProtected', `${service.serviceName}, ${task.taskArn}: ${protection}`);
  }
  if (isDeadlocked(service)) {
    const { minimumHealthyPercent: minimum, maximumPercent: maximum } = service;
    const bounds = `minimum ${minimum}% and maximum ${maximum}%`;
    const detail = `${service.serviceName} allows ${bounds}: ECS can neither stop nor start a task`;
    return hold(subject, 'DeploymentDeadlock', detail);
  }
  const below = whyBelowMinimum(view, service);
  if (below !== undefined) return hold(subject, 'ServiceBelowMinimum', below);
  return undefined;
};
