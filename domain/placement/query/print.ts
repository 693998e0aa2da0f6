import type { Comparison, Query } from './ast.ts';
import { barePattern, bareValue } from './readValue.ts';
import { nameOfSubject, spellings } from './vocabulary.ts';

/**
 * The one canonical text of an expression: parseQuery reads it back as the same. Parentheses stand
 * wherever `and`, `or` and `not` meet, because ECS does not say which of them binds closer; quotes
 * only where nothing else will do.
 */
export const printQuery = (query: Query): string => {
  switch (query.type) {
    case 'and':
    case 'or':
      return query.operands.map(printOperand).join(` ${query.type} `);
    case 'not':
      return `not (${printQuery(query.operand)})`;
    default:
      return printComparison(query);
  }
};

const printOperand = (query: Query): string => {
  const isCompound = query.type === 'and' || query.type === 'or' || query.type === 'not';
  return isCompound ? `(${printQuery(query)})` : printQuery(query);
};

const printComparison = (comparison: Comparison): string => {
  const head = `${nameOfSubject(comparison.subject)} ${spellings[comparison.type][0]}`;
  switch (comparison.type) {
    case 'exists':
    case 'not_exists':
      return head;
    case 'in':
    case 'not_in':
      return `${head} [${comparison.values.map(printValue).join(', ')}]`;
    case 'matches':
    case 'not_matches':
      return `${head} ${printPattern(comparison.pattern)}`;
    default:
      return `${head} ${printValue(comparison.value)}`;
  }
};

const printValue = (value: string): string => {
  const isKeyword = value === 'and' || value === 'or' || value === 'not';
  return isWhole(bareValue, value) && !isKeyword ? value : inQuotes(value);
};

const printPattern = (pattern: string): string =>
  isWhole(barePattern, pattern) ? pattern : inQuotes(pattern);

const isWhole = (bare: RegExp, text: string): boolean => {
  bare.lastIndex = 0;
  return text !== '' && bare.exec(text)?.[0] === text;
};

const inQuotes = (text: string): string => `'${text.replace(/[\\']/g, '\\$&')}'`;
