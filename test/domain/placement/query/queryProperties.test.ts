import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Query, QuerySubject } from '../../../../domain/placement/query/ast.ts';
import { compileQuery, compileTruth } from '../../../../domain/placement/query/compile.ts';
import { dependenciesOf } from '../../../../domain/placement/query/dependencies.ts';
import { comparisonsMax, expressionLengthMax } from '../../../../domain/placement/query/limits.ts';
import { parseQuery } from '../../../../domain/placement/query/parse.ts';
import { printQuery } from '../../../../domain/placement/query/print.ts';
import { anyQuery } from './anyQuery.ts';
import { queryFleet } from './queryFleet.ts';

const fleet = Object.values(queryFleet);
const settings = { seed: 4, numRuns: 2000 };

const comparisonsIn = (query: Query): number => {
  if (query.type === 'not') return comparisonsIn(query.operand);
  if (query.type !== 'and' && query.type !== 'or') return 1;
  return query.operands.reduce((sum, operand) => sum + comparisonsIn(operand), 0);
};

const fits = (query: Query) =>
  comparisonsIn(query) <= comparisonsMax && printQuery(query).length <= expressionLengthMax;
const query = anyQuery.filter(fits);

describe('an expression', () => {
  test('that is printed is read back as the same', () => {
    fc.assert(
      fc.property(query, (one) => {
        expect(parseQuery(printQuery(one))).toEqual({ ok: one });
      }),
      settings,
    );
  });

  test('printed, read and printed again is the same text', () => {
    const spaced = fc.tuple(query, fc.constantFrom(' ', '  ', '\t', '\n'));
    fc.assert(
      fc.property(spaced, ([one, space]) => {
        const text = `${space}(${space}${printQuery(one)}${space})${space}`;
        const answer = parseQuery(text);
        // One more parenthesis may be one too many.
        if ('refused' in answer) expect(answer.refused.code).toMatch(/TooDeep|TooLong/);
        else expect(printQuery(answer.ok)).toBe(printQuery(one));
      }),
      settings,
    );
  });

  test('and its negation are never both true, and both unknown or neither', () => {
    fc.assert(
      fc.property(query, fc.constantFrom(...fleet), (one, subject) => {
        const truth = compileTruth(one)(subject);
        const negation = compileTruth({ type: 'not', operand: one })(subject);
        expect(negation).toBe(truth === undefined ? undefined : !truth);
        expect(compileQuery(one)(subject)).toBe(truth === true);
      }),
      settings,
    );
  });

  test('keeps its answer while nothing changes of what it depends on', () => {
    fc.assert(
      fc.property(query, fc.constantFrom(...fleet), fc.constantFrom(...fleet), (one, from, to) => {
        const { attributes, subjects, changesWithTasks } = dependenciesOf(one);
        const kept = attributes.flatMap((name) =>
          Object.hasOwn(from.attributes, name) ? [[name, from.attributes[name] ?? null]] : [],
        );
        const other: QuerySubject = {
          ...to,
          ...(subjects.includes('agentConnected') && { agentConnected: from.agentConnected }),
          ...(subjects.includes('agentVersion') && { agentVersion: from.agentVersion }),
          ...(subjects.includes('ec2InstanceId') && { ec2InstanceId: from.ec2InstanceId }),
          ...(subjects.includes('registeredAt') && { registeredAt: from.registeredAt }),
          ...(changesWithTasks && {
            runningTasksCount: from.runningTasksCount,
            taskGroups: from.taskGroups,
          }),
          attributes: Object.fromEntries(kept),
        };
        expect(compileTruth(one)(other)).toBe(compileTruth(one)(from));
      }),
      settings,
    );
  });

  test('names what it depends on, once and sorted', () => {
    const text =
      'attribute:b exists and (ecs.os-type == windows or attribute:b == 1) and !task:group == a';
    const parsed = parseQuery(text);
    expect('ok' in parsed && dependenciesOf(parsed.ok)).toEqual({
      attributes: ['b', 'ecs.os-type'],
      subjects: ['task:group'],
      changesWithTasks: true,
    });
    const still = parseQuery('agentVersion < 1.9 or registeredAt > 2025-10-01');
    expect('ok' in still && dependenciesOf(still.ok)).toEqual({
      attributes: [],
      subjects: ['agentVersion', 'registeredAt'],
      changesWithTasks: false,
    });
  });
});

describe('what is not known of an instance', () => {
  const unknown = queryFleet.D;
  const truth = (text: string) => {
    const parsed = parseQuery(text);
    if ('refused' in parsed || unknown === undefined) throw new Error('cannot be asked');
    return compileTruth(parsed.ok)(unknown);
  };

  test.each(['agentConnected == true', 'agentVersion > 1', 'registeredAt > 2025-10-01'])(
    'leaves %s open, and its negation',
    (text) => {
      expect(truth(text)).toBeUndefined();
      expect(truth(`not (${text})`)).toBeUndefined();
    },
  );

  test('does not matter where another part settles the answer', () => {
    expect(truth('agentConnected == true or attribute:stack exists')).toBe(true);
    expect(truth('agentConnected == true and attribute:nothing exists')).toBe(false);
    expect(truth('agentConnected == true and attribute:stack exists')).toBeUndefined();
  });
});
