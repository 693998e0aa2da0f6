import { idOf, type Operation, ok, textsOf } from './answers.ts';
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
