import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { Refusal } from '../../domain/refusal.ts';
import { Instant } from '../../events/ids.ts';
import { command, question } from '../../functions/api/contract/contract.ts';
import { Moment, WholeNumber } from '../../functions/api/contract/wire.ts';
import { type ApiTools, type Handle, route } from '../../functions/api/route.ts';
import { http } from '../../functions/http.ts';
import { StoreBusy } from '../../infra/eventStore/storeErrors.ts';
import { actor, ask, request, type Sent } from './httpRequest.ts';

const now = Instant.parse(1_760_461_200_000);
const wish = question({
  name: 'wish',
  path: '/wishes/{id}',
  summary: 'a wish',
  parameters: z.strictObject({ id: z.string().max(20) }),
  query: z.strictObject({ limit: WholeNumber(1, 10).optional() }),
  body: z.strictObject({ reason: z.string().optional(), since: Moment.optional() }),
  answer: z.object({ said: z.unknown(), at: Moment }),
});
const look = question({
  name: 'look',
  path: '/wishes',
  summary: 'all wishes',
  answer: z.object({}),
});

const tools = { now: () => now } as ApiTools;
const doorOf = (handle: Handle<typeof wish>) =>
  http([route(wish, handle), route(look, async () => ({}))], () => tools);
const door = doorOf(async (asked, caller) => ({ said: { asked, caller }, at: caller.now }));

const wishing = (sent: Sent = {}) =>
  ask(door, request('POST /wishes/{id}', { parameters: { id: 'a' }, body: {}, ...sent }));

describe('a door for people', () => {
  it('hands over path, query and body as they are inside, with signer and moment', async () => {
    const body = { reason: 'late', since: '2025-10-14T17:00:00Z' };
    const since = Date.parse(body.since);
    expect((await wishing({ body, query: 'limit=3', requestId: 'request-1' })).body).toEqual({
      said: {
        asked: { parameters: { id: 'a' }, query: { limit: 3 }, body: { ...body, since } },
        caller: { actor, now, commandId: 'request-1', isRetry: false },
      },
      at: '2025-10-14T17:00:00.000Z',
    });
  });

  it('takes no body for an empty one, and reads base64', async () => {
    const none = request('POST /wishes/{id}', { parameters: { id: 'a' } });
    expect(await ask(door, none)).toMatchObject({ statusCode: 200 });
    const body = Buffer.from('{"reason":"late"}').toString('base64');
    const event = request('POST /wishes/{id}', { parameters: { id: 'a' }, body });
    const answer = await ask(door, { ...event, isBase64Encoded: true });
    expect(answer.body).toMatchObject({ said: { asked: { body: { reason: 'late' } } } });
  });

  it('answers in JSON, refuses in problem details, and lets nobody keep either', async () => {
    const kept = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };
    const { headers } = await wishing();
    expect(headers).toEqual({ 'content-type': 'application/json', ...kept });
    const refused = await wishing({ body: '{' });
    expect(refused.headers).toEqual({ 'content-type': 'application/problem+json', ...kept });
  });

  it('names everything that is wrong at once: path, query, body', async () => {
    const answer = await wishing({
      parameters: { id: 'x'.repeat(21) },
      query: 'limit=11&limit=1&sort=up',
      body: { reason: 7, actor: 'root', since: 'yesterday' },
    });
    expect(answer).toMatchObject({ statusCode: 400, body: { code: 'Malformed', status: 400 } });
    const issues = answer.body.issues as readonly { in: string; field: string }[];
    expect(issues.map((issue) => `${issue.in} ${issue.field}`).toSorted()).toEqual([
      'body actor',
      'body reason',
      'body since',
      'path id',
      'query limit',
      'query sort',
    ]);
  });

  it.each([
    ['400', 'NotJson', '{'],
    ['400', 'NotJson', '{"reason":"a","reason":"b"}'],
    ['400', 'NotJson', '{"__proto__":{"reason":"a"}}'],
    ['400', 'NotJson', '{"constructor":1}'],
    ['400', 'NotJson', `{"reason":${'['.repeat(2_000)}${']'.repeat(2_000)}}`],
    ['400', 'NotJson', '{"reason":NaN}'],
    ['422', 'BodyInvalid', '[]'],
    ['422', 'BodyInvalid', 'null'],
    ['422', 'BodyInvalid', '7'],
    ['422', 'BodyInvalid', '{"reason":7}'],
    ['413', 'TooLarge', JSON.stringify({ reason: 'x'.repeat(262_144) })],
  ])('answers %s %s to a body such as %.30s', async (status, code, body) => {
    const answer = await wishing({ body });
    expect(answer).toMatchObject({ statusCode: Number(status), body: { code } });
    expect(answer.body.type).toBe(`urn:problem-type:tuesday:${code}`);
  });

  it.each(['text/plain', 'application/json; charset=utf-16', 'multipart/form-data', undefined])(
    'answers 415 to a body of type %s',
    async (type) => {
      expect(await wishing({ headers: { 'content-type': type } })).toMatchObject({
        statusCode: 415,
        body: { code: 'NotJsonType' },
      });
    },
  );

  it('takes JSON in UTF-8 that says so, and refuses other bytes', async () => {
    const headers = { 'content-type': 'Application/JSON; charset=UTF-8' };
    expect(await wishing({ headers })).toMatchObject({ statusCode: 200 });
    const latin = Buffer.from('{"reason":"\xe9"}', 'latin1').toString('base64');
    const event = request('POST /wishes/{id}', { parameters: { id: 'a' }, body: latin });
    const answer = await ask(door, { ...event, isBase64Encoded: true });
    expect(answer).toMatchObject({ statusCode: 400, body: { code: 'NotJson' } });
  });

  it('takes no body where none belongs', async () => {
    expect(await ask(door, request('GET /wishes', { body: '{}' }))).toMatchObject({
      statusCode: 422,
      body: { issues: [{ in: 'body', message: 'none is taken here' }] },
    });
  });

  it('answers nobody whom API Gateway did not verify, and no route that is not there', async () => {
    expect(await wishing({ actor: undefined })).toMatchObject({
      statusCode: 401,
      body: { code: 'NotSigned' },
    });
    expect(await ask(door, request('POST /elsewhere'))).toMatchObject({
      statusCode: 404,
      body: { code: 'RouteNotFound' },
    });
  });

  it('answers with the code of a refusal and nothing else of it', async () => {
    const refusing = doorOf(async () => {
      throw Object.assign(new Refusal('RolloutEnded', 'it is over'), { secret: 'canary' });
    });
    const event = request('POST /wishes/{id}', { parameters: { id: 'a' }, body: {} });
    const answer = await ask(refusing, event);
    expect(answer).toMatchObject({
      statusCode: 409,
      body: { code: 'RolloutEnded', detail: 'it is over' },
    });
    expect(answer.text).not.toMatch(/canary|stack/);
  });

  it('asks for patience where the record is busy', async () => {
    const busy = doorOf(async () => {
      throw new StoreBusy('the table is throttled: canary');
    });
    const event = request('POST /wishes/{id}', { parameters: { id: 'a' }, body: {} });
    const answer = await ask(busy, event);
    expect(answer).toMatchObject({ statusCode: 503, headers: { 'retry-after': '1' } });
    expect(answer.text).not.toContain('canary');
  });

  it('lets anything unforeseen fail loudly', async () => {
    const broken = doorOf(async () => {
      throw new Error('the table is gone');
    });
    const event = request('POST /wishes/{id}', { parameters: { id: 'a' }, body: {} });
    await expect(ask(broken, event)).rejects.toThrow('the table is gone');
  });

  it('answers 200 or 4xx to any body, query and path, and never falls over', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(fc.string({ unit: 'binary' }), fc.json()),
        fc.oneof(fc.string(), fc.webQueryParameters()),
        fc.string({ unit: 'binary' }),
        async (body, query, id) => {
          const { statusCode } = await wishing({ body, query, parameters: { id } });
          expect([200, 400, 413, 422]).toContain(statusCode);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('a command', () => {
  const grant = command({
    name: 'grant',
    method: 'POST',
    path: '/wishes',
    summary: 'grant a wish',
    body: z.strictObject({}),
    answer: z.object({}),
  });

  it.each([undefined, '', 'short', 'with a blank', 'x'.repeat(129), 'ümlauts!'])(
    'is refused under the key %s, which is named as the header it is',
    async (key) => {
      const granting = http([route(grant, async () => ({}))], () => tools);
      const sent = key === undefined ? { body: {} } : { body: {}, key };
      expect(await ask(granting, request('POST /wishes', sent))).toMatchObject({
        statusCode: 400,
        body: { code: 'Malformed', issues: [{ in: 'header', field: 'Idempotency-Key' }] },
      });
    },
  );
});
