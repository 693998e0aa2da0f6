import type { Comparison, Operator, ParsedQuery, Query, Subject } from './ast.ts';
import { comparisonsMax, expressionLengthMax, nestingMax, openMax } from './limits.ts';
import { readOperator, readSubject } from './readComparison.ts';
import {
  type Reader,
  readerOf,
  refuse,
  refuseNext,
  skipSpace,
  take,
  Unreadable,
} from './reader.ts';
import { readList, readPattern, readValue } from './readValue.ts';

/**
 * Reads an expression of the cluster query language. A refusal names the place, what is wrong and
 * the remedy. `not` binds closer than `and`, `and` closer than `or`. What ECS leaves open is listed
 * in docs/ecs-differences.md.
 */
export const parseQuery = (text: string): ParsedQuery => {
  const reader = readerOf(text);
  try {
    if (text.length > expressionLengthMax) {
      const sentence = `more than ${expressionLengthMax} characters; shorten the expression.`;
      refuse(reader, expressionLengthMax, 'ExpressionTooLong', sentence);
    }
    const query = readChain(reader, 'or');
    if (reader.at < text.length) refuseAfterOperand(reader);
    return { ok: query };
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return { refused: error.refusal };
  }
};

const connective = { or: /\|\||or(?![A-Za-z0-9_.:/\\-])/y, and: /&&|and(?![A-Za-z0-9_.:/\\-])/y };

/** Operands with `or` between them, each of which is operands with `and` between them. */
const readChain = (reader: Reader, type: 'or' | 'and'): Query => {
  const readOperand = () => (type === 'or' ? readChain(reader, 'and') : readOperandOfAnd(reader));
  skipSpace(reader);
  const beganAt = reader.at;
  const operands = [readOperand()];
  skipSpace(reader);
  while (take(reader, connective[type]) !== undefined) {
    operands.push(readOperand());
    skipSpace(reader);
  }
  const [only] = operands;
  if (only !== undefined && operands.length === 1) return only;
  return checked(reader, beganAt, { type, operands });
};

const readOperandOfAnd = (reader: Reader): Query => {
  skipSpace(reader);
  const beganAt = reader.at;
  if (take(reader, /!|not(?![A-Za-z0-9_.:/\\-])/y) !== undefined) {
    open(reader, beganAt);
    const operand = readOperandOfAnd(reader);
    reader.open -= 1;
    return checked(reader, beganAt, { type: 'not', operand });
  }
  if (take(reader, /\(/y) === undefined) return readComparison(reader);
  open(reader, beganAt);
  const query = readChain(reader, 'or');
  if (take(reader, /\)/y) === undefined) refuseAfterOperand(reader);
  reader.open -= 1;
  return query;
};

const readComparison = (reader: Reader): Comparison => {
  const beganAt = reader.at;
  const subject = readSubject(reader);
  reader.comparisons += 1;
  if (reader.comparisons > comparisonsMax) {
    const sentence = `more than ${comparisonsMax} comparisons; use in for several values.`;
    refuse(reader, beganAt, 'TooManyComparisons', sentence);
  }
  return readArgument(reader, subject, readOperator(reader, subject));
};

const readArgument = (reader: Reader, subject: Subject, type: Operator): Comparison => {
  switch (type) {
    case 'exists':
    case 'not_exists':
      return { type, subject };
    case 'in':
    case 'not_in':
      return { type, subject, values: readList(reader, subject) };
    case 'matches':
    case 'not_matches':
      return { type, subject, pattern: readPattern(reader) };
    default:
      return { type, subject, value: readValue(reader, subject) };
  }
};

const open = (reader: Reader, at: number): void => {
  reader.open += 1;
  if (reader.open <= openMax) return;
  const sentence = `more than ${openMax} parentheses and not are open here; leave some out.`;
  refuse(reader, at, 'NestedTooDeep', sentence);
};

const checked = (reader: Reader, beganAt: number, query: Query): Query => {
  if (nestingOf(query) <= nestingMax) return query;
  const sentence = `more than ${nestingMax} levels of and, or and not begin here; flatten it.`;
  return refuse(reader, beganAt, 'NestedTooDeep', sentence);
};

/** Levels of `and`, `or` and `not`; a comparison alone has none. */
export const nestingOf = (query: Query): number => {
  switch (query.type) {
    case 'and':
    case 'or':
      return 1 + Math.max(...query.operands.map(nestingOf));
    case 'not':
      return 1 + nestingOf(query.operand);
    default:
      return 0;
  }
};

const refuseAfterOperand = (reader: Reader): never => {
  const isShouted = /(?:AND|OR|And|Or)(?![A-Za-z])/y;
  isShouted.lastIndex = reader.at;
  const shouted = isShouted.exec(reader.text)?.[0];
  const expected = [
    'and',
    'or',
    reader.text[reader.at] === ')' || reader.open === 0 ? 'the end' : ')',
  ];
  return refuseNext(reader, expected, shouted && `write ${shouted.toLowerCase()}`);
};
