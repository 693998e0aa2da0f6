import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { setRunOutcome } from '../../../domain/simulation/faults.ts';
import { bytesToPull, pullImage } from '../../../domain/simulation/imagePull.ts';
import type { ImageContent, World } from '../../../domain/simulation/world.ts';
import {
  ask,
  at,
  eventsOf,
  hour,
  minute,
  pass,
  refusal,
  second,
  smallWorld,
  tasksOf,
} from './smallWorld.ts';

const pinned = (world: World) => {
  const [instance] = Object.values(world.instances);
  if (instance === undefined) throw new Error('no instance');
  const expression = `ec2InstanceId == ${instance.ec2InstanceId}`;
  const placementConstraints = [{ type: 'memberOf', expression }];
  return { instance, request: { taskDefinition: 'tuesday-canary-2022', placementConstraints } };
};

const statuses = (world: World, arn: unknown) =>
  eventsOf(world, 'ECS Task State Change')
    .filter(({ resources }) => resources[0] === arn)
    .map(({ detail }) => [detail.lastStatus, detail.version]);

describe('a task', () => {
  test('lives through the statuses of its life, one version each', () => {
    const world = smallWorld();
    const [old] = tasksOf(world);
    ask(world, 'StopTask', { task: old?.arn, reason: 'moved by hand' });
    pass(world, hour);
    expect(statuses(world, old?.arn)).toEqual([
      ['DEACTIVATING', 4],
      ['STOPPING', 5],
      ['STOPPED', 6],
    ]);
    const fresh = tasksOf(world).find(({ createdAt }) => createdAt > (old?.stoppingAt ?? 0));
    expect(statuses(world, fresh?.arn)).toEqual([
      ['PENDING', 1],
      ['ACTIVATING', 2],
      ['RUNNING', 3],
    ]);
  });

  test('that is stopped takes 30 seconds to shut down and says who stopped it', () => {
    const world = smallWorld();
    const [task] = tasksOf(world);
    ask(world, 'StopTask', { task: task?.arn, reason: 'moved by hand' });
    pass(world, 30 * second);
    expect(task?.lastStatus).toBe('STOPPING');
    pass(world, 2 * second);
    expect(task).toMatchObject({
      lastStatus: 'STOPPED',
      stopCode: 'UserInitiated',
      stoppedReason: 'moved by hand',
    });
  });

  test('can be described for an hour after it stopped, then is MISSING', () => {
    const world = smallWorld();
    const [task] = tasksOf(world);
    ask(world, 'StopTask', { task: task?.arn });
    pass(world, 30 * minute);
    const soon = ask(world, 'DescribeTasks', { tasks: [task?.arn] });
    expect(at(soon, 'tasks', 0, 'lastStatus')).toBe('STOPPED');
    pass(world, hour);
    const late = ask(world, 'DescribeTasks', { tasks: [task?.arn] });
    expect(late).toMatchObject({ tasks: [], failures: [{ arn: task?.arn, reason: 'MISSING' }] });
  });
});

describe('RunTask', () => {
  test('puts a pinned task on that instance, where it ends by itself', () => {
    const world = smallWorld();
    const { instance, request } = pinned(world);
    const answer = ask(world, 'RunTask', { ...request, startedBy: 'rollout#1' });
    expect(answer).toMatchObject({
      tasks: [{ containerInstanceArn: instance.arn, startedBy: 'rollout#1' }],
      failures: [],
    });
    pass(world, 30 * minute);
    const [task] = Object.values(world.tasks).filter(({ service }) => service === null);
    expect(task).toMatchObject({
      lastStatus: 'STOPPED',
      stopCode: 'EssentialContainerExited',
      containers: [{ exitCode: 0 }],
    });
  });

  test('a canary may be made to fail', () => {
    const world = smallWorld();
    setRunOutcome(world, 'tuesday-canary-2022', 1);
    ask(world, 'RunTask', pinned(world).request);
    pass(world, 30 * minute);
    const [task] = Object.values(world.tasks).filter(({ service }) => service === null);
    expect(task?.containers[0]?.exitCode).toBe(1);
  });

  test('the same token and request give the same task, also after its end', () => {
    const world = smallWorld();
    const request = { ...pinned(world).request, clientToken: 'effect-1' };
    const one = at(ask(world, 'RunTask', request), 'tasks', 0, 'taskArn');
    const two = at(ask(world, 'RunTask', request), 'tasks', 0, 'taskArn');
    pass(world, 30 * minute);
    const three = at(ask(world, 'RunTask', request), 'tasks', 0, 'taskArn');
    expect([two, three]).toEqual([one, one]);
    const standalone = Object.values(world.tasks).filter(({ service }) => service === null);
    expect(standalone).toHaveLength(1);
  });

  test('the same token with another request is a ConflictException that names the task', () => {
    const world = smallWorld();
    const request = { ...pinned(world).request, clientToken: 'effect-1' };
    const arn = at(ask(world, 'RunTask', request), 'tasks', 0, 'taskArn');
    expect(refusal(world, 'RunTask', { ...request, count: 2 })).toMatchObject({
      code: 'ConflictException',
      members: { resourceIds: [arn] },
    });
  });

  test('a token is forgotten after 24 hours', () => {
    const world = smallWorld();
    const request = { ...pinned(world).request, clientToken: 'effect-1' };
    const one = at(ask(world, 'RunTask', request), 'tasks', 0, 'taskArn');
    pass(world, 25 * hour);
    expect(at(ask(world, 'RunTask', request), 'tasks', 0, 'taskArn')).not.toBe(one);
  });

  test('a pin that no instance satisfies is a failure, not a task', () => {
    const world = smallWorld();
    const expression = 'ec2InstanceId == i-00000000000000000';
    const answer = ask(world, 'RunTask', {
      taskDefinition: 'tuesday-canary-2022',
      placementConstraints: [{ type: 'memberOf', expression }],
    });
    expect(answer).toEqual({
      tasks: [],
      failures: [{ reason: 'MemberOf placement constraint unsatisfied.' }],
    });
  });
});

describe('an image pull', () => {
  const imageOf = (sizes: readonly number[]): ImageContent => ({
    build: '20348.4171',
    bad: false,
    layers: sizes.map((bytes, index) => {
      const name = `layer ${index}: ${bytes}`;
      return { digest: name, diffId: name, bytes };
    }),
  });
  const emptied = () => {
    const world = smallWorld();
    const [instance] = Object.values(world.instances);
    if (instance === undefined) throw new Error('no instance');
    instance.layers = {};
    return { world, instance };
  };
  const sizes = fc.array(fc.integer({ min: 1, max: 2_000_000_000 }), {
    minLength: 1,
    maxLength: 4,
  });

  test('more bytes take more time', () => {
    fc.assert(
      fc.property(sizes, fc.integer({ min: 1_000_000, max: 500_000_000 }), (layers, more) => {
        const small = emptied();
        const large = emptied();
        const lesser = pullImage(small.world, small.instance, imageOf(layers));
        const greater = pullImage(large.world, large.instance, imageOf([...layers, more]));
        expect(greater).toBeGreaterThan(lesser);
      }),
    );
  });

  test('unpacking is serial: two images at once take at least the unpacking of both', () => {
    fc.assert(
      fc.property(sizes, sizes, (one, other) => {
        const { world, instance } = emptied();
        pullImage(world, instance, imageOf(one));
        const twice = imageOf(other);
        twice.layers = twice.layers.map((layer) => ({ ...layer, diffId: `other ${layer.diffId}` }));
        const readyAt = pullImage(world, instance, twice);
        const bytes = [...one, ...other].reduce((total, size) => total + size, 0);
        const unpackMs = (bytes / world.rates.unpackBytesPerSecond) * 1000;
        expect(readyAt - world.now).toBeGreaterThanOrEqual(Math.floor(unpackMs) - 8);
        expect(instance.bytesPulled).toBe(bytes);
      }),
    );
  });

  test('layers that are held cost nothing, whatever digest they were pushed under', () => {
    const { world, instance } = emptied();
    const image = imageOf([1_000_000_000]);
    pullImage(world, instance, image);
    const recompressed = {
      ...image,
      layers: image.layers.map((layer) => ({ ...layer, digest: 'another' })),
    };
    expect(bytesToPull(instance, recompressed)).toBe(0);
    world.now += hour;
    expect(pullImage(world, instance, recompressed)).toBe(world.now);
  });
});

describe('lists', () => {
  test('come in pages that neither repeat nor skip', () => {
    const world = smallWorld({ services: [{ desiredCount: 12 }] });
    const seen: unknown[] = [];
    let nextToken: unknown;
    do {
      const answer = ask(world, 'ListTasks', {
        maxResults: 5,
        ...(nextToken ? { nextToken } : {}),
      });
      seen.push(...(at(answer, 'taskArns') as unknown[]));
      nextToken = at(answer, 'nextToken');
    } while (nextToken !== undefined);
    expect(seen).toHaveLength(12);
    expect(new Set(seen).size).toBe(12);
  });

  test('the cluster goes by its name and by its ARN', () => {
    const world = smallWorld();
    const listed = ask(world, 'ListTasks', { cluster: world.clusterName });
    expect(ask(world, 'ListTasks', { cluster: world.clusterArn })).toEqual(listed);
  });

  test('another cluster is not found, be it of the same name in another Region', () => {
    const world = smallWorld();
    const namesake = world.clusterArn.replace('eu-west-1', 'us-east-1');
    for (const cluster of ['elsewhere', `${world.clusterName}@1.eu-west-1`, namesake]) {
      expect(refusal(world, 'ListTasks', { cluster }).code).toBe('ClusterNotFoundException');
    }
  });
});
