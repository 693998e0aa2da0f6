import type { Instance } from './world.ts';

// The part of the cluster query language that pins and build constraints need: ==, !=, in, not_in,
// exists, and, or, not, parentheses, over attribute:<name>, ec2InstanceId and agentConnected
// (Amazon ECS Developer Guide, "Create expressions to define container instances for Amazon ECS
// tasks").

export type Query = (instance: Instance) => boolean;

/** `undefined` for an expression that ECS, or this model of it, cannot read. */
export const parseQuery = (expression: string): Query | undefined => {
  const tokens = expression.match(
    /\[[^\]]*\]|'[^']*'|"[^"]*"|\(|\)|&&|\|\||!?=~|[!=]=|![a-z]+|!|[^\s()[\]!=]+/g,
  );
  if (tokens === null) return undefined;
  const reader = { tokens, position: 0 };
  const query = readAny(reader);
  return reader.position === tokens.length ? query : undefined;
};

type Reader = { readonly tokens: readonly string[]; position: number };

const peek = ({ tokens, position }: Reader) => tokens[position];
const take = (reader: Reader) => reader.tokens[reader.position++];
const accept = (reader: Reader, ...words: string[]) => {
  const found = words.includes(peek(reader) ?? '');
  if (found) reader.position += 1;
  return found;
};

const readAny = (reader: Reader): Query | undefined => {
  let query = readAll(reader);
  while (query !== undefined && accept(reader, '||', 'or')) {
    const left = query;
    const right = readAll(reader);
    query = right && ((instance) => left(instance) || right(instance));
  }
  return query;
};

const readAll = (reader: Reader): Query | undefined => {
  let query = readOne(reader);
  while (query !== undefined && accept(reader, '&&', 'and')) {
    const left = query;
    const right = readOne(reader);
    query = right && ((instance) => left(instance) && right(instance));
  }
  return query;
};

const readOne = (reader: Reader): Query | undefined => {
  if (accept(reader, '!', 'not')) {
    const inner = readOne(reader);
    return inner && ((instance) => !inner(instance));
  }
  if (accept(reader, '(')) {
    const inner = readAny(reader);
    return accept(reader, ')') ? inner : undefined;
  }
  const subject = subjectOf(take(reader) ?? '');
  return subject && readComparison(reader, subject);
};

type Subject = (instance: Instance) => string | null | undefined;

const subjectOf = (word: string): Subject | undefined => {
  if (word === 'ec2InstanceId') return (instance) => instance.ec2InstanceId;
  if (word === 'agentConnected') return (instance) => String(instance.agentConnected);
  const name = word.startsWith('attribute:') ? word.slice('attribute:'.length) : word;
  // AWS's own Windows page writes `ecs.os-type` without the prefix.
  const isAttribute = word !== name || word.startsWith('ecs.');
  return isAttribute ? (instance) => instance.attributes[name] : undefined;
};

const unquoted = (word: string) => word.trim().replace(/^(['"])(.*)\1$/, '$2');

const readComparison = (reader: Reader, subject: Subject): Query | undefined => {
  const operator = take(reader);
  if (operator === 'exists') return (instance) => subject(instance) !== undefined;
  if (operator === '!exists' || operator === 'not_exists') {
    return (instance) => subject(instance) === undefined;
  }
  const argument = take(reader);
  if (argument === undefined) return undefined;
  const values = argument.startsWith('[')
    ? argument.slice(1, -1).split(',').map(unquoted)
    : [unquoted(argument)];
  const matches: Query = (instance) => values.includes(subject(instance) ?? '');
  if (operator === '==' || operator === 'equals' || operator === 'in') return matches;
  const negative = ['!=', 'not_equals', '!in', 'not_in'].includes(operator ?? '');
  return negative ? (instance) => !matches(instance) : undefined;
};
