import type { PlainSubject, Query, Subject } from './ast.ts';

/** What may change the answer of an expression. */
export type QueryDependencies = {
  /** Names of attributes, sorted. */
  readonly attributes: readonly string[];
  /** The other subjects, sorted. */
  readonly subjects: readonly PlainSubject[];
  /**
   * The answer can change with every task that starts or stops (`task:group`,
   * `runningTasksCount`); otherwise only with what is known of the instance itself.
   */
  readonly changesWithTasks: boolean;
};

/** An answer to `query` holds as long as none of these has changed. */
export const dependenciesOf = (query: Query): QueryDependencies => {
  const all = subjectsOf(query);
  const names = all.flatMap((subject) => (subject.type === 'attribute' ? [subject.name] : []));
  const plain = all.flatMap((subject) => (subject.type === 'attribute' ? [] : [subject.type]));
  const subjects = [...new Set(plain)].sort();
  return {
    attributes: [...new Set(names)].sort(),
    subjects,
    changesWithTasks: subjects.includes('task:group') || subjects.includes('runningTasksCount'),
  };
};

const subjectsOf = (query: Query): readonly Subject[] => {
  switch (query.type) {
    case 'and':
    case 'or':
      return query.operands.flatMap(subjectsOf);
    case 'not':
      return subjectsOf(query.operand);
    default:
      return [query.subject];
  }
};
