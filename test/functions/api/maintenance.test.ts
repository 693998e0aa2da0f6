import { beforeEach, describe, expect, it } from 'vitest';
import type { EventStore } from '../../../infra/eventStore/eventStore.ts';
import { actor } from '../httpRequest.ts';
import { aLivelyRecord, anApi, now } from './apiRecord.ts';

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
const get = (target: string) => api.call('GET', target);
const lastOf = async (stream: string) =>
  (await store.readStream(stream)).at(-1)?.events as readonly Record<string, unknown>[];
const inHours = (hours: number) => new Date(now + hours * 3_600_000).toISOString();

const nights = {
  name: 'nights',
  timeZone: 'Europe/Dublin',
  days: 'FREQ=DAILY',
  opens: '21:00',
  closes: '05:00',
};

describe('maintenance windows', () => {
  it('are set whole, told afterwards, and who set them is written down', async () => {
    const closing = { underway: 'handBack', lastStartMs: 1_800_000 };
    const set = await send('PUT', '/clusters/shop/windows', { windows: [nights], closing });
    expect(set).toMatchObject({ statusCode: 200, body: { changed: true, closing } });
    expect(await lastOf('maintenance#shop')).toMatchObject([
      { type: 'WindowsSet', data: { actor } },
    ]);
    const { body } = await get('/clusters/shop/windows');
    expect(body).toMatchObject({ windows: [nights], whyNot: { reason: 'WindowClosed' } });
    // 16 October 2025, summer time in Dublin.
    expect(body.next).toMatchObject([
      {
        window: 'nights',
        opensAt: '2025-10-16T20:00:00.000Z',
        closesAt: '2025-10-17T04:00:00.000Z',
      },
      ...Array.from({ length: 5 }, () => ({ window: 'nights' })),
    ]);
  });

  it('that cannot be are refused, naming the field', async () => {
    const mars = { ...nights, timeZone: 'Mars/Olympus' };
    const refused = await send('PUT', '/clusters/shop/windows', { windows: [mars] });
    expect(refused).toMatchObject({ statusCode: 422, body: { code: 'MaintenanceInvalid' } });
    expect(refused.body.detail).toContain('windows.0.timeZone');
    const slip = await send('PUT', '/clusters/shop/windows', { windows: [{ ...nights, open: 1 }] });
    expect(slip).toMatchObject({ statusCode: 422, body: { code: 'BodyInvalid' } });
  });

  it('of a cluster that was never seen are refused', async () => {
    const refused = await send('PUT', '/clusters/nowhere/windows', { windows: [nights] });
    expect(refused).toMatchObject({ statusCode: 404, body: { code: 'ClusterNotAdopted' } });
  });
});

describe('a freeze', () => {
  const scope = { kind: 'service', serviceName: 'orders' };

  it('begins, is told, and is lifted', async () => {
    const asked = { scope, reason: 'audit', expiresAt: inHours(4) };
    const begun = await send('POST', '/clusters/shop/freezes', asked);
    expect(begun).toMatchObject({ statusCode: 200, body: { changed: true } });
    const { freezeId } = begun.body as { freezeId: string };
    const told = await get('/clusters/shop/windows');
    expect(told.body.freezes).toMatchObject([{ freezeId, scope, of: 'cluster', reason: 'audit' }]);
    const lift = `/clusters/shop/freezes/${freezeId}/lift`;
    expect((await send('POST', lift, { reason: 'over' })).body).toEqual({ changed: true });
    const gone = await send('POST', lift, { reason: 'over' });
    expect(gone).toMatchObject({ statusCode: 404, body: { code: 'FreezeNotFound' } });
  });

  it('sent again under its key is the same freeze', async () => {
    const body = { scope, reason: 'audit', expiresAt: inHours(4) };
    const again = () => api.call('POST', '/clusters/shop/freezes', { body, key: 'the-same-key' });
    expect((await again()).body).toEqual((await again()).body);
    expect(await store.readStream('maintenance#shop')).toHaveLength(2);
  });

  it('of everything holds every cluster', async () => {
    const body = { reason: 'incident', expiresAt: inHours(4) };
    const begun = await send('POST', '/freezes', body);
    const { freezeId } = begun.body as { freezeId: string };
    const told = await get('/clusters/shop/windows');
    expect(told.body).toMatchObject({
      whyNot: { reason: 'Frozen' },
      freezes: [{ of: 'everything' }],
    });
    await send('POST', `/freezes/${freezeId}/lift`, { reason: 'over' });
    expect((await get('/clusters/shop/windows')).body.freezes).toEqual([]);
  });

  it('needs a reason and an expiry to come', async () => {
    const past = { scope, reason: 'audit', expiresAt: inHours(-1) };
    const refused = await send('POST', '/clusters/shop/freezes', past);
    expect(refused).toMatchObject({ statusCode: 422, body: { code: 'MaintenanceInvalid' } });
    const none = await send('POST', '/clusters/shop/freezes', { scope, expiresAt: inHours(1) });
    expect(none).toMatchObject({ statusCode: 422, body: { issues: [{ field: 'reason' }] } });
  });
});

describe('an override', () => {
  it('opens what is closed, with a reason, and ends', async () => {
    await send('PUT', '/clusters/shop/windows', { windows: [nights] });
    const body = { over: ['windows'], reason: 'it is exploited', expiresAt: inHours(3) };
    const begun = await send('POST', '/clusters/shop/overrides', body);
    expect(await lastOf('maintenance#shop')).toMatchObject([
      { type: 'OverrideBegun', data: { actor, reason: 'it is exploited' } },
    ]);
    expect((await get('/clusters/shop/windows')).body.whyNot).toBeUndefined();
    const { overrideId } = begun.body as { overrideId: string };
    await send('POST', `/clusters/shop/overrides/${overrideId}/end`, { reason: 'patched' });
    const { body: after } = await get('/clusters/shop/windows');
    expect(after).toMatchObject({ whyNot: { reason: 'WindowClosed' }, overrides: [] });
  });
});

describe('the budget', () => {
  const budget = {
    instances: { count: 1 },
    services: { percent: 50 },
    reasons: [{ reason: 'patch' }, { reason: 'scaleIn', instances: { count: 0 } }],
    perZone: { count: 1 },
    perService: [{ serviceName: 'orders', instances: { count: 1 } }],
  };

  it('is set whole and told with what it comes to', async () => {
    const set = await send('PUT', '/clusters/shop/budget', budget);
    expect(set).toMatchObject({ statusCode: 200, body: { changed: true, budget } });
    const { body } = await get('/clusters/shop/budget');
    expect(body).toMatchObject({ budget });
    const limits = body.limits as readonly Record<string, unknown>[];
    const of = (limit: string, kind = 'instance', name?: string) =>
      limits.find((each) => each.limit === limit && each.kind === kind && each.name === name);
    // One instance of three is DRAINING by someone else's hand.
    expect(of('total')).toMatchObject({ allowed: 1, total: 3, unavailable: 1, leased: 0 });
    expect(of('reason', 'instance', 'scaleIn')).toMatchObject({ allowed: 0 });
    expect(of('zone', 'instance', 'eu-west-1a')).toMatchObject({ allowed: 1, total: 2 });
    expect(of('service', 'instance', 'orders')).toMatchObject({ allowed: 1 });
  });

  it('with a reason that there is not is refused', async () => {
    const slip = { ...budget, reasons: [{ reason: 'boredom' }] };
    const refused = await send('PUT', '/clusters/shop/budget', slip);
    expect(refused).toMatchObject({ statusCode: 422, body: { code: 'BodyInvalid' } });
  });
});
