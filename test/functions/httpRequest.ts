import type { Context } from 'aws-lambda';
import type { HttpRequest, HttpResponse } from '../../functions/http.ts';

export const actor = 'arn:aws:iam::123456789012:user/ada';

/** A request as API Gateway hands it on, signed by `actor`. */
export const request = (
  body: string | undefined,
  pathParameters: Record<string, string> = {},
  requestId = 'request-1',
): HttpRequest =>
  ({
    body,
    isBase64Encoded: false,
    pathParameters,
    requestContext: { requestId, authorizer: { iam: { userArn: actor } } },
  }) as unknown as HttpRequest;

type Door = (event: HttpRequest, context: Context) => Promise<HttpResponse>;

/** Status and body of the answer. */
export const ask = async (door: unknown, event: HttpRequest) => {
  const { statusCode, body } = await (door as Door)(event, {} as Context);
  return { statusCode, body: JSON.parse(body) as Record<string, unknown> };
};
