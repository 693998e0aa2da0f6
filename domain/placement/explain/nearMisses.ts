import type { NearMiss } from '../../../events/placement.ts';
import { obstaclesOn, type Question } from '../obstacles.ts';
import type { PlacementInstance, PlacementRule } from '../placementProblem.ts';
import { lackOf } from './lacks.ts';

type Miss = {
  readonly instance: PlacementInstance;
  readonly rules: readonly PlacementRule[];
  /** How much is missing, where that is an amount: MiB, CPU units, or a number of things. */
  readonly shortfall: number;
};

/**
 * For a task that fits nowhere: the instances that come nearest, those kept off by the same rules
 * together. Fewest rules first; of those what most instances share; in it the instance that lacks
 * least.
 */
export const nearMissesOf = (
  instances: readonly PlacementInstance[],
  question: Question,
): readonly NearMiss[] => {
  const misses = instances.map((instance): Miss => {
    const rules = obstaclesOn(instance, question);
    const shortfall = rules.reduce((sum, rule) => sum + lackOf(rule, instance, question).amount, 0);
    return { instance, rules, shortfall };
  });
  const alike = Map.groupBy(misses, ({ rules }) => rules.join());
  return [...alike.values()]
    .map((group) => group.toSorted(nearestFirst))
    .toSorted(
      ([a, ...restA], [b, ...restB]) =>
        (a?.rules.length ?? 0) - (b?.rules.length ?? 0) ||
        difficulty(a) - difficulty(b) ||
        restB.length - restA.length,
    )
    .flatMap(([nearest, ...rest]) =>
      nearest === undefined ? [] : [missOf(nearest, rest.length + 1, question)],
    );
};

const nearestFirst = (a: Miss, b: Miss): number =>
  a.shortfall - b.shortfall || (a.instance.id < b.instance.id ? -1 : 1);

/**
 * An instance that lacks room is nearer than one that is of another system or on its way out: the
 * first may get room, the other never will take the task.
 */
const difficulty = (miss: Miss | undefined): number =>
  miss?.rules.some((rule) => hopeless.has(rule)) ? 1 : 0;

const hopeless: ReadonlySet<PlacementRule> = new Set([
  'NotActive',
  'Attribute',
  'MemberOf',
  'BuildMismatch',
  'HostVolume',
]);

const missOf = ({ instance, rules }: Miss, instanceCount: number, question: Question): NearMiss => {
  const lacks = rules.map((rule) => lackOf(rule, instance, question));
  return {
    rules,
    instanceCount,
    nearestInstanceArn: instance.id,
    lacks: lacks.map(({ text }) => text),
    remedies: lacks.map(({ remedy }) => remedy),
  };
};
