import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Consolidation,
  consolidate,
} from '../../../../domain/placement/packing/consolidate.ts';
import type { PackingInstance } from '../../../../domain/placement/packing/packing.ts';
import { packingFaults } from '../../../../domain/placement/packing/packingFaults.ts';
import { fleets } from './arbitraries.ts';
import { instance, task, tasksOf } from './builders.ts';

/** The moves as a plan for the instances that are left, judged as any plan is. */
const faultsOf = (instances: readonly PackingInstance[], emptied: Consolidation['emptied']) => {
  const gone = new Set(emptied.map(({ instanceId }) => instanceId));
  const rest = instances.filter(({ id }) => !gone.has(id));
  const tasks = instances.filter(({ id }) => gone.has(id)).flatMap((each) => each.tasks);
  const moves = emptied.flatMap((each) => each.moves);
  const placed = [...new Set(moves.map(({ toInstanceId }) => toInstanceId))].map((instanceId) => ({
    instanceId,
    taskIds: moves.filter((m) => m.toInstanceId === instanceId).map(({ taskId }) => taskId),
  }));
  const problem = { tasks, instances: rest, instanceTypes: [] };
  return packingFaults(problem, { placed, launched: [], unplaced: [] });
};

describe('consolidation', () => {
  it('is sound after every step', () => {
    let moved = 0;
    fc.assert(
      fc.property(fleets, (instances) => {
        const { emptied } = consolidate({ instances, keep: new Set() });
        for (let steps = 0; steps <= emptied.length; steps += 1) {
          expect(faultsOf(instances, emptied.slice(0, steps))).toEqual([]);
        }
        moved += emptied.flatMap(({ moves }) => moves).length;
      }),
      { numRuns: 500 },
    );
    expect(moved).toBeGreaterThan(50);
  });

  it('does not depend on the order of the instances, and keeps what is to be kept', () => {
    fc.assert(
      fc.property(fleets, (instances) => {
        const keep = new Set(['instance-0']);
        const answer = consolidate({ instances, keep });
        expect(consolidate({ instances: instances.toReversed(), keep })).toEqual(answer);
        expect(answer.emptied.map(({ instanceId }) => instanceId)).not.toContain('instance-0');
      }),
    );
  });

  it('empties the instance that moves the least, onto the fullest that holds it', () => {
    const instances = [
      instance('few', { cpu: 6 }, [task('alone', { cpu: 2 })]),
      instance('full', { cpu: 2 }, tasksOf(3, 'web', { cpu: 2 })),
      instance('half', { cpu: 4 }, tasksOf(2, 'api', { cpu: 2 })),
    ];
    const { emptied } = consolidate({ instances, keep: new Set() });
    expect(emptied).toEqual([
      { instanceId: 'few', moves: [{ taskId: 'alone', toInstanceId: 'full' }] },
    ]);
  });

  it('gives room back that a try which failed had taken', () => {
    const instances = [
      instance('stuck', {}, [task('fits', { cpu: 2, memoryMiB: 1 }), task('huge', { cpu: 9 })]),
      instance('other', {}, [task('a', { cpu: 1 }), task('b', { cpu: 1 }), task('c', { cpu: 0 })]),
      instance('room', { cpu: 2, memoryMiB: 1 }, tasksOf(4, 'web')),
    ];
    const { emptied } = consolidate({ instances, keep: new Set() });
    expect(emptied.map(({ instanceId }) => instanceId)).toEqual(['other']);
  });

  it('leaves an instance whose port is taken everywhere else', () => {
    const web = (id: string) => task(id, { tcpPorts: [80] });
    const instances = [
      instance('a', { cpu: 4, tcpPorts: [80] }, [web('one')]),
      instance('b', { cpu: 4, tcpPorts: [80] }, [web('two')]),
    ];
    expect(consolidate({ instances, keep: new Set() })).toEqual({ emptied: [] });
  });
});
