import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { setImageBad } from '../../../domain/simulation/faults.ts';
import { pushAppImage } from '../../../domain/simulation/images.ts';
import { boundsOf } from '../../../domain/simulation/serviceScheduler.ts';
import { failureThreshold } from '../../../domain/simulation/serviceSignals.ts';
import {
  ask,
  at,
  eventsOf,
  healthyOf,
  hour,
  minute,
  pass,
  serviceNamed,
  smallWorld,
  tasksOf,
  watch,
} from './smallWorld.ts';

const redeploy = (world: Parameters<typeof ask>[0], name = 'orders') =>
  ask(world, 'UpdateService', { service: name, forceNewDeployment: true });

const eventNames = (world: Parameters<typeof eventsOf>[0], detailType: string) =>
  eventsOf(world, detailType).map(({ detail }) => String(detail.eventName));

describe('what ECS must keep and may have', () => {
  test.each([
    [4, 50, 100, 2, 4],
    [2, 75, 100, 2, 2],
    [3, 100, 125, 3, 3],
    [4, 100, 200, 4, 8],
    [7, 33, 150, 3, 10],
  ])('%i tasks at %i%% and %i%%: %i and %i', (desired, minimum, maximum, lower, upper) => {
    const bounds = boundsOf({
      desiredCount: desired,
      minimumHealthyPercent: minimum,
      maximumPercent: maximum,
    });
    expect(bounds).toEqual({ lower, upper });
  });

  test.each([
    [1, 3],
    [6, 3],
    [25, 13],
    [1000, 200],
  ])('the circuit breaker of %i tasks opens at %i failures', (desired, threshold) => {
    expect(failureThreshold(desired)).toBe(threshold);
  });
});

describe('a new deployment', () => {
  test('four tasks at 50% and 100% go two by two', () => {
    const world = smallWorld({ services: [{ minimumHealthyPercent: 50, maximumPercent: 100 }] });
    redeploy(world);
    let least = 4;
    let most = 0;
    watch(world, world.now + hour, () => {
      least = Math.min(least, healthyOf(world));
      most = Math.max(most, tasksOf(world).length);
    });
    expect([least, most]).toEqual([2, 4]);
    expect(eventNames(world, 'ECS Deployment State Change')).toEqual([
      'SERVICE_DEPLOYMENT_IN_PROGRESS',
      'SERVICE_DEPLOYMENT_COMPLETED',
    ]);
    expect(eventNames(world, 'ECS Service Action')).toContain('SERVICE_STEADY_STATE');
  });

  test('four tasks at 100% and 200% are all started before one stops', () => {
    const world = smallWorld();
    redeploy(world);
    let least = 4;
    let most = 0;
    watch(world, world.now + hour, () => {
      least = Math.min(least, healthyOf(world));
      most = Math.max(most, tasksOf(world).length);
    });
    expect([least, most]).toEqual([4, 8]);
  });

  test('never goes under the minimum or over the maximum, whatever the bounds', () => {
    const percents = fc.record({
      desiredCount: fc.integer({ min: 1, max: 9 }),
      minimumHealthyPercent: fc.integer({ min: 0, max: 100 }),
      maximumPercent: fc.integer({ min: 100, max: 200 }),
      seed: fc.integer({ min: 1, max: 1000 }),
    });
    fc.assert(
      fc.property(percents, ({ seed, ...plan }) => {
        const world = smallWorld({ services: [plan], seed });
        redeploy(world);
        const { lower, upper } = boundsOf(plan);
        watch(world, world.now + 3 * hour, () => {
          expect(healthyOf(world)).toBeGreaterThanOrEqual(lower);
          expect(tasksOf(world).length).toBeLessThanOrEqual(Math.max(upper, plan.desiredCount));
        });
        const isStuck = lower >= plan.desiredCount && upper <= plan.desiredCount;
        const [primary] = serviceNamed(world).deployments;
        expect(primary?.rolloutState).toBe(isStuck ? 'IN_PROGRESS' : 'COMPLETED');
      }),
      { numRuns: 60 },
    );
  });

  test('two tasks at 75% and 100% are stuck, and the service says why', () => {
    const world = smallWorld({
      services: [{ desiredCount: 2, minimumHealthyPercent: 75, maximumPercent: 100 }],
    });
    const before = tasksOf(world).map(({ arn }) => arn);
    redeploy(world);
    pass(world, 6 * hour);
    expect(tasksOf(world).map(({ arn }) => arn)).toEqual(before);
    expect(String(serviceNamed(world).events[0]?.message)).toContain(
      'unable to stop or start tasks during a deployment because of',
    );
    const answer = ask(world, 'DescribeServices', { services: ['orders'] });
    expect(at(answer, 'services', 0, 'deployments')).toHaveLength(2);
  });

  test('counts a task as healthy only 40 seconds after it runs', () => {
    const world = smallWorld();
    redeploy(world);
    watch(world, world.now + hour, () => {
      for (const task of tasksOf(world)) {
        if (task.healthy) expect(world.now - (task.startedAt ?? 0)).toBeGreaterThanOrEqual(40_000);
      }
    });
  });
});

describe('the digests of a deployment', () => {
  const rebuild = (world: Parameters<typeof ask>[0]) => pass(world, 3 * hour);

  test('a task replaced within a deployment runs what the deployment was pinned to', () => {
    const world = smallWorld();
    const before = tasksOf(world)[0]?.containers[0]?.digest;
    pushNewImage(world);
    const [victim] = tasksOf(world);
    ask(world, 'StopTask', { task: victim?.arn });
    rebuild(world);
    const digests = new Set(tasksOf(world).map(({ containers }) => containers[0]?.digest));
    expect([...digests]).toEqual([before]);
  });

  test('a new deployment resolves the tag again', () => {
    const world = smallWorld();
    const pushed = pushNewImage(world);
    redeploy(world);
    pass(world, hour);
    const digests = new Set(tasksOf(world).map(({ containers }) => containers[0]?.digest));
    expect([...digests]).toEqual([pushed]);
  });
});

describe('a deployment whose tasks do not start', () => {
  test('without a circuit breaker it goes on for ever, ever more slowly', () => {
    const world = smallWorld({ services: [{ desiredCount: 4 }] });
    pushNewImage(world);
    setImageBad(world, 'orders:live', true);
    redeploy(world);
    pass(world, 2 * hour);
    const failures = serviceNamed(world).deployments[0]?.failedTasks ?? 0;
    pass(world, 2 * hour);
    const later = serviceNamed(world).deployments[0]?.failedTasks ?? 0;
    expect(later).toBeGreaterThan(failures);
    expect(later - failures).toBeLessThan(failures);
    expect(healthyOf(world)).toBe(4);
    const stopped = Object.values(world.tasks).filter(({ stopCode }) => stopCode !== null);
    expect(new Set(stopped.map(({ stopCode }) => stopCode))).toEqual(
      new Set(['TaskFailedToStart']),
    );
  });

  test('with a circuit breaker it fails and goes back to the deployment that was whole', () => {
    const world = smallWorld({ services: [{ circuitBreaker: { enable: true, rollback: true } }] });
    const before = serviceNamed(world).deployments[0]?.id;
    pushNewImage(world);
    setImageBad(world, 'orders:live', true);
    redeploy(world);
    pass(world, 3 * hour);
    expect(eventNames(world, 'ECS Deployment State Change')).toEqual([
      'SERVICE_DEPLOYMENT_IN_PROGRESS',
      'SERVICE_DEPLOYMENT_FAILED',
      'SERVICE_DEPLOYMENT_IN_PROGRESS',
      'SERVICE_DEPLOYMENT_COMPLETED',
    ]);
    expect(serviceNamed(world).deployments.map(({ id }) => id)).toEqual([before]);
    expect(healthyOf(world)).toBe(4);
  });
});

describe('placement', () => {
  test('spreads a service over zones, then over instances', () => {
    const world = smallWorld({ instances: 6, services: [{ desiredCount: 6 }] });
    const hosts = new Set(tasksOf(world).map(({ ec2InstanceId }) => ec2InstanceId));
    expect(hosts.size).toBe(6);
  });

  test('a full fleet is a placement failure that names the resource, and cured by room', () => {
    const world = smallWorld({ services: [{ desiredCount: 4, memoryMiB: 8192 }] });
    ask(world, 'UpdateService', { service: 'orders', desiredCount: 7 });
    pass(world, 10 * minute);
    const [failure] = eventsOf(world, 'ECS Service Action').filter(
      ({ detail }) => String(detail.eventName) === 'SERVICE_TASK_PLACEMENT_FAILURE',
    );
    expect(failure?.detail.reason).toBe('RESOURCE:MEMORY');
    expect(tasksOf(world)).toHaveLength(6);
    ask(world, 'UpdateService', { service: 'orders', desiredCount: 6 });
    pass(world, hour);
    expect(serviceNamed(world).steady).toBe(true);
  });

  test('never gives out more memory than an instance has', () => {
    const world = smallWorld({ services: [{ desiredCount: 9, memoryMiB: 5000 }] });
    redeploy(world);
    watch(world, world.now + 2 * hour, () => {
      for (const instance of Object.values(world.instances)) {
        expect(instance.memoryUsedMiB).toBeLessThanOrEqual(instance.memoryMiB);
      }
    });
  });
});

/** A pipeline rebuilds the image on the newest base; returns the digest under the tag. */
const pushNewImage = (world: Parameters<typeof ask>[0]): string => {
  const app = world.appTags['orders:live'];
  if (app === undefined) throw new Error('no such tag');
  const pushed = pushAppImage(world, app, undefined, world.now);
  return pushed?.digest ?? '';
};
