import middy from '@middy/core';
import type { APIGatewayProxyEventV2WithIAMAuthorizer } from 'aws-lambda';
import type * as z from 'zod';
import { Refusal } from '../domain/refusal.ts';
import { Instant } from '../events/ids.ts';
import { telemetry } from './telemetry.ts';

/** What a door reads of API Gateway's request (payload format 2.0). */
export type HttpRequest = Pick<
  APIGatewayProxyEventV2WithIAMAuthorizer,
  'body' | 'isBase64Encoded' | 'pathParameters' | 'requestContext'
>;

export type HttpResponse = { readonly statusCode: number; readonly body: string };

/** Who asks and when; `requestId` names this request, so that it commits once. */
export type Caller = { readonly actor: string; readonly requestId: string; readonly now: Instant };

const bodyBytesMax = 16 * 1024;

const respond = (statusCode: number, body: unknown): HttpResponse => ({
  statusCode,
  body: JSON.stringify(body),
});

/** A refused command is 409 with its code. Anything unforeseen is left to fail loudly. */
const refusals: middy.MiddlewareObj<HttpRequest, HttpResponse> = {
  onError: (request) => {
    if (!(request.error instanceof Refusal)) return;
    request.response = respond(409, { code: request.error.code, detail: request.error.message });
  },
};

/**
 * A door for people. Reads the body and the path parameters, which win, as one object; 400 names
 * each field that `schema` does not take, 202 carries what `handle` returned. The actor is the
 * signer of the request as API Gateway verified it, never something that the body says.
 */
export const http = <Schema extends z.ZodType>(
  schema: Schema,
  handle: (request: z.output<Schema>, caller: Caller) => Promise<unknown>,
  now: () => Instant = () => Instant.parse(Date.now()),
) =>
  middy<HttpRequest, HttpResponse>()
    .use(telemetry())
    .use(refusals)
    .handler(async (event) => {
      const parsed = schema.safeParse(requestOf(event));
      if (!parsed.success)
        return respond(400, { code: 'Malformed', issues: issuesOf(parsed.error) });
      const { authorizer, requestId } = event.requestContext;
      const caller = { actor: authorizer.iam.userArn, requestId, now: now() };
      return respond(202, await handle(parsed.data, caller));
    });

const requestOf = (event: HttpRequest): unknown => {
  const body = readJson(event);
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return undefined;
  return { ...body, ...event.pathParameters };
};

/** `undefined` is accepted by no schema, so what cannot be read becomes a 400. */
const readJson = ({ body, isBase64Encoded }: HttpRequest): unknown => {
  if (body === undefined || body === '') return {};
  const text = isBase64Encoded ? Buffer.from(body, 'base64').toString('utf8') : body;
  if (Buffer.byteLength(text) > bodyBytesMax) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const issuesOf = ({ issues }: z.ZodError) =>
  issues.map(({ path, message }) => ({ field: path.join('.') || 'body', message }));
