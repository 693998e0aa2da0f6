import { reconcileGroup, stepInstance } from './autoScaling.ts';
import { saySteady } from './deployments.ts';
import { deliver } from './outbox.ts';
import { finishBuild } from './rebuilds.ts';
import { publishRelease } from './registry.ts';
import { evaluateService } from './serviceScheduler.ts';
import { stepTask } from './taskSteps.ts';
import { type Due, schedule, type TaskStep, takeDue, type Timer } from './timers.ts';
import type { World } from './world.ts';

/** A service at rest says so again from time to time; every six hours here (the period is assumed). */
export const steadyStateEveryMs = 6 * 3_600_000;

/** Steps that only a connected agent can carry out or report. */
const needsAgent: ReadonlySet<TaskStep> = new Set([
  'pend',
  'activate',
  'run',
  'exit',
  'stopping',
  'deprovision',
  'stop',
]);

/** Lives until the instant `to`: runs all that is due, in order. A past instant changes nothing. */
export const advance = (world: World, to: number): void => {
  for (;;) {
    const timer = takeDue(world, to);
    if (timer === undefined) break;
    world.now = Math.max(world.now, timer.at);
    carryOut(world, timer);
  }
  world.now = Math.max(world.now, to);
};

/** When something happens next; `undefined` when nothing will. */
export const nextDue = (world: World): number | undefined => world.timers[0]?.at;

const carryOut = (world: World, timer: Timer): void => {
  const { due } = timer;
  switch (due.kind) {
    case 'task':
      return carryOutTask(world, timer, due);
    case 'instance': {
      const instance = world.instances[due.id];
      return instance === undefined ? undefined : stepInstance(world, instance, due.step);
    }
    case 'service': {
      const service = world.services[due.id];
      if (service === undefined || service.evaluateAt !== timer.at) return;
      service.evaluateAt = null;
      return evaluateService(world, service);
    }
    case 'steadyState': {
      const service = world.services[due.id];
      if (service?.steady) saySteady(world, service);
      return schedule(world, world.now + steadyStateEveryMs, due);
    }
    case 'group': {
      const group = world.groups[due.id];
      return group === undefined ? undefined : reconcileGroup(world, group);
    }
    case 'release': {
      const release = world.scheduledReleases[due.index];
      return release === undefined ? undefined : publishRelease(world, release);
    }
    case 'ami': {
      const ami = world.scheduledAmis[due.index];
      if (ami !== undefined) world.amis.push(ami);
      return;
    }
    case 'build':
      return finishBuild(world, due.id);
    case 'token':
      delete world.tokens[due.id];
      return;
    case 'deliver':
      return deliver(world, due.event);
    default:
      return due satisfies never;
  }
};

const carryOutTask = (world: World, timer: Timer, due: Extract<Due, { kind: 'task' }>): void => {
  const task = world.tasks[due.id];
  if (task === undefined) return;
  const instance = world.instances[task.ec2InstanceId];
  const waits = needsAgent.has(due.step) && task.lastStatus !== 'STOPPED';
  if (waits && instance !== undefined && !instance.agentConnected) instance.held.push(timer);
  else stepTask(world, task, due.step);
};
