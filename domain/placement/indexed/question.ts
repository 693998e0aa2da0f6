import type { WindowsBuild } from '../../../events/ids.ts';
import type {
  ImageLayer,
  PlacementRules,
  PlacementTask,
  RequiredAttribute,
} from '../placementProblem.ts';
import type { Query } from '../query/ast.ts';
import { dependenciesOf } from '../query/dependencies.ts';
import { layersOf, type Requirement, requirementOf } from '../requirement.ts';

/**
 * A task without its name, its group and its chance: what tasks of one service have in common. The
 * answer of every rule but `DistinctInstance` depends on nothing else.
 */
export type CommonQuestion = {
  readonly requirement: Requirement;
  readonly requiredAttributes: readonly RequiredAttribute[];
  readonly isDistinct: boolean;
  /** Queries whose answer holds until something is told of the instance itself. */
  readonly standing: readonly Query[];
  /** Queries that count tasks. */
  readonly changing: readonly Query[];
  /** Empty where compatibility is not asked about. */
  readonly imageBuilds: readonly WindowsBuild[];
  readonly hostVolumeInstanceId: string | null;
  /** `null`: not known, or not asked about. */
  readonly layers: readonly ImageLayer[] | null;
  /** Attributes spread over, in order. */
  readonly spreadFields: readonly string[];
  readonly steps: readonly Step[];
  /** Tasks of several groups cannot share what is kept for the question. */
  readonly isOfGroup: boolean;
};

/**
 * A strategy as the index goes by it: `cell` compares the counts at a depth of the spread, `key` a
 * number of the instance itself.
 */
export type Step =
  | { readonly type: 'cell'; readonly depth: number }
  | { readonly type: 'key'; readonly key: 'cpu' | 'memory' | 'groupTasks' }
  | { readonly type: 'random' };

export const commonQuestionOf = (task: PlacementTask, rules: PlacementRules): CommonQuestion => {
  const { windows } = rules;
  const queries = task.constraints.flatMap((each) =>
    each.type === 'memberOf' ? [each.query] : [],
  );
  const isDistinct = task.constraints.some(({ type }) => type === 'distinctInstance');
  const asksBuilds = windows !== null && windows.compatibility !== null;
  const { steps, spreadFields } = stepsOf(task);
  return {
    requirement: requirementOf(task, rules),
    requiredAttributes: task.requiredAttributes,
    isDistinct,
    standing: queries.filter((query) => !dependenciesOf(query).changesWithTasks),
    changing: queries.filter((query) => dependenciesOf(query).changesWithTasks),
    imageBuilds: asksBuilds ? task.containers.flatMap((each) => each.imageBuild ?? []) : [],
    hostVolumeInstanceId: windows === null ? null : task.hostVolumeInstanceId,
    layers: windows === null ? null : layersOf(task),
    spreadFields,
    steps,
    isOfGroup: isDistinct || steps.some((step) => step.type === 'key' && step.key === 'groupTasks'),
  };
};

/** Nothing that comes after `random` decides: no two instances are equal in it. */
const stepsOf = ({ strategies }: PlacementTask) => {
  const spreadFields: string[] = [];
  const steps: Step[] = [];
  for (const strategy of strategies) {
    if (strategy.type === 'random') {
      steps.push({ type: 'random' });
      break;
    }
    if (strategy.type === 'binpack') {
      steps.push({ type: 'key', key: strategy.field });
    } else if (strategy.field === 'instanceId' || strategy.field === 'host') {
      steps.push({ type: 'key', key: 'groupTasks' });
    } else {
      steps.push({ type: 'cell', depth: spreadFields.length });
      spreadFields.push(strategy.field.slice('attribute:'.length));
    }
  }
  return { steps, spreadFields };
};
