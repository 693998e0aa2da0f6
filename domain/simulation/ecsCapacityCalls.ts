import { idOf, invalid, type Operation, ok, textsOf } from './answers.ts';
import { groupArn } from './arns.ts';
import type { CapacityProviderPlan } from './scenario.ts';
import type { World } from './world.ts';

/** By name or ARN. ECS describes what it does not know as a failure, as in its other answers. */
export const describeCapacityProviders: Operation = (world, input) => {
  const wanted = textsOf(input, 'capacityProviders');
  const known = world.capacityProviders.filter(
    ({ name }) => wanted.length === 0 || wanted.some((each) => idOf(each) === name),
  );
  const names = new Set(known.map(({ name }) => name));
  return ok({
    capacityProviders: known.map((provider) => shapeOf(world, provider)),
    failures: wanted
      .filter((each) => !names.has(idOf(each)))
      .map((arn) => ({ arn, reason: 'MISSING' })),
  });
};

/** Tasks of no service cannot be protected (ECS Developer Guide, task scale-in protection). */
export const getTaskProtection: Operation = (world, input) => {
  const asked = textsOf(input, 'tasks');
  if (asked.length === 0) return invalid('Tasks cannot be empty.');
  const reasonOf = (arn: string): string | undefined => {
    const task = world.tasks[arn];
    if (task === undefined || task.lastStatus === 'STOPPED') return 'MISSING';
    return task.service === null ? 'TASK_NOT_VALID' : undefined;
  };
  return ok({
    protectedTasks: asked
      .filter((arn) => reasonOf(arn) === undefined)
      .map((taskArn) => {
        const until = world.protections[taskArn] ?? 0;
        return until > world.now
          ? { taskArn, protectionEnabled: true, expirationDate: until / 1000 }
          : { taskArn, protectionEnabled: false };
      }),
    failures: asked.flatMap((arn) => {
      const reason = reasonOf(arn);
      return reason === undefined ? [] : [{ arn, reason }];
    }),
  });
};

const shapeOf = (world: World, { name, group, targetCapacityPercent }: CapacityProviderPlan) => ({
  capacityProviderArn: `arn:aws:ecs:${world.region}:${world.account}:capacity-provider/${name}`,
  name,
  status: 'ACTIVE',
  autoScalingGroupProvider: {
    autoScalingGroupArn: groupArn(world, group),
    managedScaling:
      targetCapacityPercent === undefined
        ? { status: 'DISABLED' }
        : {
            status: 'ENABLED',
            targetCapacity: targetCapacityPercent,
            minimumScalingStepSize: 1,
            maximumScalingStepSize: 10_000,
            instanceWarmupPeriod: 300,
          },
    managedTerminationProtection: 'DISABLED',
    managedDraining: 'DISABLED',
  },
  tags: [],
});
