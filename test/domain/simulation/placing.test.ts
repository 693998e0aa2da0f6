import { describe, expect, test } from 'vitest';
import type { World } from '../../../domain/simulation/world.ts';
import {
  ask,
  healthyOf,
  hour,
  minute,
  pass,
  serviceNamed,
  smallWorld,
  tasksOf,
} from './smallWorld.ts';

const zonesOf = (world: World, name = 'orders') =>
  Object.values(Object.groupBy(tasksOf(world, name), ({ zone }) => zone))
    .map((tasks) => tasks?.length ?? 0)
    .sort((a, b) => b - a);

const instanceCount = (world: World, name = 'orders') =>
  new Set(tasksOf(world, name).map(({ ec2InstanceId }) => ec2InstanceId)).size;

const firstArn = (world: World) => Object.keys(world.containerInstances).sort()[0] ?? '';

describe('a daemon', () => {
  const daemon = () =>
    smallWorld({
      services: [
        {},
        {
          name: 'agent',
          schedulingStrategy: 'DAEMON',
          minimumHealthyPercent: 0,
          maximumPercent: 100,
        },
      ],
    });

  test('has one task on every instance, and its desired count follows', () => {
    const world = daemon();
    expect([instanceCount(world, 'agent'), serviceNamed(world, 'agent').desiredCount]).toEqual([
      3, 3,
    ]);
  });

  test('is deployed anew instance by instance, old before new', () => {
    const world = daemon();
    ask(world, 'UpdateService', { service: 'agent', forceNewDeployment: true });
    pass(world, hour);
    const [primary] = serviceNamed(world, 'agent').deployments;
    expect(primary?.rolloutState).toBe('COMPLETED');
    expect(tasksOf(world, 'agent').every(({ deployment }) => deployment === primary?.id)).toBe(
      true,
    );
    expect(instanceCount(world, 'agent')).toBe(3);
  });

  test('leaves a draining instance last, and comes back with it', () => {
    const world = daemon();
    const arn = firstArn(world);
    ask(world, 'UpdateContainerInstancesState', { containerInstances: [arn], status: 'DRAINING' });
    const on = (name: string) =>
      tasksOf(world, name).filter(({ containerInstanceArn }) => containerInstanceArn === arn);
    const seen: string[] = [];
    for (let step = 0; step < 120; step += 1) {
      pass(world, 30_000);
      seen.push(`${on('orders').length > 0} ${on('agent').length > 0}`);
    }
    expect(seen).not.toContain('true false');
    expect(seen.at(-1)).toBe('false false');
    ask(world, 'UpdateContainerInstancesState', { containerInstances: [arn], status: 'ACTIVE' });
    pass(world, hour);
    expect([on('agent').length, instanceCount(world, 'agent')]).toEqual([1, 3]);
  });
});

describe('strategies of a service', () => {
  test('binpack fills one instance before the next, and scales in from the emptiest', () => {
    const world = smallWorld({
      services: [{ desiredCount: 4, placementStrategy: [{ type: 'binpack', field: 'memory' }] }],
    });
    expect(instanceCount(world)).toBe(1);
    ask(world, 'UpdateService', { service: 'orders', desiredCount: 20 });
    pass(world, hour);
    expect(instanceCount(world)).toBe(2);
    ask(world, 'UpdateService', { service: 'orders', desiredCount: 15 });
    pass(world, hour);
    expect([healthyOf(world), instanceCount(world)]).toEqual([15, 1]);
  });

  test('UpdateService changes them, and refuses what is none', () => {
    const world = smallWorld();
    const asked = (placementStrategy: object[]) =>
      ask(world, 'UpdateService', { service: 'orders', placementStrategy });
    expect(JSON.stringify(asked([{ type: 'random' }]))).toContain(
      '"placementStrategy":[{"type":"random"}]',
    );
    expect(() => asked([{ type: 'binpack', field: 'disk' }])).toThrow('Invalid placement strategy');
  });
});

describe('RunTask', () => {
  test('with distinctInstance has one task on an instance, and says why there are no more', () => {
    const world = smallWorld();
    const answer = ask(world, 'RunTask', {
      taskDefinition: 'orders',
      count: 5,
      group: 'batch',
      placementConstraints: [{ type: 'distinctInstance' }],
    });
    const { tasks, failures } = answer as unknown as {
      tasks: { containerInstanceArn: string }[];
      failures: { reason: string }[];
    };
    expect(new Set(tasks.map((task) => task.containerInstanceArn)).size).toBe(3);
    expect(failures.map(({ reason }) => reason)).toEqual(
      Array(3).fill('DistinctInstance placement constraint unsatisfied.'),
    );
  });
});

describe('availability-zone rebalancing', () => {
  const crowded = (availabilityZoneRebalancing: 'ENABLED' | 'DISABLED') => {
    const world = smallWorld({ services: [{ desiredCount: 6, availabilityZoneRebalancing }] });
    const arn = firstArn(world);
    const turn = (status: string) =>
      ask(world, 'UpdateContainerInstancesState', { containerInstances: [arn], status });
    turn('DRAINING');
    pass(world, hour);
    expect(zonesOf(world)).toEqual([3, 3]);
    turn('ACTIVE');
    return world;
  };

  test('brings tasks back to the zone that had none, never below the desired count', () => {
    const world = crowded('ENABLED');
    ask(world, 'UpdateService', { service: 'orders' });
    let least = 6;
    for (let step = 0; step < 240; step += 1) {
      pass(world, minute / 2);
      least = Math.min(least, healthyOf(world));
    }
    expect([zonesOf(world), least]).toEqual([[2, 2, 2], 6]);
  });

  test('does nothing where it is not asked for', () => {
    const world = crowded('DISABLED');
    ask(world, 'UpdateService', { service: 'orders' });
    pass(world, 2 * hour);
    expect(zonesOf(world)).toEqual([3, 3]);
  });
});

describe('a service that is constrained to builds', () => {
  const september2022 = '20348.4171';
  const constrain = (world: World, build: string) =>
    ask(world, 'UpdateService', {
      service: 'orders',
      placementConstraints: [
        { type: 'memberOf', expression: `attribute:tuesday.os-build in [${build}]` },
      ],
    });
  /** Two instances of three say that they are on another build. */
  const mixed = () => {
    const world = smallWorld();
    const [first, ...others] = Object.keys(world.containerInstances).sort();
    for (const targetId of others) {
      const attributes = [{ name: 'tuesday.os-build', value: '20348.1', targetId }];
      ask(world, 'PutAttributes', { attributes });
    }
    return { world, first };
  };

  test('is not deployed anew, and what runs stays where it is', () => {
    const { world } = mixed();
    const before = tasksOf(world).map(({ arn }) => arn);
    const [deployment] = serviceNamed(world).deployments;
    constrain(world, september2022);
    pass(world, hour);
    expect(serviceNamed(world).deployments).toEqual([deployment]);
    expect(tasksOf(world).map(({ arn }) => arn)).toEqual(before);
  });

  test('scales out onto those builds alone, and without the constraint onto any', () => {
    for (const isConstrained of [true, false]) {
      const { world, first } = mixed();
      const before = new Set(tasksOf(world).map(({ arn }) => arn));
      if (isConstrained) constrain(world, september2022);
      ask(world, 'UpdateService', { service: 'orders', desiredCount: 9 });
      pass(world, hour);
      const came = tasksOf(world).filter(({ arn }) => !before.has(arn));
      expect(came).toHaveLength(5);
      const onFirst = came.every(({ containerInstanceArn }) => containerInstanceArn === first);
      expect(onFirst).toBe(isConstrained);
    }
  });
});
