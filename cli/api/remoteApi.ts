import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Contract } from '../../functions/api/contract/contract.ts';
import { Problem, type ProblemCode, ProblemError } from '../../functions/api/problem.ts';
import type { SignableRequest } from '../../infra/aws/signedFetch.ts';
import { UserError } from '../userError.ts';
import type { Api } from './api.ts';
import { checked } from './checked.ts';

export type Send = (request: SignableRequest) => Promise<Response>;

const triesMax = 4;
const firstPauseMs = 250;

/** Answers that say: not now. A command comes again under its key, and so is done once. */
const passing: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/** The API behind a URL. Throws `UserError` where it cannot be reached or does not speak so. */
export const remoteApi = (base: URL, send: Send): Api => ({
  call: async (contract, given) => {
    const request = requestOf(base, contract, given);
    const response = await sendPatiently(send, request);
    const json = await readJson(response, base);
    if (!response.ok) throw refusal(response.status, json);
    const answer = contract.answer.safeDecode(json as never);
    if (answer.success) return answer.data as never;
    const where = answer.error.issues[0]?.path.join('.');
    throw new UserError(
      `${base.href}: ${contract.name} answered what this Tuesday cannot read, at ${where}`,
      'use the command line of the version that is deployed there',
    );
  },
  close: () => undefined,
});

const requestOf = (base: URL, contract: Contract, given: object): SignableRequest => {
  const { parameters, query, body } = checked(contract, given);
  const named = parameters as Readonly<Record<string, string>>;
  const path = contract.path.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(named[name] ?? ''),
  );
  const url = new URL(`${base.pathname.replace(/\/$/, '')}${path}`, base);
  url.search = Object.entries(query as object)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${escaped(String(value))}`)
    .join('&');
  return {
    method: contract.method,
    url,
    headers: {
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(contract.isCommand ? { 'idempotency-key': randomUUID() } : {}),
    },
    body: body === undefined ? undefined : JSON.stringify(body),
  };
};

/** RFC 3986 to the letter, as SigV4 counts it: a blank is `%20` and no `+`. */
const escaped = (text: string): string =>
  encodeURIComponent(text).replace(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );

const sendPatiently = async (send: Send, request: SignableRequest): Promise<Response> => {
  for (let attempt = 1; ; attempt += 1) {
    const isLast = attempt === triesMax;
    try {
      const response = await send(request);
      if (isLast || !passing.has(response.status)) return response;
    } catch (error) {
      if (isLast || !isNetwork(error)) throw unreachable(request.url, error);
    }
    await pause(firstPauseMs * 2 ** (attempt - 1));
  }
};

/** `fetch` throws a TypeError for what happened to the connection. */
const isNetwork = (error: unknown): boolean => error instanceof TypeError;

const unreachable = (url: URL, error: unknown): UserError => {
  const { cause, message } = error as Error;
  const why = cause instanceof Error && cause.message !== '' ? cause.message : message;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : why;
  return new UserError(
    `--api ${url.origin} cannot be reached: ${code}`,
    'check the address, the network, and that you have AWS credentials for it',
    { cause: error },
  );
};

const readJson = async (response: Response, base: URL): Promise<unknown> => {
  const text = await response.text();
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new UserError(
      `${base.href} answered ${response.status} with no JSON`,
      'name the address of Tuesday’s API, as `npm run deploy` prints it',
    );
  }
};

/** A problem of ours, or what API Gateway says before it asks us: `{"message":"Forbidden"}`. */
const refusal = (status: number, json: unknown): Error => {
  const problem = Problem.safeParse(json);
  if (problem.success) {
    const { code, detail, title, issues } = problem.data;
    return new ProblemError(code as ProblemCode, detail ?? title, issues);
  }
  const said = (json as { readonly message?: unknown } | null)?.message;
  const message = typeof said === 'string' ? said : 'without a reason';
  const remedy =
    status === 403
      ? 'ask for the right execute-api:Invoke on this route, or take other credentials'
      : 'see the log of the API in CloudWatch';
  return new UserError(`--api answered ${status}: ${message}`, remedy);
};
