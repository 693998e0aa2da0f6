import {
  AutoScalingClient,
  DescribeAutoScalingGroupsCommand,
  DescribeAutoScalingInstancesCommand,
  DescribeInstanceRefreshesCommand,
  DescribeLifecycleHooksCommand,
  UpdateAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { Ec2InstanceId } from '../../../events/ids.ts';
import { createAutoScalingGateway } from '../../../infra/aws/autoScaling.ts';
import { sdkError, socketError } from './sdkError.ts';

const autoScaling = mockClient(AutoScalingClient);
const gateway = createAutoScalingGateway(new AutoScalingClient({ region: 'eu-west-1' }));
const template = { LaunchTemplateId: 'lt-1', LaunchTemplateName: 'windows', Version: '7' };

const group = (fields: object = {}) => ({
  AutoScalingGroupName: 'shop',
  AutoScalingGroupARN: 'arn:aws:autoscaling:eu-west-1:111122223333:autoScalingGroup:1:shop',
  MinSize: 2,
  MaxSize: 12,
  DesiredCapacity: 6,
  DefaultCooldown: 300,
  AvailabilityZones: ['eu-west-1a', 'eu-west-1b'],
  HealthCheckType: 'EC2',
  CreatedTime: new Date(0),
  LaunchTemplate: template,
  Instances: [
    {
      InstanceId: 'i-0123456789abcdef0',
      InstanceType: 'm6i.xlarge',
      AvailabilityZone: 'eu-west-1a',
      LifecycleState: 'InService' as const,
      HealthStatus: 'Healthy',
      ProtectedFromScaleIn: true,
      LaunchTemplate: template,
    },
  ],
  SuspendedProcesses: [{ ProcessName: 'AZRebalance', SuspensionReason: 'by hand' }],
  Tags: [{ Key: 'tuesday', Value: 'drive' }],
  ...fields,
});

/** A group that launches from a mixed instances policy with these overrides. */
const mixed = (Overrides: readonly object[]) => ({
  LaunchTemplate: undefined,
  MixedInstancesPolicy: {
    LaunchTemplate: { LaunchTemplateSpecification: template, Overrides },
    InstancesDistribution: { OnDemandBaseCapacity: 2 },
  },
});

beforeEach(() => {
  autoScaling.reset();
  autoScaling.on(DescribeLifecycleHooksCommand).resolves({ LifecycleHooks: [] });
  autoScaling.on(DescribeInstanceRefreshesCommand).resolves({ InstanceRefreshes: [] });
});

const answering = (...AutoScalingGroups: readonly object[]) =>
  autoScaling.on(DescribeAutoScalingGroupsCommand).resolves({ AutoScalingGroups } as never);

describe('describing a group', () => {
  it('tells its size, what it launches, its instances and what is switched off', async () => {
    answering(group());
    expect(await gateway.describeGroups(['shop'])).toEqual([
      {
        name: 'shop',
        arn: group().AutoScalingGroupARN,
        desiredCapacity: 6,
        minSize: 2,
        maxSize: 12,
        availabilityZones: ['eu-west-1a', 'eu-west-1b'],
        launch: { kind: 'launchTemplate', id: 'lt-1', version: '7' },
        suspendedProcesses: ['AZRebalance'],
        newInstancesProtectedFromScaleIn: false,
        tags: { tuesday: 'drive' },
        instances: [
          {
            ec2InstanceId: 'i-0123456789abcdef0',
            instanceType: 'm6i.xlarge',
            availabilityZone: 'eu-west-1a',
            lifecycleState: 'InService',
            isHealthy: true,
            protectedFromScaleIn: true,
            launchTemplate: { id: 'lt-1', version: '7' },
          },
        ],
        lifecycleHooks: [],
      },
    ]);
  });

  it('tells the overrides of a mixed instances policy, with their weights as numbers', async () => {
    answering(group(mixed([{ InstanceType: 'm6i.2xlarge', WeightedCapacity: '2' }])));
    const [found] = await gateway.describeGroups(['shop']);
    expect(found?.launch).toEqual({
      kind: 'mixedInstancesPolicy',
      id: 'lt-1',
      version: '7',
      overrides: [{ instanceType: 'm6i.2xlarge', weightedCapacity: 2 }],
    });
  });

  it('tells its hooks, its warm pool and the refresh that is under way', async () => {
    const WarmPoolConfiguration = { MinSize: 1, PoolState: 'Stopped' };
    answering(group({ WarmPoolConfiguration, WarmPoolSize: 3 }));
    autoScaling.on(DescribeLifecycleHooksCommand, { AutoScalingGroupName: 'shop' }).resolves({
      LifecycleHooks: [
        {
          LifecycleHookName: 'ecs-managed-draining-termination-hook',
          LifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING',
          HeartbeatTimeout: 3_600,
          DefaultResult: 'CONTINUE',
        },
      ],
    });
    autoScaling.on(DescribeInstanceRefreshesCommand).resolves({
      InstanceRefreshes: [
        { InstanceRefreshId: 'two', Status: 'Baking', StartTime: new Date(2_000) },
        { InstanceRefreshId: 'one', Status: 'Successful' },
      ],
    });
    expect(await gateway.describeGroups(['shop'])).toMatchObject([
      {
        lifecycleHooks: [
          {
            name: 'ecs-managed-draining-termination-hook',
            transition: 'autoscaling:EC2_INSTANCE_TERMINATING',
            heartbeatTimeoutSeconds: 3_600,
            defaultResult: 'CONTINUE',
          },
        ],
        warmPool: { minSize: 1, size: 3, poolState: 'Stopped' },
        activeRefresh: { instanceRefreshId: 'two', status: 'Baking', startedAt: 2_000 },
      },
    ]);
  });

  it.each([
    ['Pending', true],
    ['InProgress', true],
    ['Cancelling', true],
    ['RollbackInProgress', true],
    ['Baking', true],
    ['SomethingNew', true],
    ['Successful', false],
    ['Failed', false],
    ['Cancelled', false],
    ['RollbackFailed', false],
    ['RollbackSuccessful', false],
  ])('a refresh that is %s is under way: %s', async (Status, isActive) => {
    const InstanceRefreshes = [{ InstanceRefreshId: 'one', Status }] as never;
    autoScaling.on(DescribeInstanceRefreshesCommand).resolves({ InstanceRefreshes });
    expect(await gateway.describeInstanceRefreshes('shop')).toEqual([
      { instanceRefreshId: 'one', status: Status, isActive },
    ]);
  });

  it('asks for a hundred names at a time, and for nothing where no name is given', async () => {
    answering();
    expect(await gateway.describeGroups([])).toEqual([]);
    expect(autoScaling.calls()).toHaveLength(0);
    await gateway.describeGroups(Array.from({ length: 130 }, (_, index) => `group-${index}`));
    const asked = autoScaling.commandCalls(DescribeAutoScalingGroupsCommand);
    expect(asked.map(({ args }) => args[0].input.AutoScalingGroupNames?.length)).toEqual([100, 30]);
  });

  it('is no group without its hooks: an error there is an error here', async () => {
    answering(group());
    autoScaling.on(DescribeLifecycleHooksCommand).rejects(sdkError('Throttling', 400));
    const answer = gateway.describeGroups(['shop']);
    await expect(answer).rejects.toMatchObject({ kind: 'throttled' });
  });

  it('names the field that is not as documented', async () => {
    answering(group({ MaxSize: 'twelve' }));
    await expect(gateway.describeGroups(['shop'])).rejects.toMatchObject({
      code: 'UnexpectedShape',
      message: expect.stringContaining('MaxSize'),
    });
  });
});

describe('setting the launch template version of a group', () => {
  const updates = () =>
    autoScaling.commandCalls(UpdateAutoScalingGroupCommand).map(({ args }) => args[0].input);
  const set = () => gateway.setLaunchTemplateVersion('shop', '8');
  const chosen = { LaunchTemplateId: 'lt-1', Version: '8' };

  it('names the same template, and nothing else about the group', async () => {
    answering(group());
    autoScaling.on(UpdateAutoScalingGroupCommand).resolves({});
    await set();
    expect(updates()).toEqual([{ AutoScalingGroupName: 'shop', LaunchTemplate: chosen }]);
  });

  it('gives a mixed instances policy back whole but for the version', async () => {
    const Overrides = [{ InstanceType: 'm6i.2xlarge', WeightedCapacity: '2' }];
    answering(group(mixed(Overrides)));
    autoScaling.on(UpdateAutoScalingGroupCommand).resolves({});
    await set();
    const LaunchTemplate = { LaunchTemplateSpecification: chosen, Overrides };
    const InstancesDistribution = { OnDemandBaseCapacity: 2 };
    expect(updates()).toEqual([
      {
        AutoScalingGroupName: 'shop',
        MixedInstancesPolicy: { LaunchTemplate, InstancesDistribution },
      },
    ]);
  });

  it.each([
    ['that is not there', [], 'GroupNotFound'],
    [
      'with a launch configuration',
      [group({ LaunchTemplate: undefined, LaunchConfigurationName: 'old' })],
      'NoLaunchTemplate',
    ],
    [
      'with an override that names its own template',
      [group(mixed([{ InstanceType: 'm6i.large', LaunchTemplateSpecification: template }]))],
      'OverrideOfItsOwn',
    ],
    [
      'with an override that names its own image',
      [group(mixed([{ ImageId: 'ami-0123456789abcdef0' }]))],
      'OverrideOfItsOwn',
    ],
  ])('is refused for a group %s', async (_, groups, code) => {
    answering(...groups);
    await expect(set()).rejects.toMatchObject({ kind: 'refused', code });
    expect(updates()).toEqual([]);
  });

  it('is unclear where the answer is lost', async () => {
    answering(group());
    autoScaling.on(UpdateAutoScalingGroupCommand).rejects(socketError('ECONNRESET'));
    await expect(set()).rejects.toMatchObject({ kind: 'unclear' });
    expect(updates()).toHaveLength(1);
  });
});

describe('the groups of instances', () => {
  const idOf = (number: number) => Ec2InstanceId.parse(`i-${String(number).padStart(17, '0')}`);
  const membership = (number: number) => ({
    InstanceId: idOf(number),
    AutoScalingGroupName: number < 50 ? 'web' : 'jobs',
    AvailabilityZone: 'eu-west-1a',
    LifecycleState: 'InService',
    HealthStatus: 'HEALTHY',
    ProtectedFromScaleIn: false,
  });

  it('are asked for fifty at a time; who is in no group is left out', async () => {
    autoScaling
      .on(DescribeAutoScalingInstancesCommand)
      .resolvesOnce({ AutoScalingInstances: [membership(1)], NextToken: 'more' })
      .resolvesOnce({ AutoScalingInstances: [membership(2)] })
      .resolves({ AutoScalingInstances: [membership(50)] });
    const asked = Array.from({ length: 51 }, (_, number) => idOf(number));
    expect([...(await gateway.findGroupNames(asked))]).toEqual([
      [idOf(1), 'web'],
      [idOf(2), 'web'],
      [idOf(50), 'jobs'],
    ]);
    const calls = autoScaling.commandCalls(DescribeAutoScalingInstancesCommand);
    expect(calls.map(({ args }) => args[0].input.InstanceIds?.length)).toEqual([50, 50, 1]);
  });

  it('are not known where Auto Scaling does not answer', async () => {
    autoScaling.on(DescribeAutoScalingInstancesCommand).rejects(sdkError('Throttling', 400));
    await expect(gateway.findGroupNames([idOf(1)])).rejects.toMatchObject({ kind: 'throttled' });
  });
});
