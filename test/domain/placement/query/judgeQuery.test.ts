import { describe, expect, test } from 'vitest';
import { judgeQuery } from '../../../../domain/placement/query/judge.ts';
import { parseQuery } from '../../../../domain/placement/query/parse.ts';
import { queryFleet } from './queryFleet.ts';

const fleet = Object.values(queryFleet);

const judged = (text: string, subjects = fleet) => {
  const parsed = parseQuery(text);
  if ('refused' in parsed) throw new Error(parsed.refused.message);
  return judgeQuery(parsed.ok, subjects).map(({ message }) => message);
};

describe('an expression is judged against the fleet', () => {
  test('nothing is said of one that some instance satisfies', () => {
    expect(judged('attribute:stack == prod and agentConnected == true')).toEqual([]);
  });

  test('an attribute that no instance has is named, with the nearest that one has', () => {
    expect(judged('attribute:ecs.os-typ == windows')).toEqual([
      'No instance has an attribute ecs.os-typ; did you mean ecs.os-type?',
      'None of 5 instances satisfies the expression.',
    ]);
    expect(judged('attribute:owner == a')).toEqual([
      'No instance has an attribute owner.',
      'None of 5 instances satisfies the expression.',
    ]);
  });

  test('an attribute that no instance has is said even if the expression is satisfied', () => {
    expect(judged('attribute:stacks != prod')).toEqual([
      'No instance has an attribute stacks; did you mean stack?',
    ]);
  });

  test('a value that no instance has is named, with the nearest', () => {
    expect(judged('attribute:stack in [prd, test]')).toEqual([
      'No instance has the value prd of attribute stack; did you mean prod?',
    ]);
    expect(judged('attribute:ecs.instance-type == m5.*')).toEqual([
      'No instance has the value m5.* of attribute ecs.instance-type; ' +
        'write =~ to compare with a pattern.',
      'None of 5 instances satisfies the expression.',
    ]);
  });

  test('of parts that exclude each other, and of the part that excludes all', () => {
    expect(judged('attribute:stack == prod and attribute:stack == test')).toEqual([
      'None of 5 instances satisfies the expression; ' +
        'each part alone is satisfied, together they are not.',
    ]);
    expect(judged('attribute:stack == prod and runningTasksCount > 99')).toEqual([
      'None of 5 instances satisfies the expression; none satisfies runningTasksCount > 99.',
    ]);
  });

  test('instances of which it is not known are counted', () => {
    const parsed = parseQuery('agentVersion > 2');
    expect('ok' in parsed && judgeQuery(parsed.ok, fleet)).toEqual([
      {
        code: 'NoInstanceSatisfies',
        unknownCount: 1,
        message: 'None of 5 instances satisfies the expression, of 1 it is not known.',
      },
    ]);
  });

  test('an empty fleet is said to be empty, and nothing else', () => {
    expect(judged('attribute:nothing exists', [])).toEqual([
      'No container instance is there to satisfy the expression.',
    ]);
  });

  test('the order of the instances does not matter', () => {
    const text = 'attribute:ecs.os-typ == a or attribute:stack == prd';
    expect(judged(text, fleet.toReversed())).toEqual(judged(text));
  });
});
