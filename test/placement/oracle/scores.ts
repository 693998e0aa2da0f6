import type {
  PlacementRules,
  PlacementStrategy,
  PlacementTask,
} from '../../../domain/placement/placementProblem.ts';
import type { Standing } from './standing.ts';

/** Compared from the first on; the least is chosen. `what` names each, for counting. */
export type Score = { readonly what: string; readonly value: number | string };

/** One score for each strategy, then what decides between equals. */
export const scoresOf = (
  candidate: Standing,
  all: readonly Standing[],
  task: PlacementTask,
  rules: PlacementRules,
): readonly Score[] => [
  ...task.strategies.map((strategy, position): Score => {
    const earlier = task.strategies.slice(0, position);
    return scoreOf(strategy, earlier, candidate, all, task);
  }),
  { what: 'tie: bytes to pull', value: bytesToPull(candidate, task, rules) },
  { what: 'tie: id', value: candidate.instance.id },
];

const scoreOf = (
  strategy: PlacementStrategy,
  earlier: readonly PlacementStrategy[],
  candidate: Standing,
  all: readonly Standing[],
  task: PlacementTask,
): Score => {
  switch (strategy.type) {
    case 'spread': {
      const outer = earlier.flatMap((before) => attributeSpread(before) ?? []);
      const own = attributeSpread(strategy);
      const kind = own === null ? strategy.field : outer.length > 0 ? 'nested' : 'attribute';
      const value = all
        .filter((other) =>
          own === null
            ? other === candidate
            : [...outer, own].every((name) => bucketOf(other, name) === bucketOf(candidate, name)),
        )
        .flatMap(({ groups }) => groups.filter((group) => group === task.group)).length;
      return { what: `strategy: spread ${kind}`, value };
    }
    case 'binpack': {
      const value = strategy.field === 'cpu' ? candidate.cpu : candidate.memoryMiB;
      return { what: `strategy: binpack ${strategy.field}`, value };
    }
    case 'random': {
      const ids = all.map(({ instance }) => instance.id).sort();
      const distance = ids.indexOf(candidate.instance.id) - Math.floor(task.chance * ids.length);
      return { what: 'strategy: random', value: distance < 0 ? distance + ids.length : distance };
    }
  }
};

/** The name of the attribute that it spreads over; `null`: it spreads over none. */
const attributeSpread = (strategy: PlacementStrategy): string | null => {
  const prefix = 'attribute:';
  const isOne = strategy.type === 'spread' && strategy.field.startsWith(prefix);
  return isOne ? strategy.field.slice(prefix.length) : null;
};

/** `null` for an attribute without a value and for none at all: the two are one value. */
const bucketOf = ({ instance: { attributes } }: Standing, name: string): string | null =>
  Object.hasOwn(attributes, name) ? (attributes[name] ?? null) : null;

/** Zero, so that it decides nothing, without the Windows rules and where a layer is not known. */
const bytesToPull = (
  { instance }: Standing,
  { containers }: PlacementTask,
  { windows }: PlacementRules,
): number => {
  if (windows === null || containers.some(({ layers }) => layers === null)) return 0;
  const missing = new Map(
    containers
      .flatMap(({ layers }) => layers ?? [])
      .filter(({ diffId }) => !(instance.layers ?? []).includes(diffId))
      .map(({ diffId, bytes }) => [diffId, bytes]),
  );
  return [...missing.values()].reduce((total, bytes) => total + bytes, 0);
};
