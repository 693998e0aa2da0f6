import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import type { Contract } from '../../../functions/api/contract/contract.ts';
import { contracts } from '../../../functions/api/contracts.ts';
import { openApiOf } from '../../../functions/api/openapi.ts';

type Json = Readonly<Record<string, unknown>>;
type Operation = {
  readonly responses: Readonly<
    Record<string, { readonly content: Readonly<Record<string, { readonly schema: Json }>> }>
  >;
};

export const published = openApiOf(contracts) as Json & {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
};

const ajv = new Ajv2020({ strict: false, allErrors: true });
formats.default(ajv);
ajv.addSchema(published, 'openapi');
const made = new Map<string, ValidateFunction>();

/** What `openapi.json` has against an answer: its status, its type, its fields. */
export const faultsOf = (
  { name, method, path }: Contract,
  answer: {
    readonly statusCode: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly text: string;
  },
): readonly string[] => {
  const { statusCode, text } = answer;
  const response = published.paths[path]?.[method.toLowerCase()]?.responses[statusCode];
  if (response === undefined) return [`${name} is not said to answer ${statusCode}: ${text}`];
  const type = answer.headers['content-type'] ?? 'none';
  if (response.content[type] === undefined) return [`${name} is not said to answer in ${type}`];
  const part = [path, method.toLowerCase(), 'responses', statusCode, 'content', type].map((each) =>
    String(each).replaceAll('~', '~0').replaceAll('/', '~1'),
  );
  const pointer = `openapi#/paths/${part.map(encodeURIComponent).join('/')}/schema`;
  const validate = made.get(pointer) ?? ajv.compile({ $ref: pointer });
  made.set(pointer, validate);
  if (validate(JSON.parse(text))) return [];
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
};
