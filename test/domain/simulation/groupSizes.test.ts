import { describe, expect, test } from 'vitest';
import { callAws } from '../../../domain/simulation/callAws.ts';
import type { World } from '../../../domain/simulation/world.ts';
import { smallWorld } from './smallWorld.ts';

// Auto Scaling's own words, as kubernetes/autoscaler#943 and others show them.

const askFor = (world: World, DesiredCapacity: number) =>
  callAws(world, 'autoscaling', 'SetDesiredCapacity', {
    AutoScalingGroupName: 'web',
    DesiredCapacity,
  });

const refusedWith = (message: string) => ({ error: { code: 'ValidationError', message } });

describe('the size of a group', () => {
  test('is nothing to twice its instances, unless the scenario says otherwise', () => {
    const world = smallWorld();
    expect(world.groups.web).toMatchObject({ minSize: 0, maxSize: 6, desiredCapacity: 3 });
    expect(smallWorld({ group: { minSize: 2, maxSize: 4 } }).groups.web).toMatchObject({
      minSize: 2,
      maxSize: 4,
    });
  });

  test('is told by DescribeAutoScalingGroups', () => {
    const world = smallWorld({ group: { minSize: 2, maxSize: 4 } });
    const answer = callAws(world, 'autoscaling', 'DescribeAutoScalingGroups', {});
    expect(answer).toMatchObject({
      ok: { AutoScalingGroups: [{ MinSize: 2, MaxSize: 4, DesiredCapacity: 3 }] },
    });
  });

  test('bounds what SetDesiredCapacity takes, both bounds included', () => {
    const world = smallWorld({ group: { minSize: 2, maxSize: 4 } });
    expect(askFor(world, 5)).toMatchObject(
      refusedWith('New SetDesiredCapacity value 5 is above max value 4 for the AutoScalingGroup.'),
    );
    expect(askFor(world, 1)).toMatchObject(
      refusedWith('New SetDesiredCapacity value 1 is below min value 2 for the AutoScalingGroup.'),
    );
    expect(world.groups.web?.desiredCapacity).toBe(3);
    expect(askFor(world, 4)).toEqual({ ok: {} });
    expect(askFor(world, 2)).toEqual({ ok: {} });
    expect(world.groups.web?.desiredCapacity).toBe(2);
  });

  test('bounds termination with decrement, and not a replacement', () => {
    const world = smallWorld({ group: { minSize: 3 } });
    const [InstanceId = ''] = Object.keys(world.instances);
    const end = (ShouldDecrementDesiredCapacity: boolean) =>
      callAws(world, 'autoscaling', 'TerminateInstanceInAutoScalingGroup', {
        InstanceId,
        ShouldDecrementDesiredCapacity,
      });
    expect(end(true)).toMatchObject({
      error: { message: expect.stringMatching(/^Currently, desiredSize equals minSize \(3\)/) },
    });
    expect(world.instances[InstanceId]?.lifecycle).toBe('InService');
    expect(end(false)).toMatchObject({ ok: {} });
    expect(world.groups.web?.desiredCapacity).toBe(3);
  });
});
