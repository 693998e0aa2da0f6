import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseTaskToStop } from '../../../../domain/placement/scheduling/chooseTaskToStop.ts';
import { anInstance, on, zoneSpread } from './schedulingFacts.ts';

const instances = ['a1', 'a2', 'b1', 'b2', 'c1'].map((id) => anInstance(id));
const free = (id: string, memoryMiB: number) =>
  anInstance(id, { remaining: { ...anInstance(id).remaining, memoryMiB } });

describe('the task that goes when a service scales in', () => {
  it('without a strategy is in the fullest zone, and there on the fullest instance', () => {
    const tasks = [on('1', 'a1'), on('2', 'a2'), on('3', 'a2'), on('4', 'b1'), on('5', 'b1')];
    for (const chance of [0, 0.99]) {
      const choice = chooseTaskToStop(tasks, instances, [], chance);
      expect(choice).toMatchObject({ scores: [3, 2] });
      expect(['2', '3']).toContain('taskId' in choice ? choice.taskId : '');
    }
  });

  it('with a spread over zones is any of the fullest zone, by chance', () => {
    const tasks = [on('1', 'a1'), on('2', 'a2'), on('3', 'a2'), on('4', 'b1')];
    const chosen = [0, 0.4, 0.9].map((chance) =>
      chooseTaskToStop(tasks, instances, [zoneSpread], chance),
    );
    expect(chosen).toEqual(['1', '2', '3'].map((taskId) => ({ taskId, scores: [3] })));
  });

  it('with binpack leaves the most of the resource free', () => {
    const fleet = [free('a1', 1_000), free('b1', 5_000), free('c1', 3_000)];
    const tasks = [on('1', 'a1'), on('2', 'b1'), on('3', 'c1')];
    const binpack = { type: 'binpack', field: 'memory' } as const;
    expect(chooseTaskToStop(tasks, fleet, [binpack], 0)).toEqual({ taskId: '2', scores: [6_024] });
  });

  it('is never a protected one, which counts all the same', () => {
    const tasks = [on('1', 'a1', true), on('2', 'a2', true), on('3', 'a2'), on('4', 'b1')];
    expect(chooseTaskToStop(tasks, instances, [zoneSpread], 0)).toMatchObject({ taskId: '3' });
    const all = tasks.map((task) => ({ ...task, isProtected: true }));
    expect(chooseTaskToStop(all, instances, [], 0)).toEqual({ whyNot: 'AllProtected' });
    expect(chooseTaskToStop([], instances, [], 0)).toEqual({ whyNot: 'NoTasks' });
  });

  it('keeps zones within one of each other, however many go', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 3, max: 12 }),
        fc.double({ min: 0, max: 0.999 }),
        (each, chance) => {
          let tasks = ['a1', 'b1', 'c1'].flatMap((id) =>
            Array.from({ length: each }, (_, index) => on(`${id}-${index}`, id)),
          );
          while (tasks.length > 0) {
            const choice = chooseTaskToStop(tasks, instances, [zoneSpread], chance);
            if ('whyNot' in choice) throw new Error(choice.whyNot);
            tasks = tasks.filter(({ id }) => id !== choice.taskId);
            const counts = ['a1', 'b1', 'c1'].map(
              (id) => tasks.filter(({ instanceId }) => instanceId === id).length,
            );
            expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
          }
        },
      ),
    );
  });
});
