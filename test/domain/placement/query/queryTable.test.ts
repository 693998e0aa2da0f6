import { describe, expect, test } from 'vitest';
import { compileQuery } from '../../../../domain/placement/query/compile.ts';
import { parseQuery } from '../../../../domain/placement/query/parse.ts';
import { printQuery } from '../../../../domain/placement/query/print.ts';
import { attributes, compound, documented, operators, patterns, plain } from './accepted.ts';
import { queryFleet } from './queryFleet.ts';
import { refused } from './refused.ts';

const parsed = (text: string) => {
  const answer = parseQuery(text);
  if ('refused' in answer) throw new Error(answer.refused.message);
  return answer.ok;
};

describe.each(Object.entries({ documented, operators, attributes, plain, compound, patterns }))(
  'expressions that are read: %s',
  (_, table) => {
    const rows = table.map(([text, satisfiedBy, canonical = text]) => ({
      text,
      satisfiedBy,
      canonical,
    }));
    test.each(rows)('$text is satisfied by "$satisfiedBy"', ({ text, satisfiedBy, canonical }) => {
      const query = parsed(text);
      const holds = compileQuery(query);
      const letters = Object.keys(queryFleet);
      const found = letters.filter((letter) => {
        const subject = queryFleet[letter];
        return subject !== undefined && holds(subject);
      });
      expect(found.join('')).toBe(satisfiedBy);
      expect(printQuery(query)).toBe(canonical);
      expect(parsed(canonical)).toEqual(query);
    });
  },
);

describe.each(Object.entries(refused))('expressions that are refused: %s', (code, table) => {
  test.each(table)('%j', (marked, sentence) => {
    const offset = marked.indexOf('‸');
    const answer = parseQuery(marked.replace('‸', ''));
    expect(answer).toMatchObject({ refused: { code, offset } });
    const { message } = 'refused' in answer ? answer.refused : { message: '' };
    expect(message.replace(/^(Line \d+, c|C)olumn \d+: /, '')).toBe(sentence);
  });
});

test('the table has at least 200 expressions', () => {
  const accepted = [documented, operators, attributes, plain, compound, patterns].flat();
  const texts = [...accepted, ...Object.values(refused).flat()].map(([text]) => text);
  expect(new Set(texts).size).toBeGreaterThanOrEqual(200);
});

test('a place is told by line and column, counted from one', () => {
  expect(parseQuery('attribute:a\r\n  == b\n or stack == c')).toMatchObject({
    refused: {
      offset: 24,
      line: 3,
      column: 5,
      message: expect.stringMatching(/^Line 3, column 5: /),
    },
  });
  expect(parseQuery('attribute:a = b')).toMatchObject({
    refused: { offset: 12, line: 1, column: 13, message: expect.stringMatching(/^Column 13: /) },
  });
});

test('what was read is plain data', () => {
  expect(
    parsed("ecs.os-type == 'windows' && (task:group in [a, b] or !agentVersion < 1.9)"),
  ).toEqual({
    type: 'and',
    operands: [
      { type: 'equals', subject: { type: 'attribute', name: 'ecs.os-type' }, value: 'windows' },
      {
        type: 'or',
        operands: [
          { type: 'in', subject: { type: 'task:group' }, values: ['a', 'b'] },
          {
            type: 'not',
            operand: { type: 'less_than', subject: { type: 'agentVersion' }, value: '1.9' },
          },
        ],
      },
    ],
  });
});
