import { join } from 'node:path';
import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, it } from 'vitest';
import { keyOf } from '../../../functions/api/contract/contract.ts';
import { contracts } from '../../../functions/api/contracts.ts';
import { problemCodes } from '../../../functions/api/problem.ts';
import { routesOf } from '../../../functions/api/routes.ts';
import { readFunctions } from '../../../infra/local/template.ts';
import { published } from './published.ts';

const root = join(import.meta.dirname, '../../..');

describe('docs/openapi.json', () => {
  // Written anew with `-u`.
  it('is what the contracts say', async () => {
    const file = join(root, 'docs/openapi.json');
    await expect(`${JSON.stringify(published, null, 2)}\n`).toMatchFileSnapshot(file);
  });

  it('is valid OpenAPI 3.1', async () => {
    const validator = new Validator();
    const result = await validator.validate(structuredClone(published));
    expect(result).toEqual({ valid: true });
    expect(validator.version).toBe('3.1');
  });

  it('refers to nothing that is not there', () => {
    const text = JSON.stringify(published);
    const schemas = Object.keys((published.components as { schemas: object }).schemas);
    const named = [...text.matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name);
    expect(named.length).toBeGreaterThan(50);
    expect([...new Set(named)].filter((name) => !schemas.includes(name ?? ''))).toEqual([]);
    expect(schemas.filter((name) => !named.includes(name))).toEqual([]);
    expect(text).not.toContain('$defs');
  });
});

describe('the registry', () => {
  it('has every route once, under a name of its own', () => {
    const keys = contracts.map(keyOf);
    expect(new Set(keys).size).toBe(keys.length);
    const names = contracts.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(keys.length).toBeGreaterThan(30);
  });

  it('has for every part of a path a parameter, and no other', () => {
    for (const { path, parameters } of contracts) {
      const parts = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      expect([path, Object.keys(parameters.shape)]).toEqual([path, parts]);
    }
  });

  it('takes no field that it does not know, anywhere at the top', () => {
    for (const { name, parameters, query, body } of contracts) {
      for (const schema of [parameters, query, ...(body === undefined ? [] : [body])]) {
        const issues = schema.safeDecode({ 'no such field': 1 } as never).error?.issues ?? [];
        expect([name, issues.map(({ code }) => code)]).toEqual([
          name,
          expect.arrayContaining(['unrecognized_keys']),
        ]);
      }
    }
  });

  it('says no with codes that have a status and a title', () => {
    const codes = contracts.flatMap(({ problems }) => problems);
    expect(codes.filter((code) => problemCodes[code] === undefined)).toEqual([]);
  });

  it('keeps commands out of the function that may not write', () => {
    expect(routesOf.queries.filter(({ contract }) => contract.isCommand)).toEqual([]);
    expect(routesOf.commands.filter(({ contract }) => !contract.isCommand)).toEqual([]);
  });

  it.each(['queries', 'commands'] as const)('has the routes of %s as serverless.yml', (name) => {
    const declared = readFunctions(join(root, 'serverless.yml')).find((each) => each.name === name);
    const events = (declared?.events ?? []) as readonly { httpApi: object }[];
    const contractsOfIt = routesOf[name].map(({ contract }) => contract);
    expect(events.map(({ httpApi }) => httpApi)).toEqual(
      contractsOfIt.map(({ method, path }) => ({ method, path, authorizer: { type: 'aws_iam' } })),
    );
  });
});
