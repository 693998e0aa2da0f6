import { beforeEach, describe, expect, it } from 'vitest';
import type { EventStore } from '../../../infra/eventStore/eventStore.ts';
import { anInstance, instanceArn, taskArn } from '../../support/fleetBuilder.ts';
import { aLivelyRecord, anApi } from './apiRecord.ts';

let store: EventStore & { readonly close: () => void };
let api: ReturnType<typeof anApi>;
beforeEach(async () => {
  store = await aLivelyRecord();
  api = anApi(store);
});

const post = async (target: string, body: unknown) => {
  const answer = await api.call('POST', target, { body });
  expect([target, answer.statusCode, answer.body.code]).toEqual([target, 200, undefined]);
  return answer.body;
};

describe('a drain that is planned', () => {
  const planned = (body: object) => post('/clusters/shop/drains/plan', body);

  it('tells what becomes of every task, and writes nothing', async () => {
    const before = (await store.readAll(0, 1_000)).length;
    const { ec2InstanceId } = anInstance('one');
    const plan = await planned({ instances: [ec2InstanceId, 'one', instanceArn('one')] });
    expect(plan).toMatchObject({
      verdict: 'blocked',
      instances: [{ containerInstanceArn: instanceArn('one'), stays: 2, emptyAfter: null }],
      tasks: [{ taskArn: taskArn('t2cc') }, { taskArn: taskArn('t3dd'), outcome: 'stays' }],
      blockers: expect.arrayContaining([
        expect.objectContaining({ taskArn: taskArn('t3dd'), reason: 'StandaloneTask' }),
      ]),
      named: expect.arrayContaining([
        expect.objectContaining({ ec2InstanceId, availabilityZone: 'eu-west-1a' }),
      ]),
    });
    expect((await store.readAll(0, 1_000)).length).toBe(before);
  });

  it('takes what a rollout of ours drains for ours', async () => {
    const plan = await planned({ instances: ['two'] });
    expect(plan.blockers).toEqual([]);
  });

  it('stops tasks that stand alone where that is asked for', async () => {
    const standalone = { type: 'stopAfter', afterMs: 60_000 };
    const plan = await planned({ instances: ['one'], standalone, lastHealthyTask: 'stop' });
    expect(plan.tasks).toContainEqual(
      expect.objectContaining({ taskArn: taskArn('t3dd'), because: 'StoppedByPolicy' }),
    );
  });
});

describe('a drain plan that is asked for wrongly', () => {
  it('says which instances are not there, and some that are', async () => {
    const body = { instances: ['i-1', 'one', 'i-2'] };
    const answer = await api.call('POST', '/clusters/shop/drains/plan', { body });
    expect(answer.body.detail).toBe(
      `not in shop: i-1, i-2; some of its instances: ${['one', 'three', 'two']
        .map((name) => anInstance(name).ec2InstanceId)
        .join(', ')}`,
    );
  });

  it.each([
    [{ instances: [] }, 'instances'],
    [{ instances: Array.from({ length: 101 }, (_, place) => `i-${place}`) }, 'instances'],
    [{ instances: ['one'], standalone: { type: 'stopAfter' } }, 'standalone.afterMs'],
    [{ instances: ['one'], lastHealthyTask: 'kill' }, 'lastHealthyTask'],
  ])('names the field: %j', async (body, field) => {
    const answer = await api.call('POST', '/clusters/shop/drains/plan', { body });
    expect([answer.statusCode, answer.body.code]).toEqual([422, 'BodyInvalid']);
    expect(answer.body.issues).toMatchObject([{ in: 'body', field }]);
  });
});
