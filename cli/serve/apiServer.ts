import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type Contract, keyOf } from '../../functions/api/contract/contract.ts';
import { matchRoute } from '../../functions/api/matchRoute.ts';
import { ProblemError, problemOf, problemType } from '../../functions/api/problem.ts';
import { bodyBytesMax } from '../../functions/api/readJson.ts';
import type { ApiTools } from '../../functions/api/route.ts';
import { routes } from '../../functions/api/routes.ts';
import { type HttpRequest, type HttpResponse, http } from '../../functions/http.ts';

/**
 * The API over HTTP on this machine: the same handlers that API Gateway calls, handed the same
 * events. Nobody signs here, so it listens to this machine alone, and answers no web page but its
 * own: whoever reaches it is `actor`.
 */
export const apiServer = (
  tools: ApiTools,
  actor: string,
  onFailure: (error: unknown) => void,
): Server => {
  const door = http(routes, () => tools) as unknown as Door;
  return createServer((incoming, outgoing) => {
    respondTo(incoming, door, actor)
      .catch((error: unknown) => {
        onFailure(error);
        return problem(new ProblemError('Unforeseen', 'see what `tuesday serve` has printed'));
      })
      .then((response) => send(outgoing, response))
      .catch(onFailure);
  });
};

type Door = (event: HttpRequest, context: object) => Promise<HttpResponse>;

const respondTo = async (
  incoming: IncomingMessage,
  door: Door,
  actor: string,
): Promise<HttpResponse> => {
  const { method = 'GET', url: target = '/' } = incoming;
  if (!isFromHere(incoming)) {
    return problem(new ProblemError('NotSigned', 'ask 127.0.0.1, and from no other web page'));
  }
  const [path = '/', query = ''] = target.split(/\?(.*)/s);
  const matched = matchRoute(routes, method, path);
  if (matched === undefined) return problem(new ProblemError('RouteNotFound', 'see /openapi.json'));
  if ('allow' in matched) {
    const allow = matched.allow.join(', ');
    return problem(new ProblemError('MethodNotAllowed', `it takes ${allow}`), { allow });
  }
  const bytes = await bodyOf(incoming);
  const requestId = randomUUID();
  const event = {
    routeKey: keyOf(matched.route.contract as Contract),
    rawQueryString: query,
    headers: headersOf(incoming),
    pathParameters: matched.parameters,
    body: bytes.toString('base64'),
    isBase64Encoded: true,
    requestContext: { requestId, authorizer: { iam: { userArn: actor } } },
  } as unknown as HttpRequest;
  return door(event, { functionName: 'tuesday-serve', awsRequestId: requestId });
};

/** A name that points here, and a page that calls here, may be anybody's. */
const isFromHere = ({ headers }: IncomingMessage): boolean => {
  const host = headers.host ?? '';
  if (!/^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(host)) return false;
  return headers.origin === undefined || headers.origin === `http://${host}`;
};

const headersOf = ({ headers }: IncomingMessage): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, [value].flat().join(',')]],
    ),
  );

/** One byte more than is taken is enough to say so. */
const bodyOf = async (incoming: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    length += chunk.byteLength;
    if (length > bodyBytesMax) break;
  }
  return Buffer.concat(chunks);
};

const problem = (
  error: ProblemError,
  headers: Readonly<Record<string, string>> = {},
): HttpResponse => {
  const { status, ...rest } = problemOf(error);
  return {
    statusCode: status,
    headers: { 'content-type': problemType, ...headers },
    body: JSON.stringify({ status, ...rest }),
  };
};

const send = (outgoing: ServerResponse, { statusCode, headers, body }: HttpResponse): void => {
  outgoing.writeHead(statusCode, headers);
  outgoing.end(body);
};
