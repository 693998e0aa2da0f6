import { type DaemonPlan, planDaemon } from '../placement/scheduling/planDaemon.ts';
import { instanceAt, placementInstances, simulatedRules } from './placement.ts';
import { placementTaskOf, wishOf } from './placementTask.ts';
import { startTask, stopTask } from './tasks.ts';
import type { Service, Task, TaskDefinition, World } from './world.ts';

/** Tasks of a daemon that are to run, of whatever deployment. */
const aliveOf = (world: World, service: Service): readonly Task[] =>
  service.tasks
    .flatMap((arn) => world.tasks[arn] ?? [])
    .filter(({ desiredStatus }) => desiredStatus === 'RUNNING');

export const daemonPlan = (
  world: World,
  service: Service,
  definition: TaskDefinition,
): DaemonPlan => {
  // One that is on its way out still holds its place: its successor waits for it.
  const tasks = service.tasks.flatMap((arn) => world.tasks[arn] ?? []);
  return planDaemon(
    placementInstances(world),
    placementTaskOf(definition, wishOf(service)),
    tasks.map(({ arn, containerInstanceArn }) => ({ id: arn, instanceId: containerInstanceArn })),
    simulatedRules,
  );
};

/**
 * One look at a daemon: stops what is on the wrong instance, then what is of an older deployment as
 * far as its minimum allows, and starts what is missing. Says how much it changed.
 */
export const runDaemon = (
  world: World,
  service: Service,
  definition: TaskDefinition,
  pinned: Readonly<Record<string, string>>,
): number => {
  const primary = service.deployments[0];
  if (primary === undefined) return 0;
  const plan = daemonPlan(world, service, definition);
  service.desiredCount = plan.matchingCount;
  let changes = 0;
  const why = {
    stopCode: 'ServiceSchedulerInitiated',
    reason: `Daemon (deployment ${primary.id})`,
  };
  const misplaced = new Set(plan.stop.map(({ taskId }) => taskId));
  const alive = aliveOf(world, service);
  for (const task of alive.filter(({ arn }) => misplaced.has(arn))) {
    stopTask(world, task, why);
    changes += 1;
  }
  const rest = alive.filter(({ arn }) => !misplaced.has(arn));
  const lower = Math.ceil((service.desiredCount * service.minimumHealthyPercent) / 100);
  let spare = rest.filter(({ healthy }) => healthy).length - lower;
  for (const task of rest) {
    if (primary.rolloutState === 'FAILED' || task.deployment === primary.id || spare <= 0) continue;
    stopTask(world, task, why);
    spare -= 1;
    changes += 1;
  }
  if (service.throttledUntil > world.now) return changes;
  const origin = { service: { name: service.name, deployment: primary.id }, pinned };
  for (const arn of plan.start) {
    startTask(world, definition, instanceAt(world, arn), origin);
    changes += 1;
  }
  return changes;
};
