import type { Comparison, Query, QuerySubject } from './ast.ts';
import { compileTruth } from './compile.ts';
import { dependenciesOf } from './dependencies.ts';
import { nearest } from './nearest.ts';
import { printQuery } from './print.ts';

/** Something to say about an expression before it is used. */
export type QueryFinding =
  | { readonly code: 'NoInstances'; readonly message: string }
  | {
      readonly code: 'NoInstanceSatisfies';
      /** Instances for which it is not known, because a fact about them is not. */
      readonly unknownCount: number;
      readonly message: string;
    }
  | {
      readonly code: 'UnknownAttribute';
      readonly attribute: string;
      readonly nearest?: string;
      readonly message: string;
    }
  | {
      /** A value that no instance has of an attribute that some have. */
      readonly code: 'UnknownValue';
      readonly attribute: string;
      readonly value: string;
      readonly nearest?: string;
      readonly message: string;
    };

/**
 * What is odd about `query` in a fleet of `subjects`: that none of them satisfies it, that none has
 * an attribute or a value that it names. The likeliest cause first; of a kind sorted by name.
 */
export const judgeQuery = (
  query: Query,
  subjects: readonly QuerySubject[],
): readonly QueryFinding[] => {
  if (subjects.length === 0) {
    const message = 'No container instance is there to satisfy the expression.';
    return [{ code: 'NoInstances', message }];
  }
  const valuesOf = valuesByAttribute(subjects);
  const { attributes } = dependenciesOf(query);
  return [
    ...attributes.filter((name) => !valuesOf.has(name)).map((name) => unknown(name, valuesOf)),
    ...unknownValues(query, valuesOf),
    ...unsatisfied(query, subjects),
  ];
};

type ValuesByAttribute = ReadonlyMap<string, ReadonlySet<string>>;

const valuesByAttribute = (subjects: readonly QuerySubject[]): ValuesByAttribute => {
  const values = new Map<string, Set<string>>();
  for (const { attributes } of subjects) {
    for (const [name, value] of Object.entries(attributes)) {
      const known = values.get(name) ?? new Set();
      if (value !== null) known.add(value);
      values.set(name, known);
    }
  }
  return values;
};

const unknown = (attribute: string, valuesOf: ValuesByAttribute): QueryFinding => {
  const near = nearest(attribute, valuesOf.keys());
  const remedy = near === undefined ? '.' : `; did you mean ${near}?`;
  const message = `No instance has an attribute ${attribute}${remedy}`;
  return { code: 'UnknownAttribute', attribute, ...(near && { nearest: near }), message };
};

const unknownValues = (query: Query, valuesOf: ValuesByAttribute): readonly QueryFinding[] => {
  const named = comparisonsOf(query).flatMap((comparison) => {
    if (comparison.subject.type !== 'attribute') return [];
    const { name } = comparison.subject;
    return namedValues(comparison).map((value) => ({ name, value }));
  });
  const distinct = new Map(named.map((each) => [JSON.stringify(each), each]));
  return [...distinct.keys()].sort().flatMap((key) => {
    const { name, value } = distinct.get(key) ?? { name: '', value: '' };
    const values = valuesOf.get(name);
    if (values === undefined || values.has(value)) return [];
    return [unknownValue(name, value, values)];
  });
};

const unknownValue = (
  attribute: string,
  value: string,
  values: ReadonlySet<string>,
): QueryFinding => {
  const near = nearest(value, values);
  const remedy = /[*?]/.test(value)
    ? '; write =~ to compare with a pattern.'
    : near === undefined
      ? '.'
      : `; did you mean ${near}?`;
  const message = `No instance has the value ${value} of attribute ${attribute}${remedy}`;
  return { code: 'UnknownValue', attribute, value, ...(near && { nearest: near }), message };
};

const comparisonsOf = (query: Query): readonly Comparison[] => {
  switch (query.type) {
    case 'and':
    case 'or':
      return query.operands.flatMap(comparisonsOf);
    case 'not':
      return comparisonsOf(query.operand);
    default:
      return [query];
  }
};

const namedValues = (comparison: Comparison): readonly string[] => {
  switch (comparison.type) {
    case 'equals':
    case 'not_equals':
      return [comparison.value];
    case 'in':
    case 'not_in':
      return comparison.values;
    default:
      return [];
  }
};

const unsatisfied = (query: Query, subjects: readonly QuerySubject[]): readonly QueryFinding[] => {
  const truth = compileTruth(query);
  let unknownCount = 0;
  for (const subject of subjects) {
    const answer = truth(subject);
    if (answer === true) return [];
    if (answer === undefined) unknownCount += 1;
  }
  const ofWhich = unknownCount === 0 ? '' : `, of ${unknownCount} it is not known`;
  const why = `${ofWhich}${soleCause(query, subjects)}`;
  const message = `None of ${subjects.length} instances satisfies the expression${why}.`;
  return [{ code: 'NoInstanceSatisfies', unknownCount, message }];
};

/** Of an `and`, the operands that already no instance satisfies alone. */
const soleCause = (query: Query, subjects: readonly QuerySubject[]): string => {
  if (query.type !== 'and') return '';
  const causes = query.operands.filter((operand) => {
    const truth = compileTruth(operand);
    return !subjects.some((subject) => truth(subject) === true);
  });
  if (causes.length === 0) return '; each part alone is satisfied, together they are not';
  return `; none satisfies ${causes.map(printQuery).join(', nor ')}`;
};
