import type { PlacementExplanation } from '../../../events/placement.ts';
import type { PlacementInstance, PlacementRules, PlacementTask } from '../placementProblem.ts';
import { placementRules } from '../placementProblem.ts';
import { type Candidate, scan } from '../scanPlacements.ts';
import { nearMissesOf } from './nearMisses.ts';
import { strategyText } from './strategyText.ts';

const shownMost = 3;

/**
 * One decision with everything that led to it. Asks every instance every rule, so it is for
 * decisions that somebody will read; the index decides the same without it.
 */
export const explainPlacement = (
  instances: readonly PlacementInstance[],
  task: PlacementTask,
  rules: PlacementRules,
): PlacementExplanation => {
  const { question, removed, candidates } = scan(instances, task, rules);
  const { fault, ...needs } = question.requirement;
  const isNowhere = candidates.length === 0 && fault === null;
  return {
    taskId: task.id,
    group: task.group,
    needs,
    consideredCount: instances.length,
    removed: placementRules.flatMap((rule, index) => {
      const count = removed[index] ?? 0;
      return count === 0 ? [] : [{ rule, count }];
    }),
    placedOn: candidates[0]?.instance.id ?? null,
    fault,
    candidates: candidates.slice(0, shownMost).map((each) => candidateOf(each, task)),
    candidateCount: candidates.length,
    nearMisses: isNowhere ? nearMissesOf(instances, question).slice(0, shownMost) : [],
  };
};

const candidateOf = ({ instance, score, bytesToPull }: Candidate, task: PlacementTask) => ({
  containerInstanceArn: instance.id,
  scores: task.strategies.map((strategy, index) => ({
    strategy: strategyText(strategy),
    value: score[index] ?? 0,
  })),
  bytesToPull,
});
