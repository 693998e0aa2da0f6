import { describe, expect, test } from 'vitest';
import { advance } from '../../../domain/simulation/advance.ts';
import { callAws } from '../../../domain/simulation/callAws.ts';
import { createWorld } from '../../../domain/simulation/createWorld.ts';
import { injectAgentLoss, injectInstanceDeath } from '../../../domain/simulation/faults.ts';
import { groundTruth } from '../../../domain/simulation/groundTruth.ts';
import { acknowledge, takeEvents } from '../../../domain/simulation/outbox.ts';
import { randomScenario } from '../../../domain/simulation/randomScenario.ts';
import type { World } from '../../../domain/simulation/world.ts';
import { hour, minute, smallScenario } from './smallWorld.ts';

const size = { instances: 9, tasks: 60 };

/** A busy half day: a drain, a termination, deployments, a death, a lost agent, a rebuild. */
const steps: readonly ((world: World) => void)[] = [
  (world) =>
    void callAws(world, 'ecs', 'UpdateContainerInstancesState', {
      cluster: world.clusterName,
      containerInstances: [Object.values(world.instances)[0]?.arn],
      status: 'DRAINING',
    }),
  (world) => advance(world, world.now + 20 * minute),
  (world) =>
    void callAws(world, 'autoscaling', 'TerminateInstanceInAutoScalingGroup', {
      InstanceId: Object.keys(world.instances)[0],
    }),
  (world) =>
    void callAws(world, 'ecs', 'UpdateService', {
      cluster: world.clusterName,
      service: Object.keys(world.services)[0],
      forceNewDeployment: true,
    }),
  (world) => advance(world, world.now + 7 * minute),
  (world) => injectInstanceDeath(world, Object.keys(world.instances)[2] ?? ''),
  (world) => injectAgentLoss(world, Object.keys(world.instances)[3] ?? '', 11 * minute),
  (world) =>
    void callAws(world, 'events', 'PutEvents', {
      Entries: [
        {
          Source: 'tuesday',
          DetailType: 'Image Rebuild Requested',
          Detail: JSON.stringify({
            effectId: 'effect-1',
            repository: Object.values(world.appTags)[0]?.repository,
            tag: 'live',
            toBuild: '20348.1',
          }),
        },
      ],
    }),
  (world) => advance(world, world.now + 5 * hour),
  (world) => acknowledge(world, takeEvents(world, 40).at(-1)?.sequence ?? 0),
  (world) => advance(world, world.now + 7 * hour),
];

const live = (seed: number): World => {
  const world = createWorld(randomScenario(seed, size), seed);
  for (const step of steps) step(world);
  return world;
};

describe('the history of a world', () => {
  test('is the same, byte for byte, for the same scenario and seed', () => {
    for (const seed of [1, 2, 3]) {
      expect(JSON.stringify(live(seed))).toBe(JSON.stringify(live(seed)));
    }
  });

  test('differs with the seed', () => {
    const scenario = randomScenario(1, size);
    const arns = [1, 2].map((seed) => Object.keys(createWorld(scenario, seed).tasks)[0]);
    expect(arns[0]).not.toBe(arns[1]);
  });

  test('goes on the same from its own JSON, wherever it was written down', () => {
    const whole = live(5);
    for (let cut = 0; cut < steps.length; cut++) {
      let world = createWorld(randomScenario(5, size), 5);
      for (const [index, step] of steps.entries()) {
        if (index === cut) world = JSON.parse(JSON.stringify(world));
        step(world);
      }
      expect(JSON.stringify(world)).toBe(JSON.stringify(whole));
    }
  });

  test('does not depend on the strides in which time passes', () => {
    const scenario = randomScenario(8, size);
    const [one, many] = [createWorld(scenario, 8), createWorld(scenario, 8)];
    advance(one, scenario.startsAt + 30 * hour);
    for (let hours = 1; hours <= 30; hours++) advance(many, scenario.startsAt + hours * hour);
    expect(JSON.stringify(many)).toBe(JSON.stringify(one));
  });

  test('a read changes nothing', () => {
    const world = live(3);
    const before = JSON.stringify(world);
    const cluster = world.clusterName;
    callAws(world, 'ecs', 'ListTasks', { cluster });
    callAws(world, 'ecs', 'DescribeTasks', { cluster, tasks: Object.keys(world.tasks) });
    callAws(world, 'ecs', 'DescribeServices', { cluster, services: Object.keys(world.services) });
    callAws(world, 'autoscaling', 'DescribeAutoScalingGroups', {});
    callAws(world, 'ecr', 'DescribeRepositories', {});
    expect(JSON.stringify(world)).toBe(before);
  });
});

describe('delivery', () => {
  const sequencesOf = (world: World) => takeEvents(world).map(({ sequence }) => sequence);

  test('may repeat and reorder events, but hands them out under a growing sequence', () => {
    const delivery = { latencyMaxMs: 8000, duplicatePercent: 20 };
    const world = createWorld(smallScenario({ scenario: { delivery } }), 1);
    callAws(world, 'ecs', 'UpdateService', {
      cluster: 'shop',
      service: 'orders',
      forceNewDeployment: true,
    });
    advance(world, world.now + hour);
    const events = takeEvents(world).map(({ event }) => event as { id: string; time: string });
    expect(new Set(events.map(({ id }) => id)).size).toBeLessThan(events.length);
    const times = events.map(({ time }) => time);
    expect([...times].sort()).not.toEqual(times);
    const sequences = sequencesOf(world);
    expect([...sequences].sort((a, b) => a - b)).toEqual(sequences);
  });

  test('hands out again what was not acknowledged', () => {
    const world = live(3);
    const [first, second] = takeEvents(world, 2);
    acknowledge(world, first?.sequence ?? 0);
    expect(takeEvents(world, 1)).toEqual([second]);
  });
});

describe('a random fleet', () => {
  test('begins whole: every task healthy, no instance overcommitted, of the size asked for', () => {
    for (let seed = 1; seed <= 60; seed++) {
      const instances = 5 + ((seed * 7) % 56);
      const tasks = 20 + ((seed * 13) % 581);
      const scenario = randomScenario(seed, { instances, tasks });
      const truth = groundTruth(createWorld(scenario, seed));
      expect(truth.instances).toHaveLength(instances);
      const daemons = scenario.services.filter((each) => each.schedulingStrategy === 'DAEMON');
      const ofDaemons = daemons.reduce((sum, { desiredCount }) => sum + desiredCount, 0);
      const onInstances = truth.tasks.filter(({ service }) =>
        daemons.some(({ name }) => name === service),
      );
      expect(truth.tasks.length - onInstances.length).toBe(tasks - ofDaemons);
      expect(onInstances.length >= daemons.length).toBe(true);
      expect(truth.tasks.every(({ healthy }) => healthy)).toBe(true);
      expect(scenario.services.length).toBeGreaterThanOrEqual(3);
      expect(scenario.services.length).toBeLessThanOrEqual(12);
      for (const { memoryUsed, memoryRegistered } of truth.instances) {
        expect(memoryUsed).toBeLessThanOrEqual(memoryRegistered);
      }
    }
  });
});
