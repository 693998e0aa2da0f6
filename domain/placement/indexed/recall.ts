import type { PlacementRules, PlacementTask } from '../placementProblem.ts';
import type { Pool } from './pool.ts';
import { type CommonQuestion, commonQuestionOf } from './question.ts';

/** A question that was asked before, and the pools kept for it, by group where that matters. */
export type Asked = { readonly question: CommonQuestion; readonly pools: Map<string, Pool> };

export type Parts = Omit<PlacementTask, 'id' | 'group' | 'chance'>;

type Remembered = { readonly parts: Parts; readonly asked: Asked };

/**
 * Tasks of one task definition share its parts, which are known again without reading them; tasks
 * that are equal in content are found by that.
 */
export type Recall = {
  byContainers: WeakMap<PlacementTask['containers'], Remembered[]>;
  readonly byContent: Map<string, Asked>;
};

export const createRecall = (): Recall => ({ byContainers: new WeakMap(), byContent: new Map() });

export const forget = (recall: Recall): void => {
  recall.byContainers = new WeakMap();
  recall.byContent.clear();
};

export const recallQuestion = (
  recall: Recall,
  task: PlacementTask,
  rules: PlacementRules,
): Asked => {
  const remembered = recall.byContainers.get(task.containers);
  if (remembered !== undefined) {
    for (const { parts, asked } of remembered) if (isSame(parts, task)) return asked;
  }
  const { id: _, group: __, chance: ___, ...parts } = task;
  const content = JSON.stringify(parts);
  const asked = recall.byContent.get(content) ?? {
    question: commonQuestionOf(task, rules),
    pools: new Map(),
  };
  recall.byContent.set(content, asked);
  // One entry for each question, so that tasks made anew each time do not pile up.
  const others = (remembered ?? []).filter((each) => each.asked !== asked);
  recall.byContainers.set(task.containers, [...others, { parts, asked }]);
  return asked;
};

/** By identity: a task definition is read once. */
export const isSame = (parts: Parts, task: PlacementTask): boolean =>
  parts.containers === task.containers &&
  parts.requiredAttributes === task.requiredAttributes &&
  parts.constraints === task.constraints &&
  parts.strategies === task.strategies &&
  parts.networkMode === task.networkMode &&
  parts.hostVolumeInstanceId === task.hostVolumeInstanceId;
