import { describe, expect, it } from 'vitest';
import {
  type PlacementProblem,
  placementRules,
} from '../../../domain/placement/placementProblem.ts';
import type { Comparison, Query } from '../../../domain/placement/query/ast.ts';
import { answerQuery } from './answerQuery.ts';
import { compareWithOracle } from './compareWithOracle.ts';
import { decideByScan } from './decideByScan.ts';
import { randomProblem } from './randomProblem.ts';

const seed = 20251014;

describe('random problems', () => {
  it('are the same for the same seed and number, and no others', () => {
    expect(randomProblem(seed, 3)).toEqual(randomProblem(seed, 3));
    expect(randomProblem(seed, 3)).not.toEqual(randomProblem(seed, 4));
    expect(randomProblem(seed, 3)).not.toEqual(randomProblem(seed + 1, 3));
  });

  const { decisions, disagreements, fired } = compareWithOracle(decideByScan, {
    seed,
    decisions: 20_000,
  });

  it.each([
    ...placementRules.map((rule) => `rule: ${rule}`),
    'fault: PortTwice',
    'fault: NoMemoryLimit',
    'fault: DynamicPort',
    'fault: ImageBuildUnknown',
    'strategy: spread instanceId',
    'strategy: spread host',
    'strategy: spread attribute',
    'strategy: spread nested',
    'strategy: binpack cpu',
    'strategy: binpack memory',
    'strategy: random',
    'tie: bytes to pull',
    'tie: id',
  ])('%s decides at least once in a hundred and fifty', (what) => {
    expect(fired[what] ?? 0).toBeGreaterThan(decisions / 150);
  });

  it('place about half of the tasks', () => {
    const placed = (fired['outcome: placed'] ?? 0) / decisions;
    expect(placed).toBeGreaterThan(0.4);
    expect(placed).toBeLessThan(0.7);
  });

  it('are answered alike by the oracle and by itself, and not changed by it', () => {
    expect(disagreements).toEqual([]);
  });

  it('ask about every subject with every operator that it has, and get every answer', () => {
    const heard = new Set<string>();
    for (let index = 0; index < 2000; index += 1) hear(randomProblem(seed, index), heard);
    const silent = expectedAnswers().filter((answer) => !heard.has(answer));
    expect(silent).toEqual([]);
  });
});

const comparisonsIn = (query: Query): readonly Comparison[] => {
  switch (query.type) {
    case 'not':
      return comparisonsIn(query.operand);
    case 'and':
    case 'or':
      return query.operands.flatMap(comparisonsIn);
    default:
      return [query];
  }
};

/** Adds `<subject> <operator>: <answer>` of every comparison on every instance. */
const hear = ({ instances, tasks }: PlacementProblem, heard: Set<string>) => {
  const comparisons = tasks
    .flatMap(({ constraints }) => constraints)
    .flatMap((one) => (one.type === 'memberOf' ? comparisonsIn(one.query) : []));
  for (const comparison of comparisons) {
    for (const instance of instances) {
      const groups = instance.tasks.map(({ group }) => group);
      const seen = { ...instance, taskGroups: groups, runningTasksCount: groups.length };
      const answer = answerQuery(comparison, seen);
      heard.add(`${comparison.subject.type} ${comparison.type}: ${answer}`);
    }
  }
};

const expectedAnswers = () => {
  const equal = ['equals', 'not_equals'];
  const orders = ['greater_than', 'greater_than_equal', 'less_than', 'less_than_equal'];
  const texts = ['in', 'not_in', 'matches', 'not_matches'];
  const existence = ['exists', 'not_exists'];
  const operators = {
    agentConnected: [...equal, ...texts],
    ec2InstanceId: [...equal, ...texts],
    agentVersion: [...equal, ...orders],
    registeredAt: [...equal, ...orders],
    runningTasksCount: [...equal, ...orders],
    'task:group': [...equal, ...texts, ...existence],
    attribute: [...equal, ...orders, ...texts, ...existence],
  };
  const mayBeUnknown = ['ec2InstanceId', 'agentVersion', 'registeredAt'];
  return Object.entries(operators).flatMap(([subject, those]) =>
    those.flatMap((operator) =>
      [true, false, ...(mayBeUnknown.includes(subject) ? [null] : [])].map(
        (answer) => `${subject} ${operator}: ${answer}`,
      ),
    ),
  );
};
