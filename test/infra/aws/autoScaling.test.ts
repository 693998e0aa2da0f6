import {
  AutoScalingClient,
  DescribeAutoScalingInstancesCommand,
  TerminateInstanceInAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { Ec2InstanceId } from '../../../events/ids.ts';
import { createAutoScalingGateway } from '../../../infra/aws/autoScaling.ts';
import { sdkError } from './sdkError.ts';

const autoScaling = mockClient(AutoScalingClient);
const gateway = createAutoScalingGateway(new AutoScalingClient({ region: 'eu-west-1' }));
const id = Ec2InstanceId.parse('i-0123456789abcdef0');
const refusal = sdkError('ValidationError', 400);
const terminate = () => gateway.terminateForReplacement(id);

const inState = (LifecycleState: string) => ({
  AutoScalingInstances: [
    {
      InstanceId: id,
      LifecycleState,
      AutoScalingGroupName: 'shop',
      AvailabilityZone: 'eu-west-1a',
      HealthStatus: 'HEALTHY',
      ProtectedFromScaleIn: false,
    },
  ],
});

beforeEach(() => autoScaling.reset());

describe('terminating an instance for replacement', () => {
  it('keeps the desired capacity, so that the group launches another', async () => {
    autoScaling.on(TerminateInstanceInAutoScalingGroupCommand).resolves({});
    await terminate();
    const calls = autoScaling.commandCalls(TerminateInstanceInAutoScalingGroupCommand);
    expect(calls.map(({ args }) => args[0].input)).toEqual([
      { InstanceId: id, ShouldDecrementDesiredCapacity: false },
    ]);
    expect(autoScaling.commandCalls(DescribeAutoScalingInstancesCommand)).toHaveLength(0);
  });

  it.each(['Terminating', 'Terminating:Wait', 'Terminating:Proceed', 'Terminated'])(
    'has succeeded before where the instance is %s',
    async (state) => {
      autoScaling.on(TerminateInstanceInAutoScalingGroupCommand).rejects(refusal);
      autoScaling.on(DescribeAutoScalingInstancesCommand).resolves(inState(state));
      await expect(terminate()).resolves.toBeUndefined();
    },
  );

  it('has succeeded before where no group knows the instance any more', async () => {
    autoScaling.on(TerminateInstanceInAutoScalingGroupCommand).rejects(refusal);
    autoScaling.on(DescribeAutoScalingInstancesCommand).resolves({ AutoScalingInstances: [] });
    await expect(terminate()).resolves.toBeUndefined();
  });

  it('is refused where the instance is in service all the same', async () => {
    autoScaling.on(TerminateInstanceInAutoScalingGroupCommand).rejects(refusal);
    autoScaling.on(DescribeAutoScalingInstancesCommand).resolves(inState('InService'));
    await expect(terminate()).rejects.toMatchObject({ kind: 'refused', code: 'ValidationError' });
  });

  it('is not taken for done where Auto Scaling will not say', async () => {
    autoScaling.on(TerminateInstanceInAutoScalingGroupCommand).rejects(refusal);
    autoScaling.on(DescribeAutoScalingInstancesCommand).rejects(sdkError('Throttling', 400));
    await expect(terminate()).rejects.toMatchObject({ kind: 'throttled' });
  });

  it.each([
    ['AccessDenied', 403, 'refused'],
    ['ScalingActivityInProgressFault', 400, 'throttled'],
    ['InternalFailure', 500, 'unclear'],
  ])('leaves %s as it is', async (code, status, kind) => {
    autoScaling.on(TerminateInstanceInAutoScalingGroupCommand).rejects(sdkError(code, status));
    await expect(terminate()).rejects.toMatchObject({ kind, code });
  });
});
