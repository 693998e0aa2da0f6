import { expect, test } from 'vitest';
import type { QuerySubject } from '../../../../domain/placement/query/ast.ts';
import { compileTruth } from '../../../../domain/placement/query/compile.ts';
import { judgeQuery } from '../../../../domain/placement/query/judge.ts';
import { parseQuery } from '../../../../domain/placement/query/parse.ts';
import { printQuery } from '../../../../domain/placement/query/print.ts';
import { hostileQueries } from './hostileQueries.ts';
import { queryFleet } from './queryFleet.ts';

const long = 'aaaaaaaab'.repeat(29).slice(0, 256);
const worst: QuerySubject = {
  ...(queryFleet.A as QuerySubject),
  ec2InstanceId: long,
  attributes: { a: long, 'ecs.a': long },
  taskGroups: [long],
};

type Outcome = 'read' | 'refused' | { readonly fault: string };

const outcomeOf = (text: string): Outcome => {
  try {
    const answer = parseQuery(text);
    if ('refused' in answer) {
      const { offset, message } = answer.refused;
      const isPlaced = offset >= 0 && offset <= text.length;
      const isPlain = /^[\x20-\x7e]*$/.test(message) && message.length < 400;
      return isPlaced && isPlain ? 'refused' : { fault: `badly told: ${offset} ${message}` };
    }
    compileTruth(answer.ok)(worst);
    judgeQuery(answer.ok, [worst]);
    const again = parseQuery(printQuery(answer.ok));
    const isSame = 'ok' in again && printQuery(again.ok) === printQuery(answer.ok);
    return isSame ? 'read' : { fault: 'reads otherwise when printed' };
  } catch (error) {
    return { fault: String(error) };
  }
};

// Time is bounded by the limits of limits.ts and not measured here.
test('20,000 hostile expressions are read or refused, and none breaks anything', () => {
  const texts = hostileQueries(2025, 20_000);
  const outcomes = texts.map((text) => ({ text: text.slice(0, 300), outcome: outcomeOf(text) }));
  const faults = outcomes.filter(({ outcome }) => typeof outcome === 'object');
  expect(faults.slice(0, 5)).toEqual([]);
  // Both ways out are taken often enough to mean something.
  const count = (wanted: Outcome) => outcomes.filter(({ outcome }) => outcome === wanted).length;
  expect(count('read')).toBeGreaterThan(1000);
  expect(count('refused')).toBeGreaterThan(1000);
});
