import { fail, type Input, numberOf, type Operation, ok, textOf, textsOf } from './answers.ts';
import { groupArn } from './arns.ts';
import { finishHook, reconcileSoon, terminateInstance } from './autoScaling.ts';
import { livingOf } from './instances.ts';
import { instantText } from './instantText.ts';
import { groupUpdate } from './launchTemplates.ts';
import { uuid } from './outbox.ts';
import type { Group, Instance, World } from './world.ts';

const validationError = (message: string) => fail('ValidationError', message);

const notManaged = (id: string) =>
  validationError(`Instance Id not found - No managed instance found for instance ID ${id}`);

const member = (group: Group | undefined, instance: Instance) => ({
  InstanceId: instance.ec2InstanceId,
  InstanceType: group?.instanceType,
  AvailabilityZone: instance.zone,
  LifecycleState: instance.lifecycle,
  HealthStatus: 'Healthy',
  ProtectedFromScaleIn: false,
});

const inGroups = (world: World): Instance[] =>
  Object.values(world.groups).flatMap(({ instances }) =>
    instances.flatMap((id) => world.instances[id] ?? []),
  );

const describeInstances: Operation = (world, input) => {
  const wanted = textsOf(input, 'InstanceIds');
  const found = inGroups(world).filter(
    ({ ec2InstanceId }) => wanted.length === 0 || wanted.includes(ec2InstanceId),
  );
  return ok({
    AutoScalingInstances: found.map((instance) => ({
      ...member(world.groups[instance.group], instance),
      AutoScalingGroupName: instance.group,
      HealthStatus: 'HEALTHY',
    })),
  });
};

const describeGroups: Operation = (world, input) => {
  const wanted = textsOf(input, 'AutoScalingGroupNames');
  const found = Object.values(world.groups).filter(
    ({ name }) => wanted.length === 0 || wanted.includes(name),
  );
  return ok({
    AutoScalingGroups: found.map((group) => ({
      AutoScalingGroupName: group.name,
      AutoScalingGroupARN: groupArn(world, group.name),
      MinSize: group.minSize,
      MaxSize: group.maxSize,
      DesiredCapacity: group.desiredCapacity,
      ...(group.template && {
        LaunchTemplate: {
          LaunchTemplateId: group.template.id,
          LaunchTemplateName: `template-of-${group.template.id}`,
          Version: group.template.version,
        },
      }),
      DefaultCooldown: 300,
      AvailabilityZones: group.zones,
      HealthCheckType: 'EC2',
      HealthCheckGracePeriod: 0,
      NewInstancesProtectedFromScaleIn: false,
      CreatedTime: '2025-01-07T09:00:00.000Z',
      Instances: group.instances.flatMap((id) => {
        const instance = world.instances[id];
        return instance === undefined ? [] : [member(group, instance)];
      }),
    })),
  });
};

const belowMinimum = ({ minSize }: Group) =>
  validationError(
    `Currently, desiredSize equals minSize (${minSize}). Terminating instance without ` +
      "replacement will violate group's min size constraint. Either set " +
      "shouldDecrementDesiredCapacity flag to false or lower group's min size.",
  );

/** Asked again while the instance is on its way out it answers like the first time (assumed). */
const terminate: Operation = (world, input) => {
  const id = textOf(input, 'InstanceId') ?? '';
  const instance = inGroups(world).find(({ ec2InstanceId }) => ec2InstanceId === id);
  const group = instance && world.groups[instance.group];
  if (instance === undefined || group === undefined) return notManaged(id);
  if (instance.lifecycle === 'InService' || instance.lifecycle === 'Pending') {
    const isSmaller = String(input.ShouldDecrementDesiredCapacity) === 'true';
    if (isSmaller && group.desiredCapacity <= group.minSize) return belowMinimum(group);
    if (isSmaller) group.desiredCapacity -= 1;
    terminateInstance(world, instance);
  }
  return ok({
    Activity: {
      ActivityId: uuid(world),
      AutoScalingGroupName: group.name,
      Description: `Terminating EC2 instance: ${id}`,
      Cause:
        `At ${instantText(world.now)} instance ${id} was taken out of service ` +
        'in response to a user request.',
      StartTime: instantText(world.now),
      StatusCode: 'InProgress',
      Progress: 0,
    },
  });
};

const waiting = (world: World, input: Input): Instance | undefined => {
  const id = textOf(input, 'InstanceId');
  const token = textOf(input, 'LifecycleActionToken');
  return inGroups(world).find(
    ({ ec2InstanceId, hookToken }) =>
      hookToken !== null && (ec2InstanceId === id || hookToken === token),
  );
};

const completeLifecycleAction: Operation = (world, input) => {
  const instance = waiting(world, input);
  if (instance === undefined) {
    return validationError(
      `No active Lifecycle Action found with instance ID ${textOf(input, 'InstanceId')}`,
    );
  }
  finishHook(world, instance);
  return ok({});
};

const setDesiredCapacity: Operation = (world, input) => {
  const name = textOf(input, 'AutoScalingGroupName') ?? '';
  const group = world.groups[name];
  const desired = numberOf(input, 'DesiredCapacity') ?? Number(textOf(input, 'DesiredCapacity'));
  if (group === undefined || !Number.isInteger(desired)) {
    return validationError(`AutoScalingGroup name not found - no such group: ${name}`);
  }
  const outside = outsideOf(group, desired);
  if (outside !== undefined) {
    return validationError(
      `New SetDesiredCapacity value ${desired} is ${outside} for the AutoScalingGroup.`,
    );
  }
  group.desiredCapacity = desired;
  const surplus = livingOf(world, group).length - desired;
  for (const instance of livingOf(world, group).slice(0, Math.max(0, surplus))) {
    terminateInstance(world, instance);
  }
  reconcileSoon(world, group);
  return ok({});
};

const outsideOf = ({ minSize, maxSize }: Group, desired: number): string | undefined => {
  if (desired > maxSize) return `above max value ${maxSize}`;
  return desired < minSize ? `below min value ${minSize}` : undefined;
};

const groupNamed = (world: World, input: Input): Group | undefined =>
  world.groups[textOf(input, 'AutoScalingGroupName') ?? ''];

const describeHooks: Operation = (world, input) => {
  const group = groupNamed(world, input);
  if (group === undefined) return validationError('AutoScalingGroup name not found - null');
  const hook = group.terminationHook;
  return ok({
    LifecycleHooks:
      hook === undefined
        ? []
        : [
            {
              LifecycleHookName: hook.name,
              AutoScalingGroupName: group.name,
              LifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING',
              HeartbeatTimeout: hook.timeoutMs / 1000,
              DefaultResult: 'CONTINUE',
            },
          ],
  });
};

/** Nobody refreshes the instances of a simulated group. */
const describeRefreshes: Operation = (world, input) =>
  groupNamed(world, input) === undefined
    ? validationError('AutoScalingGroup name not found - null')
    : ok({ InstanceRefreshes: [] });

export const autoScalingOperations: Readonly<Record<string, Operation>> = {
  DescribeAutoScalingInstances: describeInstances,
  DescribeAutoScalingGroups: describeGroups,
  DescribeLifecycleHooks: describeHooks,
  DescribeInstanceRefreshes: describeRefreshes,
  TerminateInstanceInAutoScalingGroup: terminate,
  CompleteLifecycleAction: completeLifecycleAction,
  SetDesiredCapacity: setDesiredCapacity,
  ...groupUpdate,
};
