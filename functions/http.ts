import middy from '@middy/core';
import { Refusal } from '../domain/refusal.ts';
import { type Answered, answerOnce } from './api/answerOnce.ts';
import { keyOf } from './api/contract/contract.ts';
import {
  isProblemError,
  type Problem,
  ProblemError,
  problemCodes,
  problemOf,
  problemType,
} from './api/problem.ts';
import { type HttpRequest, readRequest } from './api/readRequest.ts';
import type { ApiTools, Caller, Route } from './api/route.ts';
import { logger, telemetry, whyOf } from './telemetry.ts';

export type { HttpRequest } from './api/readRequest.ts';

export type HttpResponse = {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

/**
 * A door for people: every route of `routes`, each told by API Gateway's route key. The signer of
 * the request is the one whom API Gateway verified, never somebody whom the request names. What is
 * refused is a problem (RFC 9457); anything unforeseen is left to fail loudly.
 */
export const http = (routes: readonly Route[], tools: () => ApiTools) => {
  const byKey = new Map(routes.map((each) => [keyOf(each.contract), each]));
  return middy<HttpRequest, HttpResponse>()
    .use(telemetry())
    .use(problems)
    .handler(async (event) => {
      const found = byKey.get(event.routeKey);
      if (found === undefined) throw new ProblemError('RouteNotFound', `${event.routeKey}`);
      const actor = event.requestContext.authorizer?.iam?.userArn;
      if (!actor) throw new ProblemError('NotSigned', 'sign it for execute-api (SigV4)');
      return answer(found, event, actor, tools());
    });
};

const answer = async (
  { contract, handle }: Route,
  event: HttpRequest,
  actor: string,
  tools: ApiTools,
): Promise<HttpResponse> => {
  const { asked, key } = readRequest(contract, event);
  const { requestId } = event.requestContext;
  const carryOut = async (caller: Caller): Promise<Answered> => {
    const value = await handle(asked, caller, tools);
    return { status: contract.status, body: JSON.stringify(contract.answer.encode(value)) };
  };
  if (key === undefined) {
    const caller = { actor, now: tools.now(), commandId: requestId, isRetry: false };
    return respond(await carryOut(caller));
  }
  const keyed = { contract, asked, key, actor, requestId };
  const { isReplayed, ...answered } = await answerOnce(tools, keyed, (caller) =>
    carryOut(caller).catch(asAnswer),
  );
  return respond(answered, isReplayed ? { 'idempotency-replayed': 'true' } : {});
};

/** A refusal is an answer too, and stands as one. */
const asAnswer = (error: unknown): Answered => {
  const problem = refusedWith(error);
  if (problem === undefined || problem.status >= 500) throw error;
  return { status: problem.status, body: JSON.stringify(problem) };
};

const refusedWith = (error: unknown): Problem | undefined => {
  if (error instanceof Refusal || isProblemError(error)) return problemOf(error);
  if (!(error instanceof Error) || !busyNames.has(error.name)) return undefined;
  return problemOf(new ProblemError('StoreBusy', 'nothing is known to be done; send it again'));
};

/** The record is there and does not keep up: the same request may be sent again. */
const busyNames: ReadonlySet<string> = new Set(['StoreBusy', 'VersionConflict']);

const problems: middy.MiddlewareObj<HttpRequest, HttpResponse> = {
  onError: (request) => {
    const problem = refusedWith(request.error);
    if (problem === undefined) return;
    if (problem.status >= 500) logger.warn('busy', { why: whyOf(request.error) });
    const { status } = problem;
    const retry = problem.status === problemCodes.StoreBusy.status ? { 'retry-after': '1' } : {};
    request.response = respond({ status, body: JSON.stringify(problem) }, retry);
  },
};

const respond = (
  { status, body }: Answered,
  headers: Readonly<Record<string, string>> = {},
): HttpResponse => ({
  statusCode: status,
  headers: {
    'content-type': status < 400 ? 'application/json' : problemType,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...headers,
  },
  body,
});
