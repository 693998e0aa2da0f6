import type { APIGatewayProxyEventV2WithIAMAuthorizer } from 'aws-lambda';
import type * as z from 'zod';
import type { Asked, Contract } from './contract/contract.ts';
import { type Issue, ProblemError } from './problem.ts';
import { readJson } from './readJson.ts';

/** What a door reads of API Gateway's request (payload format 2.0). */
export type HttpRequest = Pick<
  APIGatewayProxyEventV2WithIAMAuthorizer,
  'routeKey' | 'rawQueryString' | 'headers' | 'body' | 'isBase64Encoded' | 'pathParameters'
> & { readonly requestContext: RequestContext };

type RequestContext = Pick<APIGatewayProxyEventV2WithIAMAuthorizer['requestContext'], 'requestId'> &
  Partial<Pick<APIGatewayProxyEventV2WithIAMAuthorizer['requestContext'], 'authorizer'>>;

type Read<Part> = { readonly issues: readonly Issue[]; readonly value?: Part };

/** `draft-ietf-httpapi-idempotency-key-header`; a UUID is one. */
const keyPattern = /^[!-~]{8,128}$/;

/**
 * The request as `contract` wants it, with the key of a command. Throws `ProblemError` with every
 * issue of path, query, headers and body at once.
 */
export const readRequest = (
  contract: Contract,
  request: HttpRequest,
): { readonly asked: Asked<Contract>; readonly key: string | undefined } => {
  const parameters = read('path', contract.parameters, { ...request.pathParameters });
  const query = readQuery(contract.query, request.rawQueryString);
  const key = readKey(contract, request);
  const body = readBody(contract, request);
  const issues = [parameters, query, key, body].flatMap((each) => each.issues);
  if (issues.length > 0) {
    const isBodyAlone = issues.every((each) => each.in === 'body');
    const detail = issues.map((each) => `${each.field}: ${each.message}`).join('; ');
    throw new ProblemError(isBodyAlone ? 'BodyInvalid' : 'Malformed', detail, issues);
  }
  const asked = { parameters: parameters.value, query: query.value, body: body.value };
  return { asked: asked as Asked<Contract>, key: key.value };
};

const issuesMax = 50;

const read = <Schema extends z.ZodType>(
  place: Issue['in'],
  schema: Schema,
  value: unknown,
): Read<z.output<Schema>> => {
  const parsed = schema.safeDecode(value as never);
  if (parsed.success) return { issues: [], value: parsed.data as z.output<Schema> };
  const issues = parsed.error.issues.slice(0, issuesMax).flatMap((issue) => {
    // One issue for each name: the caller wants to see which words are not known.
    const names = issue.code === 'unrecognized_keys' ? issue.keys : [undefined];
    return names.map((name) => {
      const path = [...issue.path.map(String), ...(name === undefined ? [] : [name])];
      const message = name === undefined ? issue.message : 'there is no such field';
      return { in: place, field: path.join('.').slice(0, 200) || place, message };
    });
  });
  return { issues };
};

const readQuery = <Schema extends z.ZodType>(schema: Schema, text: string) => {
  const words = [...new URLSearchParams(text)];
  const names = words.map(([name]) => name);
  const twice = [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
  const { issues, ...query } = read('query', schema, Object.fromEntries(words));
  const repeated = twice.map(
    (field): Issue => ({ in: 'query', field, message: 'is given more than once' }),
  );
  return { ...query, issues: [...issues, ...repeated] };
};

const readKey = ({ isCommand }: Contract, { headers }: HttpRequest): Read<string | undefined> => {
  if (!isCommand) return { issues: [] };
  const key = headers['idempotency-key'];
  if (key !== undefined && keyPattern.test(key)) return { issues: [], value: key };
  const message =
    key === undefined
      ? 'a command needs one, such as a UUID; send the same again to repeat it'
      : '8 to 128 printable ASCII characters';
  return { issues: [{ in: 'header', field: 'Idempotency-Key', message }] };
};

const readBody = ({ body: schema }: Contract, request: HttpRequest): Read<unknown> => {
  const bytes = Buffer.from(request.body ?? '', request.isBase64Encoded ? 'base64' : 'utf8');
  if (schema === undefined) {
    if (bytes.byteLength === 0) return { issues: [] };
    return { issues: [{ in: 'body', field: 'body', message: 'none is taken here' }] };
  }
  if (bytes.byteLength === 0) return read('body', schema, {});
  const type = request.headers['content-type'] ?? '';
  if (!/^application\/json\s*(;\s*charset=utf-8\s*)?$/i.test(type)) {
    throw new ProblemError('NotJsonType', `it is ${type === '' ? 'not said' : 'said to be other'}`);
  }
  const json = readJson(bytes);
  if (json.status === 'tooLarge') throw new ProblemError('TooLarge', json.detail);
  if (json.status === 'notJson') throw new ProblemError('NotJson', json.detail);
  return read('body', schema, json.value);
};
