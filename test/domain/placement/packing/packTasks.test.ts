import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packingFaults } from '../../../../domain/placement/packing/packingFaults.ts';
import { packTasks } from '../../../../domain/placement/packing/packTasks.ts';
import { problems } from './arbitraries.ts';
import { instance, offered, task, tasksOf } from './builders.ts';
import { fewestByTrial } from './fewestByTrial.ts';

/** 60 in parts, of which there are few sizes, so that many tasks are alike. */
const parts = fc.constantFrom([40, 20], [30, 30], [25, 20, 15], [22, 19, 19], [31, 29], [60]);

describe('a packing plan', () => {
  it('may be carried out, whatever was asked', () => {
    fc.assert(
      fc.property(problems(), (problem) => {
        expect(packingFaults(problem, packTasks(problem))).toEqual([]);
      }),
      { numRuns: 1_000 },
    );
  });

  it('is the same in whatever order it was asked', () => {
    fc.assert(
      fc.property(problems(), (problem) => {
        const reversed = {
          tasks: problem.tasks.toReversed(),
          instances: problem.instances.toReversed(),
          instanceTypes: problem.instanceTypes.toReversed(),
        };
        expect(packTasks(reversed)).toEqual(packTasks(problem));
      }),
    );
  });

  it('leaves no task out that a type without a limit would hold', () => {
    fc.assert(
      fc.property(problems(), ({ instanceTypes, ...rest }) => {
        const unlimited = instanceTypes.map((type) => ({ ...type, countMax: null }));
        const { unplaced } = packTasks({ ...rest, instanceTypes: unlimited });
        expect(unplaced.filter(({ reason }) => reason === 'CountMax')).toEqual([]);
      }),
    );
  });
});

describe('the lower bound', () => {
  it('is never above the fewest that trying everything finds', () => {
    let found = 0;
    fc.assert(
      fc.property(problems(6), (problem) => {
        const fewest = fewestByTrial(problem);
        if (fewest === undefined) return;
        found += 1;
        expect(packTasks(problem).lowerBound.instances).toBeLessThanOrEqual(fewest);
      }),
      { numRuns: 500 },
    );
    expect(found).toBeGreaterThan(50);
  });

  it('is never above the number of full instances that the tasks were cut from', () => {
    const cut = fc.array(fc.record({ cpu: parts, memoryMiB: parts }), { minLength: 1 });
    fc.assert(
      fc.property(cut, (wholes) => {
        const tasks = wholes.flatMap(({ cpu, memoryMiB }, whole) =>
          Array.from({ length: Math.max(cpu.length, memoryMiB.length) }, (_, part) =>
            task(`${whole}-${part}`, { cpu: cpu[part] ?? 0, memoryMiB: memoryMiB[part] ?? 0 }),
          ),
        );
        const instanceTypes = [offered('m5', { cpu: 60, memoryMiB: 60 })];
        const { launched, lowerBound } = packTasks({ tasks, instances: [], instanceTypes });
        expect(lowerBound.instances).toBeLessThanOrEqual(wholes.length);
        expect(launched.length).toBeGreaterThanOrEqual(lowerBound.instances);
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ['Sum', tasksOf(10, 'web', { cpu: 2 }), 2],
    ['MartelloToth', tasksOf(10, 'web', { cpu: 6 }), 10],
    ['DistinctGroup', tasksOf(4, 'web', { cpu: 1 }, { isDistinct: true }), 4],
    ['Port', tasksOf(4, 'web', { cpu: 1, tcpPorts: [80] }), 4],
    ['ColumnGeneration', tasksOf(10, 'web', { cpu: 4 }), 5],
  ] as const)('is found by %s', (by, tasks, instances) => {
    const plan = packTasks({ tasks, instances: [], instanceTypes: [offered('m5', { cpu: 10 })] });
    expect(plan.lowerBound).toMatchObject({ by, instances });
  });

  it('takes off what existing instances have free', () => {
    const plan = packTasks({
      tasks: tasksOf(10, 'web', { cpu: 3 }),
      instances: [instance('old', { cpu: 9 })],
      instanceTypes: [offered('m5', { cpu: 10 })],
    });
    expect(plan.lowerBound).toEqual({ instances: 3, by: 'Sum', of: 'cpu' });
    expect(plan.launched).toHaveLength(3);
  });
});

describe('where tasks go', () => {
  it('fills an existing instance before it launches one', () => {
    const plan = packTasks({
      tasks: tasksOf(2, 'web', { cpu: 1 }),
      instances: [instance('old', { cpu: 1 })],
      instanceTypes: [offered('m5', { cpu: 4 })],
    });
    expect(plan.placed).toEqual([{ instanceId: 'old', taskIds: ['web-000'] }]);
    expect(plan.launched).toEqual([{ typeId: 'm5', taskIds: ['web-001'] }]);
    expect(plan.launchedByType).toEqual([{ typeId: 'm5', count: 1 }]);
  });

  it('pairs large with small where first fit would not', () => {
    const tasks = [...tasksOf(10, 'a', { cpu: 7 }), ...tasksOf(20, 'b', { cpu: 3 })];
    const plan = packTasks({ tasks, instances: [], instanceTypes: [offered('m5', { cpu: 10 })] });
    expect(plan.launched).toHaveLength(14);
    expect(plan.lowerBound.instances).toBe(14);
  });

  it('launches the cheapest type that holds what an instance got', () => {
    const plan = packTasks({
      tasks: tasksOf(1, 'web', { cpu: 2 }),
      instances: [],
      instanceTypes: [
        offered('large', { cpu: 8 }, { cost: 4 }),
        offered('small', { cpu: 2 }, { cost: 1 }),
      ],
    });
    expect(plan.launchedByType).toEqual([{ typeId: 'small', count: 1 }]);
  });

  it('goes to another type when the limit of one is reached', () => {
    const plan = packTasks({
      tasks: tasksOf(8, 'web', { cpu: 2 }),
      instances: [],
      instanceTypes: [offered('large', { cpu: 8 }, { countMax: 1 }), offered('small', { cpu: 4 })],
    });
    expect(plan.launchedByType).toEqual([
      { typeId: 'large', count: 1 },
      { typeId: 'small', count: 2 },
    ]);
  });

  it('keeps a distinct task from company that is there already', () => {
    const there = task('there', {}, { group: 'service:shop' });
    const plan = packTasks({
      tasks: [task('web', { cpu: 1 }, { isDistinct: true })],
      instances: [instance('old', { cpu: 4 }, [there])],
      instanceTypes: [],
    });
    expect(plan.unplaced).toEqual([{ taskId: 'web', reason: 'DistinctInstance' }]);
  });
});

describe('a task that goes nowhere', () => {
  const one = (needs: Parameters<typeof task>[1]) => [task('web', needs)];
  const old = instance('old', { cpu: 4, memoryMiB: 4, tcpPorts: [80] });

  it.each([
    ['Cpu', { cpu: 5 }],
    ['Memory', { memoryMiB: 5 }],
    ['Gpu', { gpus: 1 }],
    ['Ports', { tcpPorts: [80] }],
    ['NetworkInterfaces', { networkInterfaces: 1 }],
    ['PortTwice', { udpPorts: [53, 53] }],
  ] as const)('says %s', (reason, needs) => {
    const plan = packTasks({ tasks: one(needs), instances: [old], instanceTypes: [] });
    expect(plan.unplaced).toEqual([{ taskId: 'web', reason }]);
  });

  it('says that nothing is offered', () => {
    const plan = packTasks({ tasks: one({}), instances: [], instanceTypes: [] });
    expect(plan.unplaced).toEqual([{ taskId: 'web', reason: 'NothingOffered' }]);
  });

  it('tells a limit from room that others took', () => {
    const tasks = tasksOf(2, 'web', { cpu: 4 });
    const instances = [instance('old', { cpu: 4 })];
    const limited = [offered('m5', { cpu: 4 }, { countMax: 0 })];
    const taken = packTasks({ tasks, instances, instanceTypes: [] });
    const notLaunched = packTasks({ tasks, instances, instanceTypes: limited });
    expect(taken.unplaced).toEqual([{ taskId: 'web-001', reason: 'Taken' }]);
    expect(notLaunched.unplaced).toEqual([{ taskId: 'web-001', reason: 'CountMax' }]);
  });
});
