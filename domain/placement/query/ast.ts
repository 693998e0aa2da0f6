import type { Instant } from '../../../events/ids.ts';

/** What a comparison looks at; the names are ECS's own. */
export type Subject =
  | { readonly type: 'attribute'; readonly name: string }
  | { readonly type: PlainSubject };

export type PlainSubject =
  | 'agentConnected'
  | 'agentVersion'
  | 'ec2InstanceId'
  | 'registeredAt'
  | 'runningTasksCount'
  | 'task:group';

export type OneValueOperator =
  | 'equals'
  | 'not_equals'
  | 'greater_than'
  | 'greater_than_equal'
  | 'less_than'
  | 'less_than_equal';

export type Operator =
  | OneValueOperator
  | 'exists'
  | 'not_exists'
  | 'in'
  | 'not_in'
  | 'matches'
  | 'not_matches';

/** Values are kept as they were written, without their quotes. */
export type Comparison =
  | { readonly type: 'exists' | 'not_exists'; readonly subject: Subject }
  | { readonly type: OneValueOperator; readonly subject: Subject; readonly value: string }
  | {
      readonly type: 'in' | 'not_in';
      readonly subject: Subject;
      readonly values: readonly string[];
    }
  | {
      readonly type: 'matches' | 'not_matches';
      readonly subject: Subject;
      readonly pattern: string;
    };

/**
 * An expression of the cluster query language (Amazon ECS Developer Guide, "Create expressions to
 * define container instances for Amazon ECS tasks"). Plain JSON. `and` and `or` hold two operands
 * or more; an operand of the same type was in parentheses.
 */
export type Query =
  | { readonly type: 'and' | 'or'; readonly operands: readonly Query[] }
  | { readonly type: 'not'; readonly operand: Query }
  | Comparison;

/** What an expression is asked about: one container instance. `null` is "not known". */
export type QuerySubject = {
  /** `null` also for an external instance, which has none. */
  readonly ec2InstanceId: string | null;
  readonly agentConnected: boolean | null;
  readonly agentVersion: string | null;
  readonly registeredAt: Instant | null;
  readonly runningTasksCount: number | null;
  /** Every attribute of the instance; `null` for one that has no value, which is known. */
  readonly attributes: Readonly<Record<string, string | null>>;
  /** The groups of the tasks that count as being there, in any order. */
  readonly taskGroups: readonly string[];
};

export type QueryRefusalCode =
  | 'ExpressionTooLong'
  | 'NestedTooDeep'
  | 'TooManyComparisons'
  | 'ListTooLong'
  | 'NotReadable'
  | 'UnknownSubject'
  | 'UnknownOperator'
  | 'OperatorNotAllowed'
  | 'ValueNotAllowed'
  | 'PatternNotAllowed';

/** Where and why an expression was refused. */
export type QueryRefusal = {
  readonly code: QueryRefusalCode;
  /** One sentence that names the place, what is wrong and the remedy. */
  readonly message: string;
  /** UTF-16 units from the start, from 0. */
  readonly offset: number;
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units. */
  readonly column: number;
  /** What could have stood there; empty when it is not a matter of syntax. */
  readonly expected: readonly string[];
};

export type ParsedQuery = { readonly ok: Query } | { readonly refused: QueryRefusal };
