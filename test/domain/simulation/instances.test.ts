import { describe, expect, test } from 'vitest';
import { callAws } from '../../../domain/simulation/callAws.ts';
import {
  injectAgentLoss,
  injectInstanceDeath,
  spoilNextLaunch,
} from '../../../domain/simulation/faults.ts';
import { groundTruth } from '../../../domain/simulation/groundTruth.ts';
import type { World } from '../../../domain/simulation/world.ts';
import {
  ask,
  eventsOf,
  healthyOf,
  hour,
  minute,
  october,
  pass,
  refusal,
  second,
  smallWorld,
  tasksOf,
  watch,
} from './smallWorld.ts';

const first = (world: World) => {
  const [instance] = Object.values(world.instances).filter(({ tasks }) => tasks.length > 0);
  if (instance === undefined) throw new Error('no instance with tasks');
  return instance;
};

const drain = (world: World, arn: string | null) =>
  ask(world, 'UpdateContainerInstancesState', { containerInstances: [arn], status: 'DRAINING' });

const terminate = (world: World, InstanceId: string) =>
  callAws(world, 'autoscaling', 'TerminateInstanceInAutoScalingGroup', {
    InstanceId,
    ShouldDecrementDesiredCapacity: 'false',
  });

describe('draining', () => {
  test('RUNNING tasks of a service are replaced first where the minimum is 100%', () => {
    const world = smallWorld();
    const { arn, ec2InstanceId } = first(world);
    drain(world, arn);
    let least = 4;
    watch(world, world.now + hour, () => {
      least = Math.min(least, healthyOf(world));
    });
    expect(least).toBe(4);
    expect(world.instances[ec2InstanceId]?.tasks).toEqual([]);
    expect(world.instances[ec2InstanceId]?.status).toBe('DRAINING');
  });

  test('at 100% and 100% nothing ever leaves', () => {
    const world = smallWorld({ services: [{ minimumHealthyPercent: 100, maximumPercent: 100 }] });
    const { arn, tasks } = first(world);
    const before = [...tasks];
    drain(world, arn);
    pass(world, 12 * hour);
    expect(first(world).tasks).toEqual(before);
  });

  test('a PENDING task of a service stops at once, a standalone one stays', () => {
    const world = smallWorld({ instances: 1, services: [{ desiredCount: 1 }] });
    const { arn } = first(world);
    ask(world, 'RunTask', { taskDefinition: 'orders' });
    ask(world, 'UpdateService', { service: 'orders', desiredCount: 2 });
    pass(world, 4 * second);
    const pending = Object.values(world.tasks).filter(({ lastStatus }) => lastStatus !== 'RUNNING');
    expect(pending.map(({ group }) => group).sort()).toEqual(['family:orders', 'service:orders']);
    drain(world, arn);
    pass(world, 10 * second);
    const ofService = pending.find(({ service }) => service === 'orders');
    const standalone = pending.find(({ service }) => service === null);
    expect(ofService?.lastStatus).toBe('STOPPED');
    pass(world, hour);
    expect(standalone?.lastStatus).toBe('RUNNING');
  });

  test('nothing new is placed on it until it is ACTIVE again', () => {
    const world = smallWorld({ instances: 1, services: [{ desiredCount: 1 }] });
    const { arn } = first(world);
    drain(world, arn);
    ask(world, 'UpdateService', { service: 'orders', desiredCount: 3 });
    pass(world, 30 * minute);
    expect(tasksOf(world)).toHaveLength(1);
    ask(world, 'UpdateContainerInstancesState', { containerInstances: [arn], status: 'ACTIVE' });
    pass(world, 30 * minute);
    expect(healthyOf(world)).toBe(3);
  });
});

describe('replacing an instance through its group', () => {
  test('the group launches another from the newest AMI, with that build and its layers', () => {
    const world = smallWorld();
    pass(world, 5 * hour);
    const { ec2InstanceId } = first(world);
    expect(terminate(world, ec2InstanceId)).toMatchObject({
      ok: { Activity: { StatusCode: 'InProgress' } },
    });
    pass(world, 30 * minute);
    const young = Object.values(world.instances).find(({ build }) => build === october);
    expect(young?.attributes).toMatchObject({
      'tuesday.os-build': october,
      'ecs.ami-id': 'ami-0bbbbbbbb',
      'ecs.os-family': 'WINDOWS_SERVER_2022_CORE',
    });
    expect(Object.keys(young?.layers ?? {})).not.toHaveLength(0);
    expect(world.instances[ec2InstanceId]?.status).toBe('INACTIVE');
    expect(healthyOf(world)).toBe(4);
    const states = eventsOf(world, 'EC2 Instance State-change Notification');
    expect(states.map(({ detail }) => detail.state)).toEqual(
      expect.arrayContaining(['shutting-down', 'terminated', 'pending', 'running']),
    );
  });

  test('asked again it is no second termination; once gone its group does not know it', () => {
    const world = smallWorld();
    const { ec2InstanceId } = first(world);
    terminate(world, ec2InstanceId);
    terminate(world, ec2InstanceId);
    pass(world, 30 * minute);
    const active = Object.values(world.instances).filter(({ status }) => status === 'ACTIVE');
    expect(active).toHaveLength(3);
    expect(terminate(world, ec2InstanceId)).toMatchObject({ error: { code: 'ValidationError' } });
  });

  test('a lifecycle hook holds the termination until it is completed', () => {
    const world = smallWorld({
      group: { terminationHook: { name: 'drain', timeoutMs: 2 * hour } },
    });
    const { ec2InstanceId } = first(world);
    terminate(world, ec2InstanceId);
    pass(world, hour);
    expect(world.instances[ec2InstanceId]?.ec2State).toBe('running');
    const [hook] = eventsOf(world, 'EC2 Instance-terminate Lifecycle Action');
    expect(hook?.detail).toMatchObject({
      EC2InstanceId: ec2InstanceId,
      LifecycleHookName: 'drain',
    });
    callAws(world, 'autoscaling', 'CompleteLifecycleAction', {
      InstanceId: ec2InstanceId,
      LifecycleActionResult: 'CONTINUE',
    });
    pass(world, 5 * minute);
    expect(world.instances[ec2InstanceId]?.ec2State).toBe('terminated');
  });

  test('an instance whose agent never registers takes no tasks and no one is told', () => {
    const world = smallWorld();
    spoilNextLaunch(world);
    terminate(world, first(world).ec2InstanceId);
    pass(world, 3 * hour);
    expect(groundTruth(world).instances).toHaveLength(2);
  });
});

describe('an agent that is away', () => {
  test('its tasks run on; what it should do waits for it', () => {
    const world = smallWorld();
    const instance = first(world);
    const [arn = ''] = instance.tasks;
    injectAgentLoss(world, instance.ec2InstanceId, 30 * minute);
    ask(world, 'StopTask', { task: arn });
    pass(world, 20 * minute);
    expect(world.tasks[arn]).toMatchObject({
      desiredStatus: 'STOPPED',
      lastStatus: 'DEACTIVATING',
    });
    pass(world, 20 * minute);
    expect(world.tasks[arn]?.lastStatus).toBe('STOPPED');
    const connections = eventsOf(world, 'ECS Container Instance State Change')
      .filter(({ resources }) => resources[0] === instance.arn)
      .map(({ detail }) => detail.agentConnected);
    expect(connections).toContain(false);
    expect(connections.at(-1)).toBe(true);
  });

  test('it gets no tasks meanwhile', () => {
    const world = smallWorld({ instances: 1, services: [{ desiredCount: 1 }] });
    injectAgentLoss(world, first(world).ec2InstanceId, hour);
    const answer = ask(world, 'RunTask', { taskDefinition: 'tuesday-canary-2022' });
    expect(answer).toMatchObject({ tasks: [], failures: [{ reason: 'AGENT' }] });
  });
});

describe('an instance that dies', () => {
  test('ECS is told: INACTIVE, its tasks replaced, and its group makes up for it', () => {
    const world = smallWorld();
    const { ec2InstanceId, tasks } = first(world);
    const [arn = ''] = tasks;
    injectInstanceDeath(world, ec2InstanceId);
    expect(world.tasks[arn]).toMatchObject({
      lastStatus: 'STOPPED',
      stoppedReason: `Host EC2 (instance ${ec2InstanceId}) terminated.`,
    });
    pass(world, hour);
    expect(healthyOf(world)).toBe(4);
    expect(groundTruth(world).instances).toHaveLength(3);
  });

  test('as a ghost it stays registered, and its tasks RUNNING, until deregistered by force', () => {
    const world = smallWorld();
    const { ec2InstanceId, arn, tasks } = first(world);
    const count = tasks.length;
    injectInstanceDeath(world, ec2InstanceId, { ghost: true });
    pass(world, 12 * hour);
    expect(world.instances[ec2InstanceId]).toMatchObject({
      status: 'ACTIVE',
      agentConnected: false,
    });
    const [service] = groundTruth(world).services;
    expect(service?.healthyRunning).toBe(4 - count);
    expect(refusal(world, 'DeregisterContainerInstance', { containerInstance: arn }).code).toBe(
      'InvalidParameterException',
    );
    ask(world, 'DeregisterContainerInstance', { containerInstance: arn, force: true });
    pass(world, hour);
    expect(groundTruth(world).services[0]?.healthyRunning).toBe(4);
  });
});
