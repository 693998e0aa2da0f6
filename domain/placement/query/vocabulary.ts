import type { Operator, PlainSubject, Subject } from './ast.ts';

// The words of the language and which go together (Amazon ECS Developer Guide, "Create expressions
// to define container instances for Amazon ECS tasks").

/** How an operator is printed, and its other spelling. */
export const spellings: Readonly<Record<Operator, readonly [canonical: string, other?: string]>> = {
  equals: ['==', 'equals'],
  not_equals: ['!=', 'not_equals'],
  greater_than: ['>', 'greater_than'],
  greater_than_equal: ['>=', 'greater_than_equal'],
  less_than: ['<', 'less_than'],
  less_than_equal: ['<=', 'less_than_equal'],
  exists: ['exists'],
  not_exists: ['!exists', 'not_exists'],
  in: ['in'],
  not_in: ['!in', 'not_in'],
  matches: ['=~', 'matches'],
  not_matches: ['!~', 'not_matches'],
};

const operators = Object.keys(spellings) as readonly Operator[];

export const operatorOfSpelling: ReadonlyMap<string, Operator> = new Map(
  operators.flatMap((operator) =>
    spellings[operator].map((spelling): [string, Operator] => [spelling ?? '', operator]),
  ),
);

const ordering: readonly Operator[] = [
  'equals',
  'not_equals',
  'greater_than',
  'greater_than_equal',
  'less_than',
  'less_than_equal',
];
const naming: readonly Operator[] = [
  'equals',
  'not_equals',
  'in',
  'not_in',
  'matches',
  'not_matches',
];

/**
 * The guide lists the operators of each subject but of `attribute`, which takes all, and of
 * `task:group`, whose groups have names and no order.
 */
export const operatorsOf: Readonly<Record<Subject['type'], readonly Operator[]>> = {
  agentConnected: naming,
  agentVersion: ordering,
  attribute: operators,
  ec2InstanceId: naming,
  registeredAt: ordering,
  runningTasksCount: ordering,
  'task:group': [...naming, 'exists', 'not_exists'],
};

export const plainSubjects: readonly PlainSubject[] = [
  'agentConnected',
  'agentVersion',
  'ec2InstanceId',
  'registeredAt',
  'runningTasksCount',
  'task:group',
];

export const attributePrefix = 'attribute:';

/**
 * Names that ECS gives itself may stand without `attribute:`, as in `ecs.os-type == windows`
 * (Amazon ECS Developer Guide, "Amazon ECS-optimized Windows AMIs"). Any other bare word is
 * refused: a misspelt subject would otherwise be an attribute that no instance has.
 */
export const isNameOfEcs = (word: string): boolean =>
  word.startsWith('ecs.') || word.startsWith('com.amazonaws.ecs.');

/** Letters, digits, hyphens, underscores, slashes, backslashes, periods (API, Attribute). */
export const attributeName = /^[A-Za-z0-9_./\\-]{1,128}$/;

export const nameOfSubject = (subject: Subject): string =>
  subject.type === 'attribute' ? `${attributePrefix}${subject.name}` : subject.type;
