import fc from 'fast-check';
import type { Query, Subject } from '../../../../domain/placement/query/ast.ts';

// Every expression that the language can say, within its limits.

const attribute: fc.Arbitrary<Subject> = fc
  .stringMatching(/^[A-Za-z0-9_./\\-]{1,20}$/)
  .map((name) => ({ type: 'attribute', name }));

/** Anything that can stand in quotes, mostly what needs them. */
const text = fc.oneof(
  fc.stringMatching(/^[a-z0-9.:-]{1,12}$/),
  fc.constantFrom('and', 'or', 'not', 'in', '', ' ', "'", '"', '\\', "\\'", '\\\\', '[a, b]', '&&'),
  fc.string({ unit: 'grapheme', maxLength: 12 }).filter((value) => !/\p{Cc}/u.test(value)),
);

const pattern = fc
  .array(
    fc.constantFrom(
      'a',
      '.',
      '.*',
      '[a-z]+',
      '(b|c)',
      '\\d',
      '\\\\',
      "'",
      '"',
      ' ',
      '||',
      '&&',
      ',',
    ),
    { minLength: 1, maxLength: 8 },
  )
  .map((parts) => parts.join(''));

const oneValue = fc.constantFrom('equals' as const, 'not_equals' as const);
const ordering = fc.constantFrom(
  'equals' as const,
  'not_equals' as const,
  'greater_than' as const,
  'greater_than_equal' as const,
  'less_than' as const,
  'less_than_equal' as const,
);
const list = fc.constantFrom('in' as const, 'not_in' as const);
const matching = fc.constantFrom('matches' as const, 'not_matches' as const);
const existence = fc.constantFrom('exists' as const, 'not_exists' as const);

const plain = <Type extends Subject['type'] & string>(...types: Exclude<Type, 'attribute'>[]) =>
  fc.constantFrom(...types).map((type): Subject => ({ type }) as Subject);

const named = fc.oneof(attribute, plain('ec2InstanceId', 'task:group'));

const comparison: fc.Arbitrary<Query> = fc.oneof(
  fc.record({ type: existence, subject: fc.oneof(attribute, plain('task:group')) }),
  fc.record({ type: oneValue, subject: named, value: text }),
  fc.record({ type: ordering, subject: attribute, value: text }),
  fc.record({
    type: list,
    subject: named,
    values: fc.array(text, { minLength: 1, maxLength: 4 }),
  }),
  fc.record({ type: matching, subject: named, pattern }),
  fc.record({
    type: oneValue,
    subject: plain('agentConnected'),
    value: fc.constantFrom('true', 'false'),
  }),
  fc.record({
    type: ordering,
    subject: plain('agentVersion'),
    value: fc.constantFrom('1.9.0', '1.89.3', '1.99', '2'),
  }),
  fc.record({
    type: ordering,
    subject: plain('registeredAt'),
    value: fc.constantFrom('2025-10-01', '2025-10-14T17:00:00Z', '2018-06-18T22:28:28+00:00'),
  }),
  fc.record({
    type: ordering,
    subject: plain('runningTasksCount'),
    value: fc.nat(20).map(String),
  }),
);

const compound = (operand: fc.Arbitrary<Query>): fc.Arbitrary<Query> =>
  fc.oneof(
    { weight: 3, arbitrary: comparison },
    {
      weight: 2,
      arbitrary: fc.record({
        type: fc.constantFrom('and' as const, 'or' as const),
        operands: fc.array(operand, { minLength: 2, maxLength: 3 }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ type: fc.constant('not' as const), operand }) },
  );

export const anyQuery = [1, 2, 3, 4, 5].reduce((inner) => compound(inner), comparison);
