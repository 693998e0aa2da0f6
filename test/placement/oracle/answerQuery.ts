import { RE2JS } from 're2js';
import type {
  Comparison,
  OneValueOperator,
  Query,
  QuerySubject,
  Subject,
} from '../../../domain/placement/query/ast.ts';
import { compareVersions, isVersion } from './versions.ts';

/** `null`: neither true nor false, because a fact is not known (docs/ecs-differences.md). */
export type Answer = boolean | null;

/**
 * What a cluster query says about one instance, worked out afresh at every comparison. `and` is
 * false as soon as one operand is, `or` true as soon as one is, whatever the others are.
 */
export const answerQuery = (query: Query, seen: QuerySubject): Answer => {
  switch (query.type) {
    case 'not':
      return opposite(answerQuery(query.operand, seen));
    case 'and': {
      const answers = query.operands.map((operand) => answerQuery(operand, seen));
      if (answers.includes(false)) return false;
      return answers.includes(null) ? null : true;
    }
    case 'or': {
      const answers = query.operands.map((operand) => answerQuery(operand, seen));
      if (answers.includes(true)) return true;
      return answers.includes(null) ? null : false;
    }
    default:
      return answerComparison(query, seen);
  }
};

const opposite = (answer: Answer): Answer => (answer === null ? null : !answer);

/** Every comparison that ECS writes with "not" is the opposite of the one written without. */
const answerComparison = (comparison: Comparison, seen: QuerySubject): Answer => {
  switch (comparison.type) {
    case 'not_exists':
      return !exists(comparison.subject, seen);
    case 'exists':
      return exists(comparison.subject, seen);
    case 'not_in':
      return opposite(isIn(comparison.values, textsOf(comparison.subject, seen)));
    case 'in':
      return isIn(comparison.values, textsOf(comparison.subject, seen));
    case 'not_matches':
      return opposite(matches(comparison.pattern, textsOf(comparison.subject, seen)));
    case 'matches':
      return matches(comparison.pattern, textsOf(comparison.subject, seen));
    default:
      return answerOneValue(comparison.type, comparison.subject, comparison.value, seen);
  }
};

const exists = (subject: Subject, { attributes, taskGroups }: QuerySubject): boolean => {
  if (subject.type === 'attribute') return Object.hasOwn(attributes, subject.name);
  if (subject.type === 'task:group') return taskGroups.length > 0;
  throw new Error(`${subject.type} has no exists in the cluster query language`);
};

/**
 * Every text that the subject has there: none for an attribute that is absent or has no value, one
 * for each task for `task:group`. `null`: not known.
 */
const textsOf = (subject: Subject, seen: QuerySubject): readonly string[] | null => {
  switch (subject.type) {
    case 'attribute': {
      const has = Object.hasOwn(seen.attributes, subject.name);
      const value = has ? seen.attributes[subject.name] : null;
      return value === null || value === undefined ? [] : [value];
    }
    case 'task:group':
      return seen.taskGroups;
    case 'ec2InstanceId':
      return seen.ec2InstanceId === null ? null : [seen.ec2InstanceId];
    case 'agentConnected':
      return seen.agentConnected === null ? null : [String(seen.agentConnected)];
    default:
      throw new Error(`${subject.type} is not compared as text`);
  }
};

const isIn = (values: readonly string[], texts: readonly string[] | null): Answer =>
  texts === null ? null : texts.some((text) => values.includes(text));

const compiled = new Map<string, RE2JS>();

/** All of the text has to match. */
const matches = (pattern: string, texts: readonly string[] | null): Answer => {
  if (texts === null) return null;
  const expression = compiled.get(pattern) ?? RE2JS.compile(pattern);
  compiled.set(pattern, expression);
  return texts.some((text) => expression.matches(text));
};

const answerOneValue = (
  operator: OneValueOperator,
  subject: Subject,
  value: string,
  seen: QuerySubject,
): Answer => {
  switch (subject.type) {
    case 'runningTasksCount':
      if (seen.runningTasksCount === null) return null;
      return holds(operator, Math.sign(seen.runningTasksCount - Number(value)));
    case 'registeredAt':
      if (seen.registeredAt === null) return null;
      return holds(operator, Math.sign(Math.floor(seen.registeredAt / 1000) - secondOf(value)));
    case 'agentVersion':
      if (seen.agentVersion === null || !isVersion(seen.agentVersion)) return null;
      return holds(operator, compareVersions(seen.agentVersion, value));
    default: {
      const texts = textsOf(subject, seen);
      if (texts === null) return null;
      if (operator === 'equals') return texts.includes(value);
      if (operator === 'not_equals') return !texts.includes(value);
      return texts.some((text) => holdsForText(operator, text, value));
    }
  }
};

/** `sign`: of what is there, less what the expression names. */
const holds = (operator: OneValueOperator, sign: number): boolean => {
  switch (operator) {
    case 'equals':
      return sign === 0;
    case 'not_equals':
      return sign !== 0;
    case 'greater_than':
      return sign > 0;
    case 'greater_than_equal':
      return sign >= 0;
    case 'less_than':
      return sign < 0;
    case 'less_than_equal':
      return sign <= 0;
  }
};

/** A version in the expression is compared with versions only; anything else by code unit. */
const holdsForText = (operator: OneValueOperator, text: string, value: string): boolean => {
  if (isVersion(value)) return isVersion(text) && holds(operator, compareVersions(text, value));
  if (text === value) return holds(operator, 0);
  return holds(operator, text < value ? -1 : 1);
};

/** Seconds since 1970. Without an offset it is UTC, a day alone is its midnight. */
const secondOf = (written: string): number => {
  const moment = written.includes('T') ? written : `${written}T00:00:00`;
  const hasOffset = /(Z|[+-]\d\d:\d\d)$/.test(moment);
  return Math.floor(Date.parse(hasOffset ? moment : `${moment}Z`) / 1000);
};
