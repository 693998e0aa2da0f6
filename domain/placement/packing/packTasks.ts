import { cheapest, costOf } from './cost.ts';
import { type Draft, draftBy, draftByColumns, type Setting, settingOf } from './draft.ts';
import { type Way, ways } from './fill.ts';
import { kindsOf } from './kinds.ts';
import { boundsOf, columnBound, greatest, type Launchable, launchableOf } from './lowerBound.ts';
import { byId, type LowerBound, type PackingPlan, type PackingProblem } from './packing.ts';
import { planOf } from './planOf.ts';

/** Tasks times kinds times ways: what filling looks at, at most, in about half a second. */
const looksMax = 60_000_000;

/**
 * A plan that fills existing instances, then launches as few as it finds. Among plans with equally
 * many launches the cheaper, and each launch of the cheapest type that holds its tasks. What it
 * may be off by is the distance from its own `lowerBound`; whether it is valid, `packingFaults`
 * tells without trusting it.
 */
export const packTasks = (problem: PackingProblem): PackingPlan => {
  const sorted = {
    tasks: problem.tasks,
    instances: problem.instances.toSorted(byId),
    instanceTypes: problem.instanceTypes.toSorted(byId),
  };
  const kinds = kindsOf(sorted);
  const setting = settingOf(sorted, kinds);
  const launchable = launchableOf(setting);
  const simple = greatest(boundsOf(setting, launchable));
  const filled = bestFilling(setting, problem.tasks.length);
  const { draft, lowerBound } = improve(setting, launchable, filled, simple);
  return planOf(sorted, setting, cheapest(setting, draft), lowerBound);
};

type Filled = { readonly draft: Draft; readonly way: Way; readonly all: readonly Draft[] };

const bestFilling = (setting: Setting, taskCount: number): Filled => {
  const looks = Math.max(1, taskCount * setting.kinds.length);
  const tries = Math.max(1, Math.floor(looksMax / looks));
  const filled = ways.slice(0, tries).map((way) => ({ way, draft: draftBy(setting, way) }));
  const best = filled.reduce((a, b) => (isBetter(setting, b.draft, a.draft) ? b : a));
  return { ...best, all: filled.map(({ draft }) => draft) };
};

/** By column generation, where the filling has not reached the bound already. */
const improve = (
  setting: Setting,
  launchable: Launchable,
  { draft, way, all }: Filled,
  simple: LowerBound,
): { readonly draft: Draft; readonly lowerBound: LowerBound } => {
  if (draft.launches.length <= simple.instances) return { draft, lowerBound: simple };
  const { solution, bound } = columnBound(setting, launchable, draft, all);
  const byColumns = draftByColumns(setting, draft, solution, way);
  return {
    draft: isBetter(setting, byColumns, draft) ? byColumns : draft,
    lowerBound: greatest([simple, bound]),
  };
};

const isBetter = (setting: Setting, draft: Draft, than: Draft): boolean => {
  const unplaced = ({ left }: Draft) => left.reduce((sum, count) => sum + count, 0);
  const differences = [
    unplaced(draft) - unplaced(than),
    draft.launches.length - than.launches.length,
    costOf(setting, draft) - costOf(setting, than),
  ];
  return (differences.find((each) => each !== 0) ?? 0) < 0;
};
