import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { Contract } from '../../functions/api/contract/contract.ts';
import { contracts } from '../../functions/api/contracts.ts';

// X7: whatever a route takes is closed and bounded at every depth, so that no word is passed over
// silently: `{"count": 1, "percent": 50}` must not become a count.

type Json = { readonly [name: string]: unknown };
const objectsOf = (value: unknown): readonly Json[] =>
  Object.values((value ?? {}) as Json).filter((each) => typeof each === 'object') as Json[];

const endsOpen = /[*+]\)?\$?$/;

/** What is open or without a bound in one node of a JSON Schema. */
const laxIn = (node: Json): string | undefined => {
  if (node.type === 'object') return node.additionalProperties === false ? undefined : 'open';
  if (node.type === 'array') return node.maxItems === undefined ? 'endless list' : undefined;
  if (node.type !== 'string' || node.enum !== undefined || node.const !== undefined) return;
  if (node.maxLength !== undefined) return undefined;
  return node.pattern === undefined || endsOpen.test(String(node.pattern))
    ? 'endless text'
    : undefined;
};

const laxAt = (node: Json, path: string): readonly string[] => {
  const own = laxIn(node);
  const named = ['properties', '$defs'].flatMap((part) =>
    Object.entries((node[part] ?? {}) as Record<string, Json>),
  );
  const unnamed = ['anyOf', 'oneOf', 'allOf'].flatMap((part) => objectsOf(node[part]));
  const items = node.items === undefined ? [] : [node.items as Json];
  return [
    ...(own === undefined ? [] : [`${path}: ${own}`]),
    ...named.flatMap(([name, each]) => laxAt(each, `${path}.${name}`)),
    ...[...unnamed, ...items].flatMap((each) => laxAt(each, `${path}[]`)),
  ];
};

const laxOf = ({ name, parameters, query, body }: Contract): readonly string[] =>
  Object.entries({ parameters, query, body }).flatMap(([part, schema]) => {
    if (schema === undefined) return [];
    const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
    return laxAt(json as Json, `${name}.${part}`);
  });

describe('what a route takes', () => {
  it('is closed and bounded at every depth, but for a task definition that is looked at', () => {
    expect(contracts.flatMap(laxOf)).toEqual(['lintTaskDefinition.body.taskDefinition: open']);
  });

  it('would be found out where it were not', () => {
    const lax = z.strictObject({ of: z.array(z.object({ name: z.string() })) });
    expect(laxAt(z.toJSONSchema(lax, { io: 'input' }) as Json, 'body')).toEqual([
      'body.of: endless list',
      'body.of[]: open',
      'body.of[].name: endless text',
    ]);
  });
});

const bodyOf = (name: string) => {
  const body = contracts.find((each) => each.name === name)?.body;
  if (body === undefined) throw new Error(`${name} takes no body`);
  return body;
};
const messagesOf = (name: string, value: unknown) =>
  (bodyOf(name).safeParse(value).error?.issues ?? []).map(
    ({ path, code }) => `${path.join('.')} ${code}`,
  );

describe('a word too many', () => {
  const share = { count: 1, percent: 50 };
  const budget = { instances: { count: 1 }, services: { count: 1 }, reasons: [] };

  it.each([
    ['beginFreeze', { scope: { kind: 'cluster', serviceName: 'orders' } }, 'scope'],
    [
      'setBudget',
      { ...budget, perService: [{ serviceName: '*', instances: share }] },
      'perService',
    ],
    [
      'setPolicy',
      { rebuildProjects: [{ repository: 'a', project: 'ab', ref: 'main' }] },
      'rebuildProjects',
    ],
  ])('deep in the body of %s is refused', (name, body, field) => {
    const messages = messagesOf(name, body).filter((message) => message.startsWith(field));
    expect(messages).toHaveLength(1);
    expect(messages[0]).toMatch(/ (unrecognized_keys|invalid_union)$/);
  });
});

describe('a reason', () => {
  const saying = (reason: string) => messagesOf('pauseRollout', { reason });

  it.each(['a fr\u00e9eze', 'Ge\u00e4ndert: \u6708\u4f8b', 'it\u2019s \u{1f4a5}'])(
    'may be %s',
    (text) => {
      expect(saying(text)).toEqual([]);
    },
  );

  it.each([
    ['not in normal form C', 'a fre\u0301eze'],
    ['half a character', '\ud800'],
    ['two lines', 'a\nb'],
    ['a colour', '\u001b[31mred'],
    ['the other way round', 'a\u202eb'],
    ['nothing', ''],
    ['too long', 'a'.repeat(501)],
  ])('may not be %s', (_, text) => {
    expect(saying(text)).not.toEqual([]);
  });
});
