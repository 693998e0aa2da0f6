import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keyOf } from '../../../functions/api/contract/contract.ts';
import type { ApiTools } from '../../../functions/api/route.ts';
import { routes } from '../../../functions/api/routes.ts';
import { http } from '../../../functions/http.ts';
import type { EventStore } from '../../../infra/eventStore/eventStore.ts';
import { followViews } from '../../../infra/views/views.ts';
import { rolloutId } from '../../domain/rollout/rolloutBuilder.ts';
import { instanceArn, taskArn } from '../../support/fleetBuilder.ts';
import { ask, request, type Sent } from '../httpRequest.ts';
import { aLivelyRecord, now, watched } from './apiRecord.ts';
import { faultsOf } from './published.ts';

// X7: whatever is sent to whichever route, the answer is one that `openapi.json` knows, and never a
// failure of ours.

let store: EventStore & { readonly close: () => void };
let door: unknown;
beforeAll(async () => {
  store = await aLivelyRecord();
  const tools: ApiTools = { store, views: followViews(store), scope: watched, now: () => now };
  door = http(routes, () => tools);
});
afterAll(() => store.close());

const nasty = fc.constantFrom(
  '__proto__',
  'constructor',
  'toString',
  '../../etc/passwd',
  '%2e%2e%2f',
  '\u0000',
  '\ud800',
  "' OR 1=1 --",
  '$(reboot)',
  '\u202eevil',
  'e\u0301',
  '9'.repeat(400),
  '-1',
  'NaN',
  '1e999',
  'a'.repeat(5_000),
);

/** What some route does take, so that the rest of a request comes further than its first word. */
const fitting = fc.constantFrom(
  'shop',
  rolloutId,
  'orders',
  'ACTIVE',
  '10',
  '0',
  '2025-10-14T17:00:00Z',
  '+275760-09-13T00:00:00Z',
  '9999-12-31T23:59:59Z',
  'RolloutStarted',
  `rollout#${rolloutId}`,
  'fleet#shop#0',
  'attribute:ecs.os-type == windows',
  '((((((((((',
  'WyJhIl0',
  'W10',
  'WzEsInIiLDFd',
  taskArn('t1aa'),
  instanceArn('one'),
  'aaaa',
);
const word = fc.oneof({ weight: 3, arbitrary: fitting }, nasty, fc.string({ unit: 'binary' }));

const anyValue = (depth: number): fc.Arbitrary<unknown> =>
  fc.oneof(word, fc.jsonValue({ maxDepth: depth }), fc.double(), fc.bigInt().map(Number));

const routeAndRequest = fc.constantFrom(...routes).chain(({ contract }) => {
  const partOf = (names: readonly string[]) =>
    fc.record(Object.fromEntries(names.map((name) => [name, word])), { requiredKeys: [] });
  const bodyNames =
    contract.body !== undefined && 'shape' in contract.body
      ? Object.keys(contract.body.shape as object)
      : [];
  const shaped = fc.record(
    Object.fromEntries([...bodyNames, 'extra'].map((name) => [name, anyValue(3)])),
    { requiredKeys: [] },
  );
  return fc.record({
    contract: fc.constant(contract),
    parameters: fc.record(
      Object.fromEntries(Object.keys(contract.parameters.shape).map((name) => [name, word])),
    ),
    query: partOf(Object.keys(contract.query.shape)),
    extra: fc.option(fc.tuple(word, word), { nil: undefined, freq: 8 }),
    body: fc.oneof(
      { weight: 4, arbitrary: shaped },
      fc.json(),
      fc.string({ unit: 'binary' }),
      fc.constant(undefined),
    ),
    key: fc.option(fc.oneof(fc.uuid(), word), { nil: undefined, freq: 6 }),
  });
});

const queryText = (query: object, extra: readonly [string, string] | undefined): string =>
  [...Object.entries(query), ...(extra === undefined ? [] : [extra])]
    .map((pair) => pair.map((text) => encodeURIComponent(String(text).toWellFormed())).join('='))
    .join('&');

describe('any request to any route', () => {
  it('is answered as the API says, and never with a failure', async () => {
    const statuses = new Map<number, number>();
    await fc.assert(
      fc.asyncProperty(routeAndRequest, async ({ contract, parameters, query, extra, ...rest }) => {
        const { body, key } = rest;
        const sent: Sent = {
          parameters,
          query: queryText(query, extra),
          ...(body !== undefined && contract.method !== 'GET' && { body }),
          ...(key !== undefined && { key }),
        };
        const answer = await ask(door, request(keyOf(contract), sent));
        expect(answer.statusCode).toBeLessThan(500);
        expect(faultsOf(contract, answer)).toEqual([]);
        expect(answer.text).not.toMatch(/\bat .+\.ts:\d+/);
        statuses.set(answer.statusCode, (statuses.get(answer.statusCode) ?? 0) + 1);
      }),
      { numRuns: Number(process.env.HOSTILE_REQUESTS ?? 4_000) },
    );
    // Or else it never came past the first check.
    expect(statuses.get(200) ?? 0).toBeGreaterThan(3);
    expect(statuses.get(404) ?? 0).toBeGreaterThan(3);
  });
});
