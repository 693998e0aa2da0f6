import { beforeAll, describe, expect, it } from 'vitest';
import { rolloutId } from '../../domain/rollout/rolloutBuilder.ts';
import { laggingRecord } from '../../infra/views/laggingRecord.ts';
import { aLivelyRecord, anApi } from './apiRecord.ts';

// Deployed, the record is DynamoDB and the views lag behind it. The double here takes limits and
// pages as the table does; DynamoDB itself has not been asked.

const targets = [
  '/clusters',
  '/clusters/shop',
  '/clusters/shop/fleet',
  '/clusters/shop/instances',
  '/clusters/shop/services',
  '/clusters/shop/tasks?limit=2',
  '/clusters/shop/exposure',
  '/clusters/shop/rollouts',
  `/clusters/shop/rollouts/${rolloutId}`,
  '/clusters/shop/drains',
  '/clusters/shop/placements?task=orders',
  '/clusters/shop/events?from=2025-10-14T00:00:00Z&limit=3',
  `/events?stream=rollout%23${rolloutId}&limit=2`,
  '/releases',
  '/parked',
];

type Api = ReturnType<typeof anApi>;
let here: Api;
let deployed: Api;
let record: ReturnType<typeof laggingRecord>;

/** The same commits, one after the other. */
const copied = async (): Promise<void> => {
  const store = await aLivelyRecord();
  here = anApi(store);
  record = laggingRecord();
  const anything = { stateShape: 'none', initialState: undefined, evolve: () => undefined };
  for (const { stream, commitId, at, events } of await store.readAll(0, 1_000)) {
    const { position } = await record.outside.load(stream, anything);
    await record.outside.append(position, { commitId, at, events });
  }
  await record.bringUp();
  deployed = anApi(...apiOf(record.instance()));
};

const apiOf = ({ store, views }: ReturnType<ReturnType<typeof laggingRecord>['instance']>) =>
  [store, { views }] as const;

describe('the API over DynamoDB', () => {
  beforeAll(copied);

  it.each(targets)('answers %s as over SQLite', async (target) => {
    const answers = [await deployed.call('GET', target), await here.call('GET', target)];
    expect(answers[0]?.text).toBe(answers[1]?.text);
    expect(answers[0]?.statusCode).toBe(200);
  });

  it('tells of a rollout that was planned a moment ago, which is in no view yet', async () => {
    const key = 'a-plan-of-this-test';
    const commands = anApi(...apiOf(record.instance()));
    const planned = await commands.call('POST', '/clusters/shop/rollouts', { body: {}, key });
    const { rolloutId: id } = planned.body;
    const queries = anApi(...apiOf(record.instance()));
    const listed = (await queries.call('GET', '/clusters/shop/rollouts')).body;
    expect(listed.items).toHaveLength(1);
    const path = `/clusters/shop/rollouts/${id}`;
    expect((await queries.call('GET', path)).body).toMatchObject({ status: 'planned' });
    const start = await commands.call('POST', `${path}/start`, { body: {}, key: 'a-start-of-it' });
    expect(start).toMatchObject({ statusCode: 202, body: { status: 'running' } });
  });
});
