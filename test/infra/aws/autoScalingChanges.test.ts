import {
  AutoScalingClient,
  CompleteLifecycleActionCommand,
  DescribeAutoScalingInstancesCommand,
  RecordLifecycleActionHeartbeatCommand,
  SetDesiredCapacityCommand,
  TerminateInstanceInAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { Ec2InstanceId } from '../../../events/ids.ts';
import { createAutoScalingGateway } from '../../../infra/aws/autoScaling.ts';
import { sdkError, socketError } from './sdkError.ts';

const autoScaling = mockClient(AutoScalingClient);
const gateway = createAutoScalingGateway(new AutoScalingClient({ region: 'eu-west-1' }));
const id = Ec2InstanceId.parse('i-0123456789abcdef0');
const inputsOf = (command: Parameters<typeof autoScaling.commandCalls>[0]) =>
  autoScaling.commandCalls(command).map((call) => call.args[0].input);
const inState = (LifecycleState: string) =>
  ({ AutoScalingInstances: [{ InstanceId: id, LifecycleState }] }) as never;

beforeEach(() => autoScaling.reset());

describe('terminating an instance for scale-in', () => {
  const terminate = () => gateway.terminateForScaleIn(id);

  it('takes one off the desired capacity', async () => {
    autoScaling.on(DescribeAutoScalingInstancesCommand).resolves(inState('InService'));
    autoScaling.on(TerminateInstanceInAutoScalingGroupCommand).resolves({});
    await terminate();
    expect(inputsOf(TerminateInstanceInAutoScalingGroupCommand)).toEqual([
      { InstanceId: id, ShouldDecrementDesiredCapacity: true },
    ]);
  });

  it.each([
    ['one that is Terminating', inState('Terminating:Wait')],
    ['one that no group knows', { AutoScalingInstances: [] }],
  ])('leaves %s alone, so that nothing is taken off twice', async (_, answer) => {
    autoScaling.on(DescribeAutoScalingInstancesCommand).resolves(answer);
    await terminate();
    expect(inputsOf(TerminateInstanceInAutoScalingGroupCommand)).toEqual([]);
  });

  it('is not tried where nobody could look first', async () => {
    autoScaling.on(DescribeAutoScalingInstancesCommand).rejects(sdkError('Throttling', 400));
    await expect(terminate()).rejects.toMatchObject({ kind: 'throttled' });
    expect(inputsOf(TerminateInstanceInAutoScalingGroupCommand)).toEqual([]);
  });

  it('is unclear where the answer is lost, and is not tried again here', async () => {
    autoScaling.on(DescribeAutoScalingInstancesCommand).resolves(inState('InService'));
    autoScaling.on(TerminateInstanceInAutoScalingGroupCommand).rejects(socketError('ECONNRESET'));
    await expect(terminate()).rejects.toMatchObject({ kind: 'unclear' });
    expect(inputsOf(TerminateInstanceInAutoScalingGroupCommand)).toHaveLength(1);
  });
});

describe('setting the desired capacity', () => {
  const set = () => gateway.setDesiredCapacity('shop', 7);

  it('names the group and the capacity', async () => {
    autoScaling.on(SetDesiredCapacityCommand).resolves({});
    await set();
    expect(inputsOf(SetDesiredCapacityCommand)).toEqual([
      { AutoScalingGroupName: 'shop', DesiredCapacity: 7 },
    ]);
  });

  it.each([
    ['a group that is busy', sdkError('ScalingActivityInProgressFault', 400), 'throttled'],
    ['a capacity out of bounds', sdkError('ValidationError', 400), 'refused'],
    ['a lost answer', sdkError('TimeoutError'), 'unclear'],
  ])('after %s it is %s', async (_, error, kind) => {
    autoScaling.on(SetDesiredCapacityCommand).rejects(error);
    await expect(set()).rejects.toMatchObject({ kind });
  });
});

describe('a lifecycle action', () => {
  const token = '87654321-4321-4321-4321-210987654321';
  const action = { groupName: 'shop', hookName: 'drain', ec2InstanceId: id, token };
  const named = {
    AutoScalingGroupName: 'shop',
    LifecycleHookName: 'drain',
    InstanceId: id,
    LifecycleActionToken: token,
  };
  const over = Object.assign(sdkError('ValidationError', 400), {
    message: `No active Lifecycle Action found with instance ID ${id}`,
  });
  const complete = () => gateway.completeLifecycleAction(action, 'CONTINUE');
  const beat = () => gateway.recordLifecycleActionHeartbeat(action);

  it('is completed by its own token', async () => {
    autoScaling.on(CompleteLifecycleActionCommand).resolves({});
    expect(await complete()).toBe('completed');
    expect(inputsOf(CompleteLifecycleActionCommand)).toEqual([
      { ...named, LifecycleActionResult: 'CONTINUE' },
    ]);
  });

  it('is kept open by a heartbeat', async () => {
    autoScaling.on(RecordLifecycleActionHeartbeatCommand).resolves({});
    expect(await beat()).toBe('recorded');
    expect(inputsOf(RecordLifecycleActionHeartbeatCommand)).toEqual([named]);
  });

  it('that is over is told as not active, as after an answer that was lost', async () => {
    autoScaling.on(CompleteLifecycleActionCommand).rejects(over);
    autoScaling.on(RecordLifecycleActionHeartbeatCommand).rejects(over);
    expect([await complete(), await beat()]).toEqual(['notActive', 'notActive']);
  });

  it.each([
    ['a hook that does not exist', sdkError('ValidationError', 400), 'refused'],
    ['an error of AWS', sdkError('InternalFailure', 500), 'unclear'],
  ])('after %s is no success', async (_, error, kind) => {
    autoScaling.on(CompleteLifecycleActionCommand).rejects(error);
    autoScaling.on(RecordLifecycleActionHeartbeatCommand).rejects(error);
    await expect(complete()).rejects.toMatchObject({ kind });
    await expect(beat()).rejects.toMatchObject({ kind });
  });
});
