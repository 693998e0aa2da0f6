import {
  ApplicationAutoScalingClient,
  DescribeScalableTargetsCommand,
} from '@aws-sdk/client-application-auto-scaling';
import {
  DeregisterContainerInstanceCommand,
  DescribeCapacityProvidersCommand,
  DescribeClustersCommand,
  ECSClient,
  GetTaskProtectionCommand,
} from '@aws-sdk/client-ecs';
import {
  DescribeTargetGroupAttributesCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { createEcsGateway } from '../../../infra/aws/ecs.ts';
import { createLoadBalancingGateway } from '../../../infra/aws/loadBalancing.ts';
import { createScalableTargetsGateway } from '../../../infra/aws/scalableTargets.ts';
import { sdkError } from './sdkError.ts';

const region = 'eu-west-1';
const ecsMock = mockClient(ECSClient);
const elb = mockClient(ElasticLoadBalancingV2Client);
const scaling = mockClient(ApplicationAutoScalingClient);
const ecs = createEcsGateway(new ECSClient({ region }));
const loadBalancing = createLoadBalancingGateway(new ElasticLoadBalancingV2Client({ region }));
const scalableTargets = createScalableTargetsGateway(new ApplicationAutoScalingClient({ region }));

beforeEach(() => {
  for (const mock of [ecsMock, elb, scaling]) mock.reset();
});

const targetGroup = 'arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/orders/1';

describe('a target group', () => {
  it('says how long a target that leaves is served', async () => {
    elb.on(DescribeTargetGroupAttributesCommand).resolves({
      Attributes: [
        { Key: 'stickiness.enabled', Value: 'false' },
        { Key: 'deregistration_delay.timeout_seconds', Value: '120' },
      ],
    });
    expect(await loadBalancing.readDeregistrationDelaySeconds(targetGroup)).toBe(120);
  });

  it('that does not say it is no guess', async () => {
    elb.on(DescribeTargetGroupAttributesCommand).resolves({ Attributes: [] });
    await expect(loadBalancing.readDeregistrationDelaySeconds(targetGroup)).rejects.toThrow();
  });

  it('says the health of its targets', async () => {
    elb.on(DescribeTargetHealthCommand).resolves({
      TargetHealthDescriptions: [
        {
          Target: { Id: 'i-1', Port: 49_153 },
          TargetHealth: { State: 'draining', Reason: 'Target.DeregistrationInProgress' },
        },
      ],
    });
    expect(await loadBalancing.describeTargetHealth(targetGroup)).toEqual([
      {
        targetId: 'i-1',
        port: 49_153,
        state: 'draining',
        reason: 'Target.DeregistrationInProgress',
      },
    ]);
    elb.on(DescribeTargetHealthCommand).rejects(sdkError('TargetGroupNotFoundException', 400));
    const answer = loadBalancing.describeTargetHealth(targetGroup);
    await expect(answer).rejects.toMatchObject({ kind: 'refused' });
  });
});

describe('scalable targets', () => {
  it('are asked for by service, fifty to a call, and tell what is suspended', async () => {
    scaling.on(DescribeScalableTargetsCommand).resolves({
      ScalableTargets: [
        {
          ServiceNamespace: 'ecs',
          ResourceId: 'service/shop/orders',
          ScalableDimension: 'ecs:service:DesiredCount',
          MinCapacity: 2,
          MaxCapacity: 20,
          RoleARN: 'r',
          CreationTime: new Date(0),
          SuspendedState: { DynamicScalingInSuspended: true },
        },
      ],
    });
    const services = Array.from({ length: 51 }, (_, n) => ({
      clusterName: 'shop',
      serviceName: `s${n}`,
    }));
    const [first] = await scalableTargets.describeScalableTargets(services);
    expect(first).toEqual({
      clusterName: 'shop',
      serviceName: 'orders',
      minCapacity: 2,
      maxCapacity: 20,
      suspended: { scaleIn: true, scaleOut: false, scheduledScaling: false },
    });
    const asked = scaling.commandCalls(DescribeScalableTargetsCommand);
    expect(asked.map((call) => call.args[0].input.ResourceIds?.length)).toEqual([50, 1]);
  });
});

describe('the capacity of a cluster', () => {
  it('tells which Auto Scaling group a provider drives, and how', async () => {
    ecsMock.on(DescribeCapacityProvidersCommand).resolves({
      capacityProviders: [
        {
          name: 'windows-2022',
          status: 'ACTIVE',
          autoScalingGroupProvider: {
            autoScalingGroupArn: 'arn:asg',
            managedScaling: { status: 'ENABLED', targetCapacity: 90, minimumScalingStepSize: 1 },
            managedTerminationProtection: 'ENABLED',
            managedDraining: 'ENABLED',
          },
        },
        { name: 'FARGATE', status: 'ACTIVE' },
      ],
    });
    expect(await ecs.describeCapacityProviders(['windows-2022', 'FARGATE'])).toEqual([
      {
        name: 'windows-2022',
        status: 'ACTIVE',
        group: {
          autoScalingGroupArn: 'arn:asg',
          managedScaling: true,
          targetCapacityPercent: 90,
          minimumScalingStepSize: 1,
          managedTerminationProtection: true,
          managedDraining: true,
        },
      },
      { name: 'FARGATE', status: 'ACTIVE' },
    ]);
  });

  it('of a cluster that ECS does not know is not there', async () => {
    const failures = [{ arn: 'c', reason: 'MISSING' }];
    ecsMock.on(DescribeClustersCommand).resolves({ clusters: [], failures });
    expect(await ecs.describeCluster('shop')).toBeUndefined();
  });
});

describe('tasks that may not be ended now', () => {
  const task = 'arn:aws:ecs:eu-west-1:111122223333:task/shop/1';

  it('are told with until when; those of no service cannot be', async () => {
    ecsMock.on(GetTaskProtectionCommand).resolves({
      protectedTasks: [
        { taskArn: task, protectionEnabled: true, expirationDate: new Date(60_000) },
      ],
      failures: [{ arn: 'other', reason: 'TASK_NOT_VALID' }],
    });
    expect(await ecs.getTaskProtection('shop', [task, 'other'])).toEqual([
      { taskArn: task, protected: true, expiresAt: 60_000 },
    ]);
  });

  it('are not guessed where ECS did not look', async () => {
    const failures = [{ arn: task, reason: 'INTERNAL' }];
    ecsMock.on(GetTaskProtectionCommand).resolves({ protectedTasks: [], failures });
    await expect(ecs.getTaskProtection('shop', [task])).rejects.toMatchObject({ kind: 'refused' });
  });
});

describe('deregistering an instance', () => {
  it('says whether its tasks may be orphaned', async () => {
    ecsMock.on(DeregisterContainerInstanceCommand).resolves({});
    await ecs.deregisterInstance('shop', 'arn:instance', { force: true });
    const [call] = ecsMock.commandCalls(DeregisterContainerInstanceCommand);
    expect(call?.args[0].input).toEqual({
      cluster: 'shop',
      containerInstance: 'arn:instance',
      force: true,
    });
  });
});
