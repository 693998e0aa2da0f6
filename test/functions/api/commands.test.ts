import { beforeEach, describe, expect, it } from 'vitest';
import { rolloutStream } from '../../../domain/rollout/rollout.ts';
import type { EventStore } from '../../../infra/eventStore/eventStore.ts';
import { rolloutId } from '../../domain/rollout/rolloutBuilder.ts';
import { clusterName } from '../../support/fleetBuilder.ts';
import { actor } from '../httpRequest.ts';
import { aLivelyRecord, anApi } from './apiRecord.ts';

let store: EventStore & { readonly close: () => void };
let api: ReturnType<typeof anApi>;
let keys = 0;
beforeEach(async () => {
  store = await aLivelyRecord();
  api = anApi(store);
});

const send = (method: 'POST' | 'PUT', target: string, body: unknown = {}) => {
  keys += 1;
  return api.call(method, target, { body, key: `key-${keys}-of-these-tests` });
};
const post = (target: string, body?: unknown) => send('POST', target, body);
const lastOf = async (stream: string) =>
  (await store.readStream(stream)).at(-1)?.events as readonly Record<string, unknown>[];
const path = `/clusters/shop/rollouts/${rolloutId}`;

describe('clusters', () => {
  it('are adopted in mode observe, once', async () => {
    const clusterArn = 'arn:aws:ecs:eu-west-1:111122223333:cluster/office';
    const answer = await post('/clusters', { clusterArn });
    expect(answer).toMatchObject({ statusCode: 200, body: { name: 'office', mode: 'observe' } });
    await post('/clusters', { clusterArn });
    expect(await store.readStream('cluster#office')).toHaveLength(1);
  });

  it('are raised and lowered, and who did it is written down', async () => {
    const lowered = await send('PUT', '/clusters/shop/mode', { mode: 'advise' });
    expect(lowered.body).toEqual({ name: 'shop', mode: 'advise', changed: true });
    expect(await lastOf('cluster#shop')).toMatchObject([
      { type: 'ModeSet', data: { mode: 'advise', actor } },
    ]);
    const again = await send('PUT', '/clusters/shop/mode', { mode: 'advise' });
    expect(again.body).toMatchObject({ changed: false });
  });

  it('take a policy whole, and tell it afterwards', async () => {
    const { policy } = (await api.call('GET', '/clusters/shop/policy')).body;
    const wanted = { ...(policy as object), start: 'automatic', canaryFamily: 'tuesday-canary' };
    const set = await send('PUT', '/clusters/shop/policy', wanted);
    expect(set).toMatchObject({ statusCode: 200, body: { changed: true, policy: wanted } });
    expect((await api.call('GET', '/clusters/shop/policy')).body).toEqual({
      policy: wanted,
      isDefault: false,
    });
    const { start: _start, ...half } = wanted;
    const refused = await send('PUT', '/clusters/shop/policy', { ...half, settleMinutes: 3 });
    expect(refused).toMatchObject({ statusCode: 422, body: { code: 'BodyInvalid' } });
    const issues = refused.body.issues as readonly { field: string }[];
    expect(issues.map(({ field }) => field)).toEqual(['start', 'settleMinutes']);
  });
});

describe('a rollout', () => {
  it('is planned by a person, as it was shown', async () => {
    const preview = await api.call('POST', '/clusters/shop/rollouts/preview', { body: {} });
    const { planToken } = preview.body;
    const planned = await post('/clusters/shop/rollouts', { planToken });
    expect(planned).toMatchObject({
      statusCode: 201,
      body: { rolloutId: `${rolloutId}-2`, status: 'planned', instances: { total: 1 } },
    });
    expect(await lastOf(rolloutStream(`${rolloutId}-2`))).toMatchObject([
      { type: 'RolloutPlanned', data: { actor, clusterName } },
    ]);
  });

  it('is not planned when the fleet has moved since it was shown', async () => {
    const body = { planToken: '0'.repeat(32) };
    expect(await post('/clusters/shop/rollouts', body)).toMatchObject({
      statusCode: 409,
      body: { code: 'PlanChanged' },
    });
  });

  it('is paused, resumed and aborted, and says where it is then', async () => {
    const answers = [
      await post(`${path}/pause`, { reason: 'freeze' }),
      await post(`${path}/pause`, { reason: 'freeze' }),
      await post(`${path}/resume`),
      await post(`${path}/abort`, { reason: 'wrong month' }),
    ];
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([202, 202, 202, 202]);
    expect(answers.map(({ body }) => [body.status, body.changed])).toEqual([
      ['paused', true],
      ['paused', false],
      ['running', true],
      ['aborted', true],
    ]);
    expect(await lastOf(rolloutStream(rolloutId))).toMatchObject([
      { type: 'RolloutAborted', data: { actor, reason: 'wrong month' } },
    ]);
  });

  it('is started where the cluster is driven, and nowhere else', async () => {
    await post('/clusters/shop/rollouts');
    const start = `/clusters/shop/rollouts/${rolloutId}-2/start`;
    await send('PUT', '/clusters/shop/mode', { mode: 'advise' });
    expect(await post(start)).toMatchObject({
      statusCode: 409,
      body: { code: 'ClusterNotDriven' },
    });
    await send('PUT', '/clusters/shop/mode', { mode: 'drive' });
    expect(await post(start)).toMatchObject({
      statusCode: 202,
      body: { status: 'running', changed: true },
    });
  });

  it('is moved under its own cluster alone, which is what IAM was asked about (X5)', async () => {
    for (const move of ['start', 'pause', 'resume', 'abort']) {
      const body = move === 'pause' || move === 'abort' ? { reason: 'not mine' } : {};
      expect(await post(`/clusters/office/rollouts/${rolloutId}/${move}`, body)).toMatchObject({
        statusCode: 404,
        body: { code: 'RolloutNotFound' },
      });
    }
    expect(await lastOf(rolloutStream(rolloutId))).not.toMatchObject([{ data: { actor } }]);
  });
});

describe('the rest', () => {
  it('takes a downgrade that was seen', async () => {
    const body = {
      repository: 'windows/servercore',
      tag: 'ltsc2022',
      build: '20348.4171',
      reason: 'October breaks our printers',
    };
    expect(await post('/releases/accept', body)).toMatchObject({ body: { changed: true } });
    const { items } = (await api.call('GET', '/releases')).body as { items: readonly object[] };
    expect(items).toMatchObject([
      {
        newest: { build: '20348.4171' },
        anomalies: [{ kind: 'movedBack' }, { kind: 'downgradeAccepted', actor }],
      },
    ]);
  });

  it('hands a parked event in again, and remembers what became of it', async () => {
    const { items } = (await api.call('GET', '/parked')).body as {
      items: readonly { parkedId: string }[];
    };
    const id = items[0]?.parkedId ?? '';
    const replayed = await post(`/parked/${id}/replay`);
    expect(replayed).toMatchObject({ statusCode: 200, body: { parkedId: id, outcome: 'parked' } });
    expect((await api.call('GET', `/parked/${id}`)).body).toMatchObject({
      replayed: { outcome: expect.stringContaining('parked') },
    });
  });
});
