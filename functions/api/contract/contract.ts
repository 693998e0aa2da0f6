import * as z from 'zod';
import type { ProblemCode } from '../problem.ts';

/**
 * One route of the API, whole: what it takes and what it answers. Handlers, `openapi.json` and the
 * client of the command line are made from it, so none of them can say otherwise.
 *
 * A schema reads from the wire (`decode`) and writes to it (`encode`): a moment is ISO 8601 text
 * there and an `Instant` here.
 */
export type Contract = {
  /** The `operationId`. */
  readonly name: string;
  readonly method: 'GET' | 'POST' | 'PUT';
  /** As API Gateway writes it: `/clusters/{cluster}`. */
  readonly path: string;
  readonly summary: string;
  /** Of the path. */
  readonly parameters: z.ZodObject;
  readonly query: z.ZodObject;
  readonly body: z.ZodType | undefined;
  readonly answer: z.ZodType;
  readonly status: 200 | 201 | 202;
  /** It writes to the record, and so it needs an `Idempotency-Key`. */
  readonly isCommand: boolean;
  /** What it may say no with, beside what every route may. */
  readonly problems: readonly ProblemCode[];
};

const nothing = z.strictObject({});
type Nothing = typeof nothing;

type Common<Parameters, Query, Answer> = Pick<Contract, 'name' | 'path' | 'summary'> & {
  readonly parameters?: Parameters;
  readonly query?: Query;
  readonly answer: Answer;
  readonly problems?: readonly ProblemCode[];
};

const filled = <
  Parameters extends z.ZodObject,
  Query extends z.ZodObject,
  Answer extends z.ZodType,
>({
  name,
  path,
  summary,
  parameters,
  query,
  answer,
  problems = [],
}: Common<Parameters, Query, Answer>) => ({
  name,
  path,
  summary,
  parameters: parameters ?? (nothing as unknown as Parameters),
  query: query ?? (nothing as unknown as Query),
  answer,
  problems,
});

/** A question: `GET`, or `POST` where it has a body. Changes nothing. */
export const question = <
  Answer extends z.ZodType,
  Parameters extends z.ZodObject = Nothing,
  Query extends z.ZodObject = Nothing,
  Body extends z.ZodType | undefined = undefined,
>({
  body,
  ...given
}: Common<Parameters, Query, Answer> & { readonly body?: Body }) => ({
  ...filled(given),
  method: body === undefined ? ('GET' as const) : ('POST' as const),
  body: body as Body,
  status: 200 as const,
  isCommand: false as const,
});

/** Something to be done, and written down with the one who asked for it. */
export const command = <
  Body extends z.ZodType,
  Answer extends z.ZodType,
  Parameters extends z.ZodObject = Nothing,
>({
  method,
  body,
  status = 200,
  ...given
}: Common<Parameters, Nothing, Answer> & {
  readonly method: 'POST' | 'PUT';
  readonly body: Body;
  readonly status?: Contract['status'];
}) => ({ ...filled<Parameters, Nothing, Answer>(given), method, body, status, isCommand: true });

/** As API Gateway tells which route it was. */
export const keyOf = ({ method, path }: Pick<Contract, 'method' | 'path'>): string =>
  `${method} ${path}`;

/** What a caller hands over, as it is inside. */
export type Asked<C extends Contract> = {
  readonly parameters: z.output<C['parameters']>;
  readonly query: z.output<C['query']>;
  readonly body: C['body'] extends z.ZodType ? z.output<C['body']> : undefined;
};

/** What it answers, as it is inside. */
export type Answer<C extends Contract> = z.output<C['answer']>;
