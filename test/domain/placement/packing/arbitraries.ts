import fc from 'fast-check';
import type {
  OfferedType,
  PackingInstance,
  PackingProblem,
  PackingTask,
} from '../../../../domain/placement/packing/packing.ts';
import type { HeldResources } from '../../../../domain/placement/placementProblem.ts';

// Small numbers, so that rooms are tight, ports clash and groups crowd.

const ports = fc.uniqueArray(fc.constantFrom(80, 443, 8080), { maxLength: 2 });
const udpPorts = fc.uniqueArray(fc.constantFrom(53, 80), { maxLength: 1 });
const seldom = <Value>(arbitrary: fc.Arbitrary<Value>, otherwise: Value) =>
  fc.oneof({ weight: 3, arbitrary: fc.constant(otherwise) }, { weight: 1, arbitrary });

const needs: fc.Arbitrary<HeldResources> = fc.record({
  cpu: fc.integer({ min: 0, max: 9 }),
  memoryMiB: fc.integer({ min: 0, max: 9 }),
  gpus: seldom(fc.integer({ min: 0, max: 3 }), 0),
  networkInterfaces: seldom(fc.integer({ min: 0, max: 1 }), 0),
  tcpPorts: seldom(ports, []),
  udpPorts: seldom(udpPorts, []),
});

const capacity = fc.record({
  cpu: fc.integer({ min: 0, max: 16 }),
  memoryMiB: fc.integer({ min: 0, max: 16 }),
  gpus: fc.integer({ min: 0, max: 4 }),
  networkInterfaces: fc.option(fc.integer({ min: 0, max: 3 })),
  tcpPorts: seldom(ports, []),
  udpPorts: seldom(udpPorts, []),
});

const unnamed = fc.record({
  group: fc.constantFrom('service:a', 'service:b', 'service:c'),
  isDistinct: seldom(fc.boolean(), false),
  needs,
});

const named = (prefix: string) => (tasks: readonly Omit<PackingTask, 'id'>[]) =>
  tasks.map((task, index): PackingTask => ({ id: `${prefix}${index}`, ...task }));

export const tasks = (maxLength: number) => fc.array(unnamed, { maxLength }).map(named('task-'));

export const types: fc.Arbitrary<readonly OfferedType[]> = fc
  .array(
    fc.record({
      capacity,
      countMax: seldom(fc.integer({ min: 0, max: 3 }), null),
      cost: fc.option(fc.integer({ min: 1, max: 4 }), { freq: 9 }),
    }),
    { maxLength: 3 },
  )
  .map((all) => all.map((type, index) => ({ id: `type-${index}`, ...type })));

const instances: fc.Arbitrary<readonly PackingInstance[]> = fc
  .array(fc.record({ remaining: capacity, tasks: fc.array(unnamed, { maxLength: 3 }) }), {
    maxLength: 4,
  })
  .map((all) =>
    all.map(({ remaining, tasks: there }, index) => ({
      id: `instance-${index}`,
      remaining,
      tasks: named(`there-${index}-`)(there),
    })),
  );

export const problems = (tasksMax = 30): fc.Arbitrary<PackingProblem> =>
  fc.record({ tasks: tasks(tasksMax), instances, instanceTypes: types });

/** Instances that hold what they say they hold: no port twice, no distinct task in company. */
export const fleets: fc.Arbitrary<readonly PackingInstance[]> = fc
  .array(fc.record({ remaining: capacity, tasks: fc.array(unnamed, { maxLength: 4 }) }), {
    maxLength: 8,
  })
  .map((all) =>
    all.map(({ remaining, tasks: wanted }, index) => {
      const tcp = new Set<number>();
      const udp = new Set<number>();
      const groups = new Set<string>();
      const there = wanted.filter(({ group, needs: { tcpPorts, udpPorts } }) => {
        const clash =
          tcpPorts.some((port) => tcp.has(port)) ||
          udpPorts.some((port) => udp.has(port)) ||
          groups.has(group);
        if (clash) return false;
        for (const port of tcpPorts) tcp.add(port);
        for (const port of udpPorts) udp.add(port);
        groups.add(group);
        return true;
      });
      return {
        id: `instance-${index}`,
        remaining: {
          ...remaining,
          tcpPorts: [...new Set([...remaining.tcpPorts, ...tcp])],
          udpPorts: [...new Set([...remaining.udpPorts, ...udp])],
        },
        tasks: named(`there-${index}-`)(there),
      };
    }),
  );
