import { beforeEach, describe, expect, it } from 'vitest';
import type { EventStore } from '../../../infra/eventStore/eventStore.ts';
import { told } from '../../domain/draining/drainStory.ts';
import { at, ec2Id, instanceArn } from '../../support/fleetBuilder.ts';
import { actor } from '../httpRequest.ts';
import { write } from '../record.ts';
import { aLivelyRecord, anApi, now } from './apiRecord.ts';

let store: EventStore & { readonly close: () => void };
let api: ReturnType<typeof anApi>;
let keys = 0;
beforeEach(async () => {
  store = await aLivelyRecord();
  api = anApi(store);
});

const send = (target: string, body: unknown) => {
  keys += 1;
  return api.call('POST', `/clusters/shop/drains${target}`, { body, key: `drain-key-${keys}` });
};
const list = async () =>
  (await api.call('GET', '/clusters/shop/drains')).body.items as readonly Record<string, unknown>[];
const listed = async (name: string) =>
  (await list()).find((each) => each.containerInstanceArn === instanceArn(name));
const inHours = (hours: number) => new Date(now + hours * 3_600_000).toISOString();
const ec2InstanceId = ec2Id('one');
const wish = { instances: [ec2InstanceId], reason: 'a noisy disk', deadlineAt: inHours(2) };
const streamOf = (name: string) => store.readStream(`drain#shop/${name}`);

describe('a drain that is started', () => {
  it('is asked for with who, why and until when, and told in the list', async () => {
    const answer = await send('', wish);
    expect(answer).toMatchObject({
      statusCode: 200,
      body: { drains: [{ ec2InstanceId, status: 'waiting', changed: true }] },
    });
    const [commit] = await streamOf('one');
    const data = { actor, because: 'a noisy disk', reason: 'manual', atDeadline: 'restore' };
    expect(commit?.events).toMatchObject([{ type: 'DrainIntended', data }]);
    expect(await listed('one')).toMatchObject({
      waitsFor: 'DrainToBegin',
      asked: { status: 'waiting', actor, deadlineAt: inHours(2), andThen: 'keepDrained' },
    });
  });

  it('is the same drain when it is asked for again', async () => {
    await send('', wish);
    const again = await send('', { ...wish, deadlineAt: inHours(3) });
    expect(again.body).toMatchObject({ drains: [{ status: 'waiting', changed: false }] });
    expect(await streamOf('one')).toHaveLength(1);
  });

  it('goes by the plan that was shown, and by no other', async () => {
    const body = { instances: ['one'], standalone: { type: 'wait' } };
    const plan = await api.call('POST', '/clusters/shop/drains/plan', { body });
    const { planToken } = plan.body;
    const other = { ...wish, standalone: { type: 'stopAfter', afterMs: 0 }, planToken };
    expect(await send('', other)).toMatchObject({ body: { code: 'PlanChanged' } });
    expect((await send('', { ...wish, planToken })).statusCode).toBe(200);
  });

  it('names what would never leave, and goes on for a reason', async () => {
    const stuck = { ...wish, standalone: { type: 'protect' } };
    const refused = await send('', stuck);
    expect(refused).toMatchObject({ statusCode: 409, body: { code: 'DrainDeadlocked' } });
    expect(refused.body.detail).toContain('StandaloneTask');
    expect(await streamOf('one')).toEqual([]);
    const forced = await send('', { ...stuck, forcedBecause: 'the rack burns' });
    expect(forced.statusCode).toBe(200);
    expect(await listed('one')).toMatchObject({ asked: { forcedBecause: 'the rack burns' } });
  });

  it('is not begun for one of several where another is refused', async () => {
    const refused = await send('', { ...wish, instances: ['three', 'two'] });
    expect(refused).toMatchObject({ statusCode: 409, body: { code: 'DrainNotPossible' } });
    expect(await streamOf('three')).toEqual([]);
  });

  it('leaves alone what a rollout is replacing, and names it', async () => {
    const refused = await send('', { ...wish, instances: ['two'] });
    expect(refused.body.detail).toContain('is replacing');
  });

  it.each([
    [{ instances: [] }, 'instances'],
    [{ reason: '' }, 'reason'],
    [{ deadlineAt: 'soon' }, 'deadlineAt'],
    [{ atDeadline: 'kill' }, 'atDeadline'],
    [{ andThen: 'forget' }, 'andThen'],
    [{ standalone: { type: 'stopAfter' } }, 'standalone.afterMs'],
  ])('names the field that is wrong: %j', async (fields, field) => {
    const answer = await send('', { ...wish, ...fields });
    expect([answer.statusCode, answer.body.code]).toEqual([422, 'BodyInvalid']);
    expect(answer.body.issues).toMatchObject([{ in: 'body', field }]);
  });
});

describe('a drain that is undone', () => {
  const undo = { reason: 'the disk is well' };

  it('is called off while it waits, and told for a day by whom', async () => {
    await send('', wish);
    const answer = await send(`/${ec2InstanceId}/undo`, undo);
    expect(answer.body).toMatchObject({ status: 'ended', changed: true });
    const last = (await streamOf('one')).at(-1);
    expect(last?.events).toMatchObject([{ type: 'DrainEnded', data: { actor } }]);
    expect(await listed('one')).toMatchObject({
      waitsFor: 'Nothing',
      asked: { outcome: 'calledOff', detail: `the disk is well (${actor})` },
    });
    const tomorrow = { now: () => (now + 25 * 3_600_000) as typeof now };
    const later = await anApi(store, tomorrow).call('GET', '/clusters/shop/drains');
    expect(JSON.stringify(later.body)).not.toContain('calledOff');
  });

  it('is restored where it has begun', async () => {
    const of = { containerInstanceArn: instanceArn('one'), ec2InstanceId };
    const { begun, attempted, seen } = told;
    await write(store, 'drain#shop/one', [told.intended(of), begun, attempted, seen]);
    expect(await listed('one')).toMatchObject({ waitsFor: 'TasksToLeave' });
    expect((await send('/one/undo', undo)).body).toMatchObject({ status: 'restoring' });
    expect((await send('/one/undo', undo)).body).toMatchObject({ changed: false });
    expect(await listed('one')).toMatchObject({ waitsFor: 'HandingBack' });
  });

  it('and one that waits for a person says so', async () => {
    const of = { containerInstanceArn: instanceArn('one'), ec2InstanceId };
    const late = { because: 'late', blockers: [], escalatedAt: at(9) };
    const past = [told.intended(of), told.begun, { type: 'DrainEscalated', data: late }];
    await write(store, 'drain#shop/one', past);
    expect(await listed('one')).toMatchObject({ waitsFor: 'Person' });
  });
});
