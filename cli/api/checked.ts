import type * as z from 'zod';
import type { Contract } from '../../functions/api/contract/contract.ts';
import { type Issue, ProblemError } from '../../functions/api/problem.ts';

type Parts = {
  readonly parameters?: unknown;
  readonly query?: unknown;
  readonly body?: unknown;
};

/**
 * What is given as it goes over the wire. Throws the `ProblemError` that the API would answer with,
 * so that a slip is told alike with a wire and without.
 */
export const checked = (contract: Contract, given: object): Parts => {
  const { parameters = {}, query = {}, body = {} } = given as Parts;
  const issues: Issue[] = [];
  const encoded = (place: Issue['in'], schema: z.ZodType, value: unknown): unknown => {
    const result = schema.safeEncode(value as never);
    if (result.success) return result.data;
    for (const { path, message } of result.error.issues) {
      issues.push({ in: place, field: path.join('.') || place, message });
    }
    return undefined;
  };
  const parts = {
    parameters: encoded('path', contract.parameters, parameters),
    query: encoded('query', contract.query, query),
    ...(contract.body && { body: encoded('body', contract.body, body) }),
  };
  if (issues.length === 0) return parts;
  const detail = issues.map(({ field, message }) => `${field}: ${message}`).join('; ');
  throw new ProblemError('Malformed', detail, issues);
};
