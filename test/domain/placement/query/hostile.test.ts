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

/** What is wrong with the answer to `text`; `undefined` if nothing. */
const fault = (text: string): string | undefined => {
  try {
    const answer = parseQuery(text);
    if ('refused' in answer) {
      const { offset, message } = answer.refused;
      const isPlaced = offset >= 0 && offset <= text.length;
      const isPlain = /^[\x20-\x7e]*$/.test(message) && message.length < 400;
      return isPlaced && isPlain ? undefined : `badly told: ${offset} ${message}`;
    }
    compileTruth(answer.ok)(worst);
    judgeQuery(answer.ok, [worst]);
    const again = parseQuery(printQuery(answer.ok));
    const isSame = 'ok' in again && printQuery(again.ok) === printQuery(answer.ok);
    return isSame ? undefined : 'reads otherwise when printed';
  } catch (error) {
    return String(error);
  }
};

// Time is bounded by the limits of limits.ts and not measured here.
test('20,000 hostile expressions are read or refused, and none breaks anything', () => {
  const texts = hostileQueries(2025, 20_000);
  const faults = texts.flatMap((text) => {
    const what = fault(text);
    return what === undefined ? [] : [{ text: text.slice(0, 300), what }];
  });
  expect(faults.slice(0, 5)).toEqual([]);
  const readable = texts.filter((text) => 'ok' in parseQuery(text));
  // Both ways out are taken often enough to mean something.
  expect(readable.length).toBeGreaterThan(1000);
  expect(texts.length - readable.length).toBeGreaterThan(1000);
});
