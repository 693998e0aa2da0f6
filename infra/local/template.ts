import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  type Node,
  parseDocument,
} from 'yaml';
import * as z from 'zod';

// serverless.yml and the resource files it includes, as plain data.

const FunctionEntry = z.looseObject({
  handler: z.string(),
  role: z.string().optional(),
  events: z.array(z.record(z.string(), z.unknown())).default([]),
});

const Serverless = z.looseObject({
  functions: z.record(z.string(), FunctionEntry),
  resources: z.array(z.unknown()).default([]),
});

const Resource = z.looseObject({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
});
export type Resource = z.infer<typeof Resource>;

/** A file of mere additions to what osls makes has none. */
const ResourceFile = z.looseObject({ Resources: z.record(z.string(), Resource).default({}) });

/** A function with the source file that its bundle is made from. */
export type DeclaredFunction = {
  readonly name: string;
  /** `functions/ingest/handler.ts`, relative to serverless.yml. */
  readonly source: string;
  readonly role: string | undefined;
  readonly events: readonly Readonly<Record<string, unknown>>[];
};

/**
 * The functions in the order of the file. Throws where a handler is not of the form
 * `dist/<key>/<source>.<export>`.
 */
export const readFunctions = (serverlessFile: string): readonly DeclaredFunction[] =>
  Object.entries(Serverless.parse(readYaml(serverlessFile)).functions).map(
    ([name, { handler, role, events }]) => ({
      name,
      source: sourceOf(name, handler),
      role,
      events,
    }),
  );

const sourceOf = (name: string, handler: string): string => {
  const path = handler.match(/^dist\/([^/]+)\/(.+)\.[A-Za-z]+$/);
  if (path?.[1] === name && path[2] !== undefined) return `${path[2]}.ts`;
  throw new Error(`function ${name}: handler ${handler} is not dist/${name}/<source>.<export>`);
};

/** Every CloudFormation resource by logical id, intrinsic functions in their long form. */
export const readResources = (serverlessFile: string): Readonly<Record<string, Resource>> => {
  const { resources } = Serverless.parse(readYaml(serverlessFile));
  const files = resources.map((entry) => includedBy(serverlessFile, entry));
  return Object.assign({}, ...files.map((file) => ResourceFile.parse(file).Resources));
};

const includedBy = (serverlessFile: string, entry: unknown): unknown => {
  const file = typeof entry === 'string' ? entry.match(/^\$\{file\(([^()]+)\)\}$/)?.[1] : undefined;
  return file === undefined ? entry : readYaml(join(dirname(serverlessFile), file));
};

const readYaml = (file: string): unknown => {
  const document = parseDocument(readFileSync(file, 'utf8'), { logLevel: 'error' });
  const problem = document.errors[0];
  if (problem !== undefined) throw new Error(`${file}: ${problem.message}`);
  return plain(document.contents, document);
};

/** As `toJS`, but a node under a tag of CloudFormation becomes the function it is short for. */
const plain = (node: unknown, document: Document): unknown => {
  if (isAlias(node)) return plain(node.resolve(document), document);
  if (!isNode(node)) return node;
  const value = untagged(node, document);
  return node.tag?.startsWith('!') ? longForm(node.tag.slice(1), value) : value;
};

const untagged = (node: Node, document: Document): unknown => {
  if (isSeq(node)) return node.items.map((item) => plain(item, document));
  if (!isMap(node)) return isScalar(node) ? node.value : undefined;
  return Object.fromEntries(
    node.items.map(({ key, value }) => [String(plain(key, document)), plain(value, document)]),
  );
};

/** `!Ref X` and `!GetAtt X.Arn` become what they are short for; `Ref` alone has no `Fn::`. */
const longForm = (name: string, value: unknown) => {
  if (name === 'Ref') return { Ref: value };
  const parts = name === 'GetAtt' && typeof value === 'string' ? value.split('.') : value;
  return { [`Fn::${name}`]: parts };
};
