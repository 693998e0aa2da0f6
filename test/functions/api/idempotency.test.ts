import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { rolloutStream } from '../../../domain/rollout/rollout.ts';
import type { StoredEvent } from '../../../events/catalogue.ts';
import { type EventStore, VersionConflict } from '../../../infra/eventStore/eventStore.ts';
import { rolloutId } from '../../domain/rollout/rolloutBuilder.ts';
import { at } from '../../support/fleetBuilder.ts';
import { aLivelyRecord, anApi, now } from './apiRecord.ts';

let store: EventStore & { readonly close: () => void };
beforeEach(async () => {
  store = await aLivelyRecord();
});

const key = '5f0c7d1e-0000-4000-8000-000000000001';
const pause = `/clusters/shop/rollouts/${rolloutId}/pause`;
const resume = `/clusters/shop/rollouts/${rolloutId}/resume`;
const body = { reason: 'freeze' };

const typesIn = async (prefix: string): Promise<readonly string[]> =>
  (await store.readAll(0, 1_000))
    .filter(({ stream }) => stream.startsWith(prefix))
    .flatMap(({ events }) => (events as readonly StoredEvent[]).map(({ type }) => type));
const pauses = async () =>
  (await typesIn(rolloutStream(rolloutId))).filter((type) => type === 'RolloutPaused').length;

describe('an Idempotency-Key', () => {
  it('brings the same answer to the letter, and says that it was given before', async () => {
    const api = anApi(store);
    const first = await api.call('POST', pause, { body, key });
    expect(first.headers).not.toHaveProperty('idempotency-replayed');
    await api.call('POST', resume, { body: {}, key: 'another-key' });
    const again = await api.call('POST', pause, { body, key });
    expect(again.headers).toMatchObject({ 'idempotency-replayed': 'true' });
    expect([again.statusCode, again.text]).toEqual([first.statusCode, first.text]);
    expect(await pauses()).toBe(1);
  });

  it('brings a refusal again too, though by now it would be granted', async () => {
    const api = anApi(store);
    await api.call('POST', '/clusters/shop/rollouts', { body: {}, key: 'plan-of-today' });
    await api.call('PUT', '/clusters/shop/mode', { body: { mode: 'observe' }, key: 'observe-it' });
    const start = `/clusters/shop/rollouts/${rolloutId}-2/start`;
    const refused = await api.call('POST', start, { body: {}, key });
    expect(refused.statusCode).toBe(409);
    await api.call('PUT', '/clusters/shop/mode', { body: { mode: 'drive' }, key: 'drive-it' });
    const again = await api.call('POST', start, { body: {}, key });
    expect([again.statusCode, again.text]).toEqual([409, refused.text]);
    expect(again.headers['content-type']).toBe('application/problem+json');
    const anew = await api.call('POST', start, { body: {}, key: 'a-new-key' });
    expect(anew.statusCode).toBe(202);
  });

  it.each([
    ['another body', pause, { reason: 'lunch' }],
    ['another path', `/clusters/shop/rollouts/${rolloutId}/abort`, body],
    ['another cluster', `/clusters/office/rollouts/${rolloutId}/pause`, body],
  ])('stands for one request: 409 with %s', async (_, target, other) => {
    const api = anApi(store);
    await api.call('POST', pause, { body, key });
    const refused = await api.call('POST', target, { body: other, key });
    expect(refused).toMatchObject({ statusCode: 409, body: { code: 'IdempotencyKeyReused' } });
    expect(refused.text).not.toContain('freeze');
    expect(await pauses()).toBe(1);
  });

  it('does not mind the order of fields', async () => {
    const api = anApi(store);
    const policy = (await api.call('GET', '/clusters/shop/policy')).body.policy as object;
    const backwards = Object.fromEntries(Object.entries(policy).toReversed());
    await api.call('PUT', '/clusters/shop/policy', { body: policy, key });
    const again = await api.call('PUT', '/clusters/shop/policy', { body: backwards, key });
    expect(again.headers).toMatchObject({ 'idempotency-replayed': 'true' });
  });

  it('is each signer’s own: nobody meets the key of another (X12)', async () => {
    const api = anApi(store);
    await api.call('POST', pause, { body, key });
    const other = 'arn:aws:iam::123456789012:user/eve';
    const answer = await api.call('POST', pause, { body: { reason: 'x' }, key, actor: other });
    expect(answer).toMatchObject({ statusCode: 202, body: { changed: false } });
  });

  it('is not spent by what could not be read', async () => {
    const api = anApi(store);
    expect(await api.call('POST', pause, { body: {}, key })).toMatchObject({ statusCode: 422 });
    expect(await api.call('POST', pause, { body, key })).toMatchObject({ statusCode: 202 });
  });

  it('leaves on record who asked for what', async () => {
    await anApi(store).call('POST', pause, { body, key });
    expect(await typesIn('request#')).toEqual(['RequestAccepted', 'RequestAnswered']);
    const [accepted] = (await store.readAll(0, 1_000)).filter(({ stream }) =>
      stream.startsWith('request#'),
    );
    expect(accepted?.events).toMatchObject([
      { data: { actor: expect.stringContaining('user/ada'), method: 'POST', path: pause } },
    ]);
    expect(JSON.stringify(accepted)).not.toContain(key);
  });
});

/** A store in which the n-th append breaks off, before it reached the table or after. */
const breakingAt = (nth: number, reached: boolean): EventStore => {
  let appends = 0;
  return {
    ...store,
    append: async (position, commit) => {
      appends += 1;
      if (appends !== nth) return store.append(position, commit);
      if (reached) await store.append(position, commit);
      throw new Error('the connection broke off');
    },
  };
};

describe('a request that broke off', () => {
  it.each([
    [1, false],
    [1, true],
    [2, false],
    [2, true],
    [3, false],
    [3, true],
  ])('at append %i (reached: %s) is done once when it comes again', async (nth, reached) => {
    const broken = anApi(breakingAt(nth, reached));
    await expect(broken.call('POST', pause, { body, key })).rejects.toThrow('broke off');
    const later = { now: () => at(3 * 24 * 60) };
    const again = await anApi(store, later).call('POST', pause, { body, key });
    expect(again).toMatchObject({ statusCode: 202, body: { status: 'paused' } });
    expect(await pauses()).toBe(1);
    expect(await typesIn('request#')).toEqual(['RequestAccepted', 'RequestAnswered']);
  });

  it.each([false, true])('while a rollout was planned (reached: %s) plans one', async (reached) => {
    const broken = anApi(breakingAt(2, reached));
    const plan = ['POST', '/clusters/shop/rollouts', { body: {}, key }] as const;
    await expect(broken.call(...plan)).rejects.toThrow('broke off');
    const later = { now: () => at(3 * 24 * 60) };
    const again = await anApi(store, later).call(...plan);
    expect(again).toMatchObject({ statusCode: 201, body: { rolloutId: `${rolloutId}-2` } });
    expect(await typesIn(rolloutStream(`${rolloutId}-`))).toEqual(['RolloutPlanned']);
    // As of the moment when it was first asked.
    expect(again.body.plannedAt).toBe(new Date(now).toISOString());
  });
});

describe('requests at once', () => {
  it('under one key are carried out once, and all answered alike', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.integer({ min: 2, max: 4 }), async (s, many) => {
        store = await aLivelyRecord();
        const slow: EventStore = {
          ...store,
          load: (stream, fold) => s.schedule(store.load(stream, fold), `load ${stream}`),
          append: async (position, commit) => {
            await s.schedule(Promise.resolve(), `append ${position.stream}`);
            return store.append(position, commit);
          },
        };
        const api = anApi(slow);
        const answers = Promise.allSettled(
          Array.from({ length: many }, () => api.call('POST', pause, { body, key })),
        );
        await s.waitFor(answers);
        const settled = await answers;
        const texts = settled.map((each) =>
          each.status === 'fulfilled' ? each.value.text : String(each.reason),
        );
        expect(new Set(texts).size).toBe(1);
        expect(settled.some(({ status }) => status === 'fulfilled')).toBe(true);
        expect(await pauses()).toBe(1);
        store.close();
      }),
      { numRuns: 40 },
    );
  });
});

describe('a conflict that does not end', () => {
  it('is told as 503, and the same may be sent again', async () => {
    const rival: EventStore = {
      ...store,
      append: async (position, commit) => {
        if (position.stream !== rolloutStream(rolloutId)) return store.append(position, commit);
        throw new VersionConflict(position.stream);
      },
    };
    const answer = await anApi(rival).call('POST', pause, { body, key });
    expect(answer).toMatchObject({ statusCode: 503, headers: { 'retry-after': '1' } });
    expect((await anApi(store).call('POST', pause, { body, key })).statusCode).toBe(202);
  });
});
