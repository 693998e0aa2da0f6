import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createPlacementIndex,
  decidePlacement,
  type PlacementIndex,
  place,
} from '../../../domain/placement/indexed/placementIndex.ts';
import {
  addRunning,
  instancesNow,
  placeOn,
  release,
  setStatus,
} from '../../../domain/placement/indexed/running.ts';
import { toldOf } from '../../../domain/placement/indexed/tell.ts';
import type {
  PlacementInstance,
  PlacementProblem,
} from '../../../domain/placement/placementProblem.ts';
import { randomProblem } from '../oracle/randomProblem.ts';

// Whatever has happened to an index, it decides as one that is built from the instances as they
// are: what it keeps for a question is never older than the fleet.

type Step = { readonly kind: number; readonly on: number; readonly task: number };

const steps = fc.array(fc.record({ kind: fc.nat(6), on: fc.nat(1_000), task: fc.nat(1_000) }), {
  minLength: 1,
  maxLength: 25,
});

const pickFrom = <Item>(items: readonly Item[], number: number): Item | undefined =>
  items[number % Math.max(1, items.length)];

/** Another status, zone, layer or build than before; or one instance less. */
const changed = (
  instances: readonly PlacementInstance[],
  { on, task }: Step,
): readonly PlacementInstance[] => {
  const chosen = pickFrom(instances, on);
  const other = pickFrom(instances, task);
  if (chosen === undefined || other === undefined) return instances;
  if (task % 7 === 0) return instances.filter((each) => each !== chosen);
  const like = task % 2 === 0 ? { attributes: other.attributes } : { layers: other.layers };
  const next = { ...chosen, ...like, build: other.build, status: other.status };
  return instances.map((each) => (each === chosen ? next : each));
};

const take = (index: PlacementIndex, { tasks }: PlacementProblem, step: Step): PlacementIndex => {
  const now = instancesNow(index);
  const instance = pickFrom(now, step.on);
  const task = pickFrom(tasks, step.task);
  if (instance === undefined || task === undefined) return index;
  const running = pickFrom(instance.tasks, step.task);
  switch (step.kind) {
    case 0:
      setStatus(index, instance.id, step.task % 2 === 0 ? 'DRAINING' : 'ACTIVE');
      return index;
    case 1:
      if (running !== undefined) release(index, instance.id, running.id);
      return index;
    case 2:
      if (running !== undefined)
        addRunning(index, instance.id, { ...running, id: `again-${step.on}` });
      return index;
    case 3:
      return toldOf(index, changed(now, step));
    case 4:
      placeOn(index, instance.id, task);
      return index;
    default:
      place(index, task);
      return index;
  }
};

describe('an index to which much has happened', () => {
  it('decides as a new one over the instances as they are', () => {
    fc.assert(
      fc.property(fc.nat(2_000), steps, (number, taken) => {
        const problem = randomProblem(11, number);
        let index = createPlacementIndex(problem.instances, problem.rules);
        for (const step of taken) {
          index = take(index, problem, step);
          const asked = problem.tasks.slice(0, 3);
          const fresh = createPlacementIndex(instancesNow(index), problem.rules);
          expect(asked.map((task) => decidePlacement(index, task))).toEqual(
            asked.map((task) => decidePlacement(fresh, task)),
          );
        }
      }),
      { numRuns: 400 },
    );
  });

  it('is as before when what was placed is released again', () => {
    fc.assert(
      fc.property(fc.nat(2_000), (number) => {
        const problem = randomProblem(12, number);
        const index = createPlacementIndex(problem.instances, problem.rules);
        const before = instancesNow(index);
        const placed = problem.tasks.map((task) => place(index, task));
        for (const each of placed) {
          if (each.outcome === 'placed') release(index, each.instanceId, each.taskId);
        }
        expect(instancesNow(index)).toEqual(before);
      }),
      { numRuns: 200 },
    );
  });
});
