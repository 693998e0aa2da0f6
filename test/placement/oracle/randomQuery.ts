import type {
  Comparison,
  OneValueOperator,
  Query,
  Subject,
} from '../../../domain/placement/query/ast.ts';
import type { Randomness } from './randomness.ts';
import { attributeValues, groups, inheritedNames } from './vocabulary.ts';

/** Only what the cluster query language has, at most four levels deep, about half of it true. */
export const randomQuery = (random: Randomness, depth = 0): Query => {
  const { chance, pick, times } = random;
  if (depth === 3 || chance(0.5)) return randomComparison(random);
  if (chance(0.35)) return { type: 'not', operand: randomQuery(random, depth + 1) };
  const operands = times(pick([2, 2, 3]), () => randomQuery(random, depth + 1));
  return { type: pick(['and', 'or', 'or'] as const), operands };
};

const orders = [
  'equals',
  'not_equals',
  'greater_than',
  'greater_than_equal',
  'less_than',
  'less_than_equal',
] as const satisfies readonly OneValueOperator[];

const randomComparison = (random: Randomness): Comparison => {
  const { chance, pick } = random;
  switch (pick(['attribute', 'attribute', 'attribute', 'group', 'text', 'order'] as const)) {
    case 'attribute':
      return attributeComparison(random);
    case 'group':
      return chance(0.15)
        ? { type: pick(['exists', 'not_exists'] as const), subject: { type: 'task:group' } }
        : textComparison(random, { type: 'task:group' }, groups, groupPatterns);
    case 'text':
      return chance(0.7)
        ? textComparison(random, { type: 'ec2InstanceId' }, ec2Ids, ['i-0.', 'i-[a-f1-5]+', 'i-'])
        : textComparison(random, { type: 'agentConnected' }, ['true', 'false'], ['t.*', 'f']);
    case 'order':
      return { type: pick(orders), ...pick(ordered) };
  }
};

const ec2Ids = ['i-01', 'i-02', 'i-03', 'i-1'] as const;
const groupPatterns = ['service:.*', '(?i)service:web', 'family:(batch|web)', 'service'] as const;
const attributePatterns = ['m5|m5.large', '.*a', '[a-z]+', '20348\\.[0-9]{4}', '', '1.?'] as const;

/** `equals`, `in`, `matches` and their opposites. */
const textComparison = (
  { pick, some }: Randomness,
  subject: Subject,
  values: readonly string[],
  patterns: readonly string[],
): Comparison => {
  switch (pick(['one', 'list', 'pattern'] as const)) {
    case 'one':
      return { type: pick(['equals', 'not_equals'] as const), subject, value: pick(values) };
    case 'list':
      return {
        type: pick(['in', 'not_in'] as const),
        subject,
        values: [pick(values), ...some(values, 0.3)],
      };
    case 'pattern':
      return { type: pick(['matches', 'not_matches'] as const), subject, pattern: pick(patterns) };
  }
};

const attributeComparison = (random: Randomness): Comparison => {
  const { chance, pick } = random;
  const [known, values] = pick(Object.entries(attributeValues));
  const name = chance(0.05) ? pick(inheritedNames) : known;
  const subject: Subject = { type: 'attribute', name };
  const named = (values as readonly (string | null)[]).filter((value) => value !== null);
  const texts = named.length > 0 ? named : ['true'];
  if (chance(0.15)) return { type: pick(['exists', 'not_exists'] as const), subject };
  if (chance(0.55)) return textComparison(random, subject, texts, attributePatterns);
  return { type: pick(orders), subject, value: chance(0.25) ? pick(between) : pick(texts) };
};

/** Not one of them is the value of an attribute; some are versions and some are not. */
const between = ['9', '1.00', '20348', '20348.4171.0', '20348.10000', '1.x', 'c', 'Z', '.5'];

type Ordered = { readonly subject: Subject; readonly value: string };
const ordered: readonly Ordered[] = [
  ...['1.99', '1.99.0', '1.100', '1.9.3.0', '2.0', '01.99'].map((value) => ({
    subject: { type: 'agentVersion' } as const,
    value,
  })),
  ...['0', '1', '2', '03', '08'].map((value) => ({
    subject: { type: 'runningTasksCount' } as const,
    value,
  })),
  ...[
    '2025-10-14T17:00:00Z',
    '2025-10-14T17:00:00',
    '2025-10-14T19:00:00+02:00',
    '2025-10-14T11:30:01-05:30',
    '2025-10-15',
  ].map((value) => ({ subject: { type: 'registeredAt' } as const, value })),
];
