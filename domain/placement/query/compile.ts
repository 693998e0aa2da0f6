import { assert } from '../../assert.ts';
import type { Comparison, OneValueOperator, Query, QuerySubject } from './ast.ts';
import { matcherOf } from './pattern.ts';
import { compareVersions, secondsOf, versionOf, wholeSeconds } from './values.ts';

/** `undefined`: not known, because a fact about the instance is not. */
export type Truth = boolean | undefined;

/**
 * Whether an instance satisfies `query`, which must be one that parseQuery reads. What is not known
 * is not satisfied, and neither is its negation.
 */
export const compileQuery = (query: Query): ((subject: QuerySubject) => boolean) => {
  const truth = compileTruth(query);
  return (subject) => truth(subject) === true;
};

/** As compileQuery, and tells "no" from "not known". */
export const compileTruth = (query: Query): ((subject: QuerySubject) => Truth) => {
  switch (query.type) {
    case 'and':
      return joined(query.operands.map(compileTruth), false);
    case 'or':
      return joined(query.operands.map(compileTruth), true);
    case 'not':
      return negated(compileTruth(query.operand));
    case 'not_equals':
      return negated(compileComparison({ ...query, type: 'equals' }));
    case 'not_in':
      return negated(compileComparison({ ...query, type: 'in' }));
    case 'not_matches':
      return negated(compileComparison({ ...query, type: 'matches' }));
    case 'not_exists':
      return negated(compileComparison({ ...query, type: 'exists' }));
    default:
      return compileComparison(query);
  }
};

type Test = (subject: QuerySubject) => Truth;

/** `settles` is the answer of one operand that settles the whole. */
const joined = (operands: readonly Test[], settles: boolean): Test => {
  return (subject) => {
    let answer: Truth = !settles;
    for (const operand of operands) {
      const truth = operand(subject);
      if (truth === settles) return settles;
      if (truth === undefined) answer = undefined;
    }
    return answer;
  };
};

const negated = (test: Test): Test => {
  return (subject) => {
    const truth = test(subject);
    return truth === undefined ? undefined : !truth;
  };
};

const compileComparison = (comparison: Comparison): Test => {
  const { subject } = comparison;
  switch (subject.type) {
    case 'attribute':
      return compileAttribute(subject.name, comparison);
    case 'task:group': {
      if (comparison.type === 'exists') return ({ taskGroups }) => taskGroups.length > 0;
      const holds = textTestOf(comparison);
      return ({ taskGroups }) => anyOf(taskGroups, holds);
    }
    case 'agentConnected': {
      const holds = textTestOf(comparison);
      const [ifTrue, ifFalse] = [holds('true'), holds('false')];
      return ({ agentConnected: is }) => (is === null ? undefined : is ? ifTrue : ifFalse);
    }
    case 'ec2InstanceId': {
      const holds = textTestOf(comparison);
      return ({ ec2InstanceId: id }) => (id === null ? undefined : holds(id));
    }
    case 'agentVersion': {
      const { type, value } = ordered(comparison);
      const wanted = versionOf(value) ?? [];
      const holds = orderTests[type];
      return ({ agentVersion }) => {
        const version = agentVersion === null ? undefined : versionOf(agentVersion);
        return version && holds(compareVersions(version, wanted));
      };
    }
    case 'registeredAt': {
      const { type, value } = ordered(comparison);
      const wanted = secondsOf(value) ?? Number.NaN;
      const holds = orderTests[type];
      return ({ registeredAt: at }) => (at === null ? undefined : holds(wholeSeconds(at) - wanted));
    }
    case 'runningTasksCount': {
      const { type, value } = ordered(comparison);
      const wanted = Number(value);
      const holds = orderTests[type];
      return ({ runningTasksCount: count }) => (count === null ? undefined : holds(count - wanted));
    }
    default:
      return subject satisfies never;
  }
};

/**
 * An attribute that an instance does not have, or that has no value, equals nothing, is in no list,
 * matches nothing and comes neither before nor after anything.
 */
const compileAttribute = (name: string, comparison: Comparison): Test => {
  if (comparison.type === 'exists') return ({ attributes }) => Object.hasOwn(attributes, name);
  const holds = textTestOf(comparison);
  return ({ attributes }) => {
    const value = Object.hasOwn(attributes, name) ? attributes[name] : undefined;
    return value === undefined || value === null ? false : holds(value);
  };
};

const textTestOf = (comparison: Comparison): ((text: string) => Truth) => {
  switch (comparison.type) {
    case 'matches':
    case 'not_matches':
      return matcherOf(comparison.pattern);
    case 'in':
    case 'not_in': {
      const values = new Set(comparison.values);
      return (text) => values.has(text);
    }
    case 'equals':
      return (text) => text === comparison.value;
    default:
      return orderedText(ordered(comparison));
  }
};

type Ordered = Extract<Comparison, { readonly value: string }>;

const ordered = (comparison: Comparison): Ordered => {
  assert('value' in comparison, 'parseQuery lets an operator through only where it has a meaning');
  return comparison;
};

/** Numbers with dots between them, such as Windows builds, compare as versions, others as text. */
const orderedText = ({ type, value }: Ordered): ((text: string) => boolean) => {
  const holds = orderTests[type];
  const wanted = versionOf(value);
  if (wanted === undefined) return (text) => holds(text < value ? -1 : text === value ? 0 : 1);
  return (text) => {
    const version = versionOf(text);
    return version !== undefined && holds(compareVersions(version, wanted));
  };
};

const orderTests: Readonly<Record<OneValueOperator, (difference: number) => boolean>> = {
  equals: (difference) => difference === 0,
  not_equals: (difference) => difference !== 0,
  greater_than: (difference) => difference > 0,
  greater_than_equal: (difference) => difference >= 0,
  less_than: (difference) => difference < 0,
  less_than_equal: (difference) => difference <= 0,
};

const anyOf = (texts: readonly string[], holds: (text: string) => Truth): Truth => {
  let answer: Truth = false;
  for (const text of texts) {
    const truth = holds(text);
    if (truth === true) return true;
    if (truth === undefined) answer = undefined;
  }
  return answer;
};
