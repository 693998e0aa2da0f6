import type { QueryRefusalCode } from '../../../../domain/placement/query/ast.ts';
import { refusedPatterns } from './refusedPatterns.ts';

/** An expression with ‸ where it is refused, and the sentence after the place. */
export type Refused = readonly [marked: string, sentence: string];

const allSubjects =
  'agentConnected, agentVersion, ec2InstanceId, registeredAt, runningTasksCount, task:group or ' +
  'attribute:<name>';

const aMoment =
  'registeredAt is compared with a moment such as 2018-06-18T22:28:28Z or a day such as 2018-06-18';

const many = (count: number, text: string, between: string) =>
  Array(count).fill(text).join(between);
const a = 'attribute:a exists';

const valueExpected = (found: string) => `expected a value, found ${found}.`;
const notAfter = (found: string) => `expected and, or or the end, found ${found}.`;
const subjectExpected = (found: string) => `expected a subject, not or (, found ${found}.`;

const NotReadable: readonly Refused[] = [
  ['‸', subjectExpected('the end')],
  ['   ‸', subjectExpected('the end')],
  ['‸)', subjectExpected('")"')],
  ["‸'attribute:a' exists", subjectExpected('"\'"')],
  ['‸== a', subjectExpected('"="')],
  ['(‸)', subjectExpected('")"')],
  ['‸[a]', subjectExpected('"["')],
  ['‸é exists', subjectExpected('"\\u00e9"')],
  [`${a} and ‸`, subjectExpected('the end')],
  [`${a} or ‸|| ${a}`, subjectExpected('"|"')],
  [`${a} && ‸&& ${a}`, subjectExpected('"&"')],
  ['not ‸', subjectExpected('the end')],
  ['!‸', subjectExpected('the end')],
  ['attribute:‸ exists', 'expected the name of an attribute, found " ".'],
  ['attribute:a ==‸', valueExpected('the end')],
  ['attribute:a == ‸)', valueExpected('")"')],
  ['attribute:a == ‸,', valueExpected('","')],
  ['attribute:a == ‸[a]', 'expected a value, found "["; use in for a list.'],
  ['attribute:a == ‸é', valueExpected('"\\u00e9"')],
  ['attribute:a == ‸== a', valueExpected('"="')],
  ['attribute:a in‸', 'expected [, found the end; in takes a list such as [a, b].'],
  ['attribute:a in ‸b', 'expected [, found "b"; in takes a list such as [a, b].'],
  ['attribute:a !in ‸(b)', 'expected [, found "("; in takes a list such as [a, b].'],
  ['attribute:a in [‸]', valueExpected('"]"')],
  ['attribute:a in [b,‸]', valueExpected('"]"')],
  ['attribute:a in [‸,b]', valueExpected('","')],
  ['attribute:a in [b‸', 'expected , or ], found the end.'],
  ['attribute:a in [b ‸c]', 'expected , or ], found "c".'],
  ['attribute:a in [b‸) or', 'expected , or ], found ")".'],
  ['attribute:a in [b, ‸[c]]', 'expected a value, found "["; use in for a list.'],
  ['attribute:a =~‸', 'expected a pattern, found the end.'],
  [
    'attribute:a =~ ‸(b|c)',
    'expected a pattern, found "("; put a pattern with parentheses in quotes.',
  ],
  ['attribute:a =~ ‸&& b', 'expected a pattern, found "&".'],
  ["attribute:a == ‸'b", "this ' is not closed; write ' at its end."],
  ['attribute:a == ‸"b\'', 'this " is not closed; write " at its end.'],
  ["attribute:a == ‸'b\\'", "this ' is not closed; write ' at its end."],
  ["attribute:a == 'b‸\n'", 'a text in quotes holds no control characters; leave it out.'],
  ["attribute:a == 'b‸\u0000'", 'a text in quotes holds no control characters; leave it out.'],
  ['attribute:a exists‸)', notAfter('")"')],
  ['attribute:a exists ‸b', notAfter('"b"')],
  ['attribute:a == b ‸c', notAfter('"c"')],
  ["attribute:a == b‸'c'", notAfter('"\'"')],
  [
    'attribute:a == b ‸AND attribute:c exists',
    'expected and, or or the end, found "AND"; write and.',
  ],
  ['attribute:a == b ‸OR attribute:c exists', 'expected and, or or the end, found "OR"; write or.'],
  ['attribute:a == b ‸& attribute:c exists', notAfter('"&"')],
  ['attribute:a == b ‸| attribute:c exists', notAfter('"|"')],
  ['attribute:a == b ‸attribute:c exists', notAfter('"attribute:c"')],
  ['attribute:a == b ‸~ attribute:c exists', notAfter('"~"')],
  ['(attribute:a == b‸', 'expected and, or or ), found the end.'],
  ['((attribute:a == b)‸', 'expected and, or or ), found the end.'],
  ['(attribute:a == b ‸]', 'expected and, or or ), found "]".'],
  ['(attribute:a == b) ‸(attribute:c exists)', notAfter('"("')],
  ['attribute:a exists ‸not attribute:b exists', notAfter('"not"')],
  ['attribute:a =~ b‸(c)', notAfter('"("')],
];

const UnknownSubject: readonly Refused[] = [
  ['‸stack == prod', '"stack" is no subject; write attribute:stack if it is an attribute.'],
  ['‸runingTasksCount == 3', '"runingTasksCount" is no subject; did you mean runningTasksCount?'],
  ['‸agentversion == 1', '"agentversion" is no subject; did you mean agentVersion?'],
  ['‸ec2InstanceID == i-0', '"ec2InstanceID" is no subject; did you mean ec2InstanceId?'],
  ['‸task:groups == a', '"task:groups" is no subject; did you mean task:group?'],
  ['‸NOT attribute:a exists', '"NOT" is no subject; did you mean not?'],
  [
    '‸memberOf(ecs.os-type == windows)',
    '"memberOf" is no subject; give the expression alone, without memberOf( and ).',
  ],
  ['‸registered == 2025-10-01', '"registered" is no subject; did you mean registeredAt?'],
  ['‸Attribute:a exists', '"Attribute:a" is no subject; write attribute:a if it is an attribute.'],
  ['‸notattribute:a exists', `"notattribute:a" is no subject; use ${allSubjects}.`],
  ['attribute:‸a:b exists', '"a:b" is no name; use up to 128 of A-Z a-z 0-9 _ . / \\ and -.'],
  [
    `attribute:‸${'n'.repeat(129)} exists`,
    `"${'n'.repeat(40)}..." is no name; use up to 128 of A-Z a-z 0-9 _ . / \\ and -.`,
  ],
  [`${a} and ‸and ${a}`, '"and" is no subject; write attribute:and if it is an attribute.'],
  [`‸or ${a}`, '"or" is no subject; write attribute:or if it is an attribute.'],
];

const UnknownOperator: readonly Refused[] = [
  ['attribute:a ‸= b', '"=" is no operator; did you mean ==?'],
  ['attribute:a ‸=== b', '"===" is no operator; did you mean ==?'],
  ['attribute:a ‸<> b', '"<>" is no operator; did you mean !=?'],
  ['attribute:a ‸=> b', '"=>" is no operator; did you mean >=?'],
  ['attribute:a ‸~ b', '"~" is no operator; did you mean =~?'],
  ['attribute:a ‸eq b', '"eq" is no operator; did you mean ==?'],
  ['attribute:a ‸like b', '"like" is no operator; did you mean =~?'],
  ['attribute:a ‸exist', '"exist" is no operator; did you mean exists?'],
  ['attribute:a ‸IN [b]', '"IN" is no operator; did you mean in?'],
  ['attribute:a ‸notin [b]', '"notin" is no operator; did you mean not_in?'],
  ['attribute:a ‸greater_then 3', '"greater_then" is no operator; did you mean greater_than?'],
  [
    'attribute:a ‸constructor b',
    '"constructor" is no operator; use ==, !=, >, >=, <, <=, exists, !exists, in, !in, =~ or !~.',
  ],
  ['attribute:a ‸!exist', '"!exist" is no operator; did you mean !exists?'],
];

const OperatorNotAllowed: readonly Refused[] = [
  ['agentVersion ‸in [1.9]', 'agentVersion cannot be compared by in; use ==, !=, >, >=, < or <=.'],
  ['agentVersion ‸=~ 1.*', 'agentVersion cannot be compared by =~; use ==, !=, >, >=, < or <=.'],
  [
    'agentVersion ‸exists',
    'agentVersion cannot be compared by exists; use ==, !=, >, >=, < or <=.',
  ],
  [
    'registeredAt ‸not_in [2025-10-01]',
    'registeredAt cannot be compared by not_in; use ==, !=, >, >=, < or <=.',
  ],
  [
    'runningTasksCount ‸matches 1',
    'runningTasksCount cannot be compared by matches; use ==, !=, >, >=, < or <=.',
  ],
  [
    'agentConnected ‸> false',
    'agentConnected cannot be compared by >; use ==, !=, in, !in, =~ or !~.',
  ],
  [
    'ec2InstanceId ‸exists',
    'ec2InstanceId cannot be compared by exists; use ==, !=, in, !in, =~ or !~.',
  ],
  [
    'ec2InstanceId ‸<= i-0',
    'ec2InstanceId cannot be compared by <=; use ==, !=, in, !in, =~ or !~.',
  ],
  [
    'task:group ‸> a',
    'task:group cannot be compared by >; use ==, !=, in, !in, =~, !~, exists or !exists.',
  ],
];

const ValueNotAllowed: readonly Refused[] = [
  ['agentConnected == ‸yes', 'agentConnected is compared with true or false, not with "yes".'],
  ['agentConnected == ‸TRUE', 'agentConnected is compared with true or false, not with "TRUE".'],
  ['agentConnected in [true, ‸1]', 'agentConnected is compared with true or false, not with "1".'],
  [
    'agentVersion < ‸latest',
    'agentVersion is compared with a version such as 1.89.3, not with "latest".',
  ],
  [
    'agentVersion < ‸v1.14.5',
    'agentVersion is compared with a version such as 1.89.3, not with "v1.14.5".',
  ],
  [
    'agentVersion < ‸1..5',
    'agentVersion is compared with a version such as 1.89.3, not with "1..5".',
  ],
  [
    'runningTasksCount > ‸-1',
    'runningTasksCount is compared with a whole number such as 3, not with "-1".',
  ],
  [
    'runningTasksCount > ‸1.5',
    'runningTasksCount is compared with a whole number such as 3, not with "1.5".',
  ],
  [
    'runningTasksCount > ‸many',
    'runningTasksCount is compared with a whole number such as 3, not with "many".',
  ],
  [
    "runningTasksCount > ‸''",
    'runningTasksCount is compared with a whole number such as 3, not with "".',
  ],
  ...[
    '2025-02-29',
    '2025-13-01',
    '18-06-2018',
    '2025-10-01T24:00:00Z',
    '2025-10-01T00:00',
    '1760000000',
    'yesterday',
    '2025-10-01T00:00:00.5Z',
  ].map((moment): Refused => [`registeredAt < ‸${moment}`, `${aMoment}, not with "${moment}".`]),
];

const nots = 'not '.repeat(10);
export const refused: Readonly<Record<QueryRefusalCode, readonly Refused[]>> = {
  NotReadable,
  UnknownSubject,
  UnknownOperator,
  OperatorNotAllowed,
  ValueNotAllowed,
  PatternNotAllowed: refusedPatterns,
  ExpressionTooLong: [
    [`attribute:a == ${'b'.repeat(1985)}‸b`, 'more than 2000 characters; shorten the expression.'],
    [`${' '.repeat(2000)}‸ `, 'more than 2000 characters; shorten the expression.'],
  ],
  NestedTooDeep: [
    [`${nots}‸not ${a}`, 'more than 10 parentheses and not are open here; leave some out.'],
    [`${'('.repeat(10)}‸(${a}`, 'more than 10 parentheses and not are open here; leave some out.'],
    [`‸${'not '.repeat(6)}${a}`, 'more than 5 levels of and, or and not begin here; flatten it.'],
    [
      `${a} and ‸not not not not not (${a} or ${a})`,
      'more than 5 levels of and, or and not begin here; flatten it.',
    ],
  ],
  TooManyComparisons: [
    [`${many(20, a, ' and ')} and ‸${a}`, 'more than 20 comparisons; use in for several values.'],
    [`${many(20, a, ' or ')} or ‸${a}`, 'more than 20 comparisons; use in for several values.'],
  ],
  ListTooLong: [
    [`attribute:a in [${many(100, 'b', ',')},‸b]`, 'a list has at most 100 values; split it.'],
    [`ec2InstanceId in [${many(100, 'b', ', ')}, ‸b]`, 'a list has at most 100 values; split it.'],
  ],
};
