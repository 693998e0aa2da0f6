import {
  type PlacementDecision,
  type PlacementProblem,
  type PlacementRule,
  type PlacementRules,
  type PlacementTask,
  placementRules,
} from '../../../domain/placement/placementProblem.ts';
import { type Score, scoresOf } from './scores.ts';
import { needsOf, place, type Standing, standingOf } from './standing.ts';
import { taskFault } from './taskFault.ts';
import { whatRemoves } from './whatRemoves.ts';

/** Told the name of whatever decided something: a rule, a fault, a strategy, a tie. */
export type Note = (what: string) => void;

/**
 * The answer of `PlacementProblem`, by asking every instance about every task. Written from the
 * documentation of ECS and Windows alone; shares the types of the engine and nothing else.
 */
export const decideByScan = (
  { instances, tasks, rules }: PlacementProblem,
  note: Note = () => {},
): readonly PlacementDecision[] => {
  const all = instances.map(standingOf);
  return tasks.map((task) => {
    const decision = decide(task, all, rules, note);
    note(`outcome: ${decision.outcome}`);
    return decision;
  });
};

/** Places the task as well: the next one sees it. */
const decide = (
  task: PlacementTask,
  all: readonly Standing[],
  rules: PlacementRules,
  note: Note,
): PlacementDecision => {
  const needs = needsOf(task);
  const fault = taskFault(task, needs, rules);
  const judged = all.map((standing) => ({
    standing,
    rule: fault === null ? whatRemoves({ task, needs, standing, rules }) : null,
  }));
  const removedBy = (rule: PlacementRule) => judged.filter((one) => one.rule === rule).length;
  const shown = {
    taskId: task.id,
    consideredCount: all.length,
    removed: placementRules.map(removedBy),
  };
  for (const rule of new Set(judged.map((one) => one.rule))) {
    if (rule !== null) note(`rule: ${rule}`);
  }
  if (fault !== null) {
    note(`fault: ${fault}`);
    return { ...shown, outcome: 'refused', fault };
  }
  const candidates = judged.filter(({ rule }) => rule === null).map(({ standing }) => standing);
  const best = bestOf(candidates, all, task, rules, note);
  if (best === null) return { ...shown, outcome: 'refused', fault: null };
  place(best, needs, task.group);
  return { ...shown, outcome: 'placed', instanceId: best.instance.id };
};

const bestOf = (
  candidates: readonly Standing[],
  all: readonly Standing[],
  task: PlacementTask,
  rules: PlacementRules,
  note: Note,
): Standing | null => {
  const [first, ...others] = candidates
    .map((standing) => ({ standing, scores: scoresOf(standing, all, task, rules) }))
    .sort((left, right) => compareScores(left.scores, right.scores));
  if (first === undefined) return null;
  for (const what of new Set(others.map(({ scores }) => whatDiffers(first.scores, scores)))) {
    note(what);
  }
  return first.standing;
};

const compareScores = (left: readonly Score[], right: readonly Score[]): number => {
  for (const [position, { value }] of left.entries()) {
    const other = right[position]?.value ?? value;
    if (value !== other) return value < other ? -1 : 1;
  }
  return 0;
};

/** Which score put the one before the other. */
const whatDiffers = (left: readonly Score[], right: readonly Score[]): string => {
  const decisive = left.find(({ value }, position) => value !== right[position]?.value);
  return decisive?.what ?? 'two instances with one id';
};
