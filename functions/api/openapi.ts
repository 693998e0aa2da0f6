import * as z from 'zod';
import type { Contract } from './contract/contract.ts';
import {
  type DoorProblemCode,
  Problem,
  type ProblemCode,
  problemCodes,
  problemType,
} from './problem.ts';

type Json = Readonly<Record<string, unknown>>;

/**
 * The OpenAPI 3.1 document of these routes: schemas as they are on the wire, those that bear a name
 * under `components`.
 */
export const openApiOf = (contracts: readonly Contract[]): Json => {
  const schemas = componentsOf(contracts);
  const paths: Record<string, Record<string, Json>> = {};
  for (const contract of contracts) {
    const { method, path } = contract;
    paths[path] = { ...paths[path], [method.toLowerCase()]: operationOf(contract) };
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Tuesday',
      version: '1',
      summary: 'Keeps Windows containers on Amazon ECS patched',
      description: about,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [
      {
        url: 'https://{apiId}.execute-api.{region}.amazonaws.com',
        variables: { apiId: { default: 'api' }, region: { default: 'eu-west-1' } },
      },
    ],
    security: [{ sigv4: [] }],
    paths,
    components: {
      schemas,
      securitySchemes: {
        sigv4: {
          type: 'apiKey',
          in: 'header',
          name: 'Authorization',
          description: 'AWS Signature Version 4 for the service execute-api',
        },
      },
    },
  };
};

const about = [
  'Every request is signed (IAM). What is refused is a problem (RFC 9457) with a code to go by and',
  'every issue at once. A command bears an `Idempotency-Key`: sent again with the same content it',
  'is answered as it was the first time, with other content it is refused. Moments are ISO 8601.',
].join(' ');

const operationOf = (contract: Contract): Json => {
  const { name, summary, path, body, isCommand } = contract;
  const parameters = [
    ...parametersOf('path', contract.parameters),
    ...parametersOf('query', contract.query),
    ...(isCommand ? [keyParameter] : []),
  ];
  return {
    operationId: name,
    summary,
    tags: [path.split('/').findLast((part) => /^[a-z]/.test(part) && !verbs.has(part)) ?? 'api'],
    ...(parameters.length > 0 && { parameters }),
    ...(body !== undefined && {
      requestBody: {
        required: body.safeDecode({} as never).success !== true,
        content: { 'application/json': { schema: schemaOf(body) } },
      },
    }),
    responses: responsesOf(contract),
  };
};

const verbs: ReadonlySet<string> = new Set([
  'start',
  'pause',
  'resume',
  'abort',
  'preview',
  'replay',
  'simulate',
  'mode',
]);

const keyParameter = {
  name: 'Idempotency-Key',
  in: 'header',
  required: true,
  description: 'names this request; the same again is answered the same',
  schema: { type: 'string', pattern: '^[!-~]{8,128}$' },
};

const parametersOf = (place: 'path' | 'query', { shape }: z.ZodObject): readonly Json[] =>
  Object.entries(shape).map(([name, schema]) => {
    const isOptional = (schema as z.ZodType).safeDecode(undefined as never).success;
    return { name, in: place, required: !isOptional, schema: schemaOf(schema as z.ZodType) };
  });

/** What any route may say no with. */
const always: readonly DoorProblemCode[] = [
  'Malformed',
  'NotSigned',
  'TooManyRequests',
  'Unforeseen',
  'StoreBusy',
];
const ofBodies: readonly DoorProblemCode[] = ['NotJson', 'TooLarge', 'NotJsonType', 'BodyInvalid'];

const responsesOf = ({ answer, status, body, problems, isCommand }: Contract): Json => {
  const codes: readonly ProblemCode[] = [
    ...always,
    ...(body === undefined ? [] : ofBodies),
    ...(isCommand ? (['IdempotencyKeyReused'] as const) : []),
    ...problems,
  ];
  const byStatus = Map.groupBy(codes, (code) => problemCodes[code].status);
  const ordered = [...byStatus].toSorted(([a], [b]) => a - b);
  const refused = ordered.map(([refusal, ofStatus]) => [
    String(refusal),
    {
      description: ofStatus.toSorted().join(', '),
      content: { [problemType]: { schema: schemaOf(Problem) } },
    },
  ]);
  const done = {
    description: isCommand ? 'Done, and on record' : 'As it is known now',
    content: { 'application/json': { schema: schemaOf(answer) } },
  };
  return { [String(status)]: done, ...Object.fromEntries(refused) };
};

const reference = (id: string): string => `#/components/schemas/${id}`;

/** A named schema by reference, any other written out with references to those in it. */
const schemaOf = (schema: z.ZodType): Json => {
  const id = schema.meta()?.id;
  if (id !== undefined) return { $ref: reference(id) };
  return withReferences(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }));
};

const componentsOf = (contracts: readonly Contract[]): Json => {
  const found: Record<string, unknown> = {};
  const everything = contracts.flatMap(({ parameters, query, body, answer }) => [
    parameters,
    query,
    answer,
    ...(body === undefined ? [] : [body]),
  ]);
  for (const schema of [...everything, Problem]) {
    const { $defs = {}, ...own } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
    Object.assign(found, $defs);
    const id = schema.meta()?.id;
    // Where it refers to itself it is among the others already.
    if (id !== undefined && own.$ref === undefined) found[id] = own;
  }
  const named = Object.entries(found).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(named.map(([id, schema]) => [id, withReferences(schema as Json)]));
};

/** `$defs` become components; `readOnly` says only that our types are. */
const withReferences = (schema: Json): Json => {
  const { $schema: _schema, $defs: _defs, ...own } = schema;
  return JSON.parse(JSON.stringify(own), (name, value: unknown) => {
    if (name === 'readOnly' || name === 'id') return typeof value === 'object' ? value : undefined;
    return name === '$ref' ? String(value).replace('#/$defs/', reference('')) : value;
  }) as Json;
};
