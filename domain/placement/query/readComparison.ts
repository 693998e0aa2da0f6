import type { Operator, Subject } from './ast.ts';
import { nearest } from './nearest.ts';
import { inWords, quoted, type Reader, refuse, refuseNext, skipSpace, take } from './reader.ts';
import {
  attributeName,
  attributePrefix,
  isNameOfEcs,
  nameOfSubject,
  operatorOfSpelling,
  operatorsOf,
  plainSubjects,
  spellings,
} from './vocabulary.ts';

export const readSubject = (reader: Reader): Subject => {
  skipSpace(reader);
  const { at } = reader;
  const word = take(reader, /[A-Za-z0-9_.:/\\-]+/y);
  if (word === undefined) return refuseNext(reader, ['a subject', 'not', '(']);
  const plain = plainSubjects.find((subject) => subject === word);
  if (plain !== undefined) return { type: plain };
  const name = word.startsWith(attributePrefix) ? word.slice(attributePrefix.length) : word;
  if (name === word && !isNameOfEcs(word)) return refuseSubject(reader, at, word);
  if (name === '') return refuseNext(reader, ['the name of an attribute']);
  if (attributeName.test(name)) return { type: 'attribute', name };
  const sentence = `${quoted(name)} is no name; use up to 128 of A-Z a-z 0-9 _ . / \\ and -.`;
  return refuse(reader, at + word.length - name.length, 'UnknownSubject', sentence);
};

const refuseSubject = (reader: Reader, at: number, word: string): never => {
  const expected = [...plainSubjects, 'attribute:<name>'];
  const sentence = `${quoted(word)} is no subject; ${remedyOf(word)}`;
  return refuse(reader, at, 'UnknownSubject', sentence, expected);
};

const remedyOf = (word: string): string => {
  if (word === 'memberOf') return 'give the expression alone, without memberOf( and ).';
  const near = nearest(word, [...plainSubjects, 'not']);
  if (near !== undefined) return `did you mean ${near}?`;
  const isPrefixed = word.toLowerCase().startsWith(attributePrefix);
  const name = isPrefixed ? word.slice(attributePrefix.length) : word;
  return attributeName.test(name)
    ? `write attribute:${name} if it is an attribute.`
    : `use ${inWords([...plainSubjects, 'attribute:<name>'])}.`;
};

export const readOperator = (reader: Reader, subject: Subject): Operator => {
  skipSpace(reader);
  const { at } = reader;
  const spelling = take(reader, /!?[A-Za-z0-9_]+|[=!<>~&|]+/y);
  const allowed = operatorsOf[subject.type];
  const expected = allowed.map((operator) => spellings[operator][0]);
  if (spelling === undefined) return refuseNext(reader, expected);
  const operator = operatorOfSpelling.get(spelling);
  if (operator === undefined) return refuseOperator(reader, at, spelling, expected);
  if (allowed.includes(operator)) return operator;
  const name = nameOfSubject(subject);
  const sentence = `${name} cannot be compared by ${spelling}; use ${inWords(expected)}.`;
  return refuse(reader, at, 'OperatorNotAllowed', sentence, expected);
};

/** What people write who know other languages. */
const meant: Readonly<Record<string, string>> = {
  '=': '==',
  '===': '==',
  '!==': '!=',
  '<>': '!=',
  '=>': '>=',
  '=<': '<=',
  '~': '=~',
  '~=': '=~',
  '~~': '=~',
  '!=~': '!~',
  eq: '==',
  ne: '!=',
  is: '==',
  gt: '>',
  ge: '>=',
  lt: '<',
  le: '<=',
  like: '=~',
  contains: '=~',
};

const refuseOperator = (
  reader: Reader,
  at: number,
  spelling: string,
  expected: readonly string[],
): never => {
  const near = Object.hasOwn(meant, spelling)
    ? meant[spelling]
    : nearest(spelling, operatorOfSpelling.keys());
  const remedy = near === undefined ? `use ${inWords(expected)}.` : `did you mean ${near}?`;
  const sentence = `${quoted(spelling)} is no operator; ${remedy}`;
  return refuse(reader, at, 'UnknownOperator', sentence, expected);
};
