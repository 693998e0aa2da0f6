import type { Context } from 'aws-lambda';
import type { HttpRequest, HttpResponse } from '../../functions/http.ts';

export const actor = 'arn:aws:iam::123456789012:user/ada';

export type Sent = {
  readonly query?: string;
  /** Sent as it is where it is text, else as JSON. */
  readonly body?: unknown;
  readonly key?: string;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly requestId?: string;
  readonly actor?: string | undefined;
};

let requests = 0;

/** A request as API Gateway hands it on, signed by `actor` unless told otherwise. */
export const request = (routeKey: string, sent: Sent = {}): HttpRequest => {
  requests += 1;
  const { query = '', body, key, headers = {}, parameters = {} } = sent;
  const signer = 'actor' in sent ? sent.actor : actor;
  const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
  const all = {
    ...(text !== undefined && { 'content-type': 'application/json' }),
    ...(key !== undefined && { 'idempotency-key': key }),
    ...headers,
  };
  return {
    routeKey,
    rawQueryString: query,
    headers: Object.fromEntries(
      Object.entries(all).filter(([, value]) => value !== undefined),
    ) as Record<string, string>,
    ...(text !== undefined && { body: text }),
    isBase64Encoded: false,
    pathParameters: { ...parameters },
    requestContext: {
      requestId: sent.requestId ?? `request-${requests}`,
      ...(signer !== undefined && { authorizer: { iam: { userArn: signer } } }),
    },
  } as unknown as HttpRequest;
};

type Door = (event: HttpRequest, context: Context) => Promise<HttpResponse>;

/** The answer, its body as JSON. */
export const ask = async (door: unknown, event: HttpRequest) => {
  const { statusCode, headers, body } = await (door as Door)(event, {} as Context);
  return { statusCode, headers, body: JSON.parse(body) as Record<string, unknown>, text: body };
};
