import { reconcileGroup, stepInstance } from './autoScaling.ts';
import { saySteady } from './deployments.ts';
import { deliver } from './outbox.ts';
import { finishBuild } from './rebuilds.ts';
import { moveTag, publishRelease } from './registry.ts';
import { evaluateService } from './serviceScheduler.ts';
import { stepTask } from './taskSteps.ts';
import { type Due, schedule, type TaskStep, takeDue } from './timers.ts';
import type { World } from './world.ts';

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

type Work = { readonly [Kind in Due['kind']]: (world: World, due: Of<Kind>, at: number) => void };
type Of<Kind extends Due['kind']> = Extract<Due, { kind: Kind }>;

const work: Work = {
  task: (world, due) => carryOutTask(world, due),
  instance: (world, due) => {
    const instance = world.instances[due.id];
    if (instance !== undefined) stepInstance(world, instance, due.step);
  },
  service: (world, due, at) => {
    const service = world.services[due.id];
    if (service === undefined || service.evaluateAt !== at) return;
    service.evaluateAt = null;
    evaluateService(world, service);
  },
  steadyState: (world, due) => {
    const service = world.services[due.id];
    if (service?.steady) saySteady(world, service);
    schedule(world, world.now + world.steadyStateEveryMs, due);
  },
  group: (world, due) => {
    const group = world.groups[due.id];
    if (group !== undefined) reconcileGroup(world, group);
  },
  release: (world, due) => {
    const release = world.scheduledReleases[due.index];
    if (release !== undefined) publishRelease(world, release);
  },
  tagMove: (world, due) => {
    const move = world.scheduledTagMoves[due.index];
    if (move !== undefined) moveTag(world, move);
  },
  ami: (world, due) => {
    const ami = world.scheduledAmis[due.index];
    if (ami === undefined) return;
    world.amis.push(ami);
    world.publications += 1;
  },
  build: (world, due) => finishBuild(world, due.id),
  token: (world, due) => {
    delete world.tokens[due.id];
  },
  deliver: (world, due) => deliver(world, due.event),
};

const carryOut = <Kind extends Due['kind']>(
  world: World,
  { at, due }: { readonly at: number; readonly due: Of<Kind> },
): void => work[due.kind as Kind](world, due, at);

const carryOutTask = (world: World, due: Of<'task'>): void => {
  const task = world.tasks[due.id];
  if (task === undefined) return;
  const instance = world.instances[task.ec2InstanceId];
  const waits = needsAgent.has(due.step) && task.lastStatus !== 'STOPPED';
  if (waits && instance !== undefined && !instance.agentConnected) instance.held.push(due);
  else stepTask(world, task, due.step);
};
