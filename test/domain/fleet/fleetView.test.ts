import { describe, expect, it } from 'vitest';
import { fold } from '../../../domain/decider.ts';
import { freeOn } from '../../../domain/fleet/capacity.ts';
import { fleetShard } from '../../../domain/fleet/fleetShard.ts';
import {
  fleetView,
  serviceOfTask,
  tasksOfService,
  tasksOn,
} from '../../../domain/fleet/fleetView.ts';
import type { Observation } from '../../../domain/fleet/observation.ts';
import { hashOf, shardOf } from '../../../domain/fleet/shards.ts';
import {
  anInstance,
  aService,
  aTask,
  at,
  definitionArn,
  instanceArn,
  seenInstance,
  seenService,
  seenTask,
  taskArn,
} from './fleetBuilder.ts';

const shardOfAll = (observations: readonly Observation[]) =>
  fold(
    fleetShard,
    fleetShard.decide({ type: 'Observe', observations, now: at(0) }, fleetShard.initialState),
  );
const viewOf = (...observations: readonly Observation[]) =>
  fleetView('shop', [shardOfAll(observations)], []);

const definition = (memoryMiB: number): Observation => ({
  kind: 'taskDefinition',
  taskDefinition: {
    taskDefinitionArn: definitionArn('orders:1'),
    family: 'orders',
    revision: 1,
    containers: [
      {
        name: 'orders',
        image: 'orders:main',
        cpu: 1024,
        memoryMiB,
        hostPorts: [{ port: 8172, protocol: 'tcp' }],
      },
    ],
    hostPaths: [],
  },
});

describe('the view of a fleet', () => {
  it('takes the higher version where two shards know one task', () => {
    const shards = [4, 7, 5].map((version) => shardOfAll([seenTask(aTask('t', version))]));
    expect(fleetView('shop', shards, []).tasks.get(taskArn('t'))?.version).toBe(7);
  });

  it('knows the tasks on an instance and of a service, but not the stopped ones', () => {
    const view = viewOf(
      seenTask(aTask('b', 1)),
      seenTask(aTask('a', 1, { desiredStatus: 'STOPPED' })),
      seenTask(aTask('c', 1, { lastStatus: 'STOPPED' })),
      seenTask(aTask('d', 1, { containerInstanceArn: instanceArn('z'), group: 'family:d' })),
    );
    expect(tasksOn(view, instanceArn('a')).map((t) => t.taskArn)).toEqual([
      taskArn('a'),
      taskArn('b'),
    ]);
    expect(tasksOfService(view, 'orders')).toHaveLength(2);
    expect(tasksOn(view, instanceArn('nobody'))).toEqual([]);
  });

  it('finds the service of a task by its group', () => {
    const view = viewOf(seenService(aService('orders', 1)));
    expect(serviceOfTask(view, aTask('t', 1))?.serviceName).toBe('orders');
    expect(serviceOfTask(view, aTask('t', 1, { group: 'family:orders' }))).toBeUndefined();
  });

  it('shows no deleted service', () => {
    const deleted = { ...aService('orders', 2), status: 'INACTIVE' };
    expect(viewOf(seenService(aService('orders', 1)), seenService(deleted)).services.size).toBe(0);
  });
});

describe('what is free on an instance', () => {
  const instance = anInstance('a', 1, {
    remaining: { cpu: 6000, memoryMiB: 20_000, tcpPorts: [3389], udpPorts: [53] },
  });
  const free = (memoryMiB: number, ...more: readonly Observation[]) => {
    const view = viewOf(seenInstance(instance), definition(memoryMiB), ...more);
    return freeOn(view, instance, { osReserveMiB: 2_048 });
  };

  it('is what remains, less the reserve of the operating system', () => {
    expect(free(4_096)).toEqual({ cpu: 6000, memoryMiB: 17_952, tcpPorts: [3389], udpPorts: [53] });
  });

  it('counts a task that the instance has not told of yet', () => {
    const tasks = [1, 2, 3].map((n) => seenTask(aTask(`t${n}`, 1)));
    expect(free(8_000, ...tasks)).toMatchObject({
      cpu: 8192 - 3 * 1024,
      memoryMiB: 32_767 - 24_000 - 2_048,
      tcpPorts: [3389, 8172],
    });
  });

  it('is never below zero', () => {
    expect(free(40_000, seenTask(aTask('t', 1))).memoryMiB).toBe(0);
  });
});

describe('the shard of a resource', () => {
  it('is where its facts are stored, and so never changes', () => {
    expect(hashOf('')).toBe(0x811c9dc5);
    expect(hashOf('a')).toBe(0xe40c292c);
    expect(hashOf('foobar')).toBe(0xbf9cf968);
  });

  it('spreads a cluster evenly', () => {
    const counts = [0, 0, 0, 0];
    for (let n = 0; n < 4_000; n += 1) {
      const shard = shardOf(taskArn(`${n}`), 4);
      counts[shard] = (counts[shard] ?? 0) + 1;
    }
    expect(Math.min(...counts)).toBeGreaterThan(800);
  });
});
