import type { StoppableTask } from '../placement/scheduling/chooseTaskToStop.ts';
import { planRebalancing } from '../placement/scheduling/planRebalancing.ts';
import { draw } from './chance.ts';
import { instanceAt, placementInstances, simulatedRules } from './placement.ts';
import { placementTaskOf, wishOf } from './placementTask.ts';
import { startTask } from './tasks.ts';
import type { Service, Task, World } from './world.ts';

/** A task as the choice of which to stop sees it. Nothing is protected in the simulated ECS. */
export const stoppableOf = ({ arn, containerInstanceArn, containers }: Task): StoppableTask => ({
  id: arn,
  instanceId: containerInstanceArn,
  isProtected: false,
  cpu: containers.reduce((sum, { cpu }) => sum + cpu, 0),
  memoryMiB: containers.reduce((sum, { memoryMiB }) => sum + memoryMiB, 0),
});

/**
 * Starts the task that balances a service at rest, if there is one to start; the surplus is stopped
 * once it is healthy.
 */
export const rebalance = (world: World, service: Service, tasks: readonly Task[]): void => {
  const primary = service.deployments[0];
  const definition = world.taskDefinitions[service.taskDefinition];
  if (service.availabilityZoneRebalancing !== 'ENABLED') return;
  if (primary === undefined || definition === undefined) return;
  const plan = planRebalancing(
    {
      isEnabled: true,
      schedulingStrategy: service.schedulingStrategy,
      deploymentController: 'ECS',
      maximumPercent: service.maximumPercent,
      usesClassicLoadBalancer: false,
      isDeploying: service.deployments.length > 1,
      isSteady: service.steady,
      desiredCount: service.desiredCount,
    },
    { ...placementTaskOf(definition, wishOf(service)), chance: draw(world.chance) },
    tasks.map(stoppableOf),
    placementInstances(world),
    simulatedRules,
  );
  if ('whyNot' in plan) return;
  const task = startTask(world, definition, instanceAt(world, plan.startOn), {
    service: { name: service.name, deployment: primary.id },
    pinned: primary.pinned,
  });
  service.rebalancingTask = task.arn;
  service.steady = false;
};

/** Whether the task that was to balance the zones is still on its way. */
export const isRebalancing = (world: World, service: Service): boolean => {
  const task = world.tasks[service.rebalancingTask ?? ''];
  if (task?.desiredStatus === 'RUNNING' && !task.healthy) return true;
  service.rebalancingTask = null;
  return false;
};
