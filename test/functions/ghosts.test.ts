import { describe, expect, it } from 'vitest';
import { ghosts, ghostsStream } from '../../domain/maintenance/ghosts.ts';
import type { ObservedInstance } from '../../events/fleet.ts';
import type { Instant } from '../../events/ids.ts';
import { carryOut } from '../../functions/effects/carryOut.ts';
import { observe } from '../../functions/observe.ts';
import { effectsOf, openEffects } from '../../functions/streams/relay.ts';
import { askEc2 } from '../../functions/ticks/askEc2.ts';
import { layGhosts } from '../../functions/ticks/ghosts.ts';
import type { Ec2Instance } from '../../infra/aws/ec2Port.ts';
import { GatewayError } from '../../infra/aws/gateways.ts';
import { followViews } from '../../infra/views/views.ts';
import { amiId, anInstance, at, clusterName, ec2Id } from '../support/fleetBuilder.ts';
import { anEc2, anEcs, gatewaysWith } from './gatewayDoubles.ts';
import { aRecord, writtenTo } from './record.ts';

const silent = anInstance('a', { agentConnected: false });
const machine = (state: string): Ec2Instance => ({
  ec2InstanceId: ec2Id('a'),
  state,
  instanceType: 'm5.2xlarge',
  imageId: amiId('september'),
});

/** A cluster with one silent instance, of which EC2 answers what `says` is at that moment. */
const scene = async (says: () => readonly Ec2Instance[], mode: 'observe' | 'drive' = 'drive') => {
  const store = await aRecord(mode);
  const views = followViews(store);
  const told = { kind: 'instance', instance: silent, from: 'event' } as const;
  await observe(store, { name: clusterName, shards: 1 }, [told], at(1));
  const ec2 = anEc2({ describeInstances: async () => says() });
  const ask = async (minute: number) =>
    askEc2({ store, ec2, now: () => at(minute) }, await views.catchUp(), clusterName);
  const look = async (minute: number) =>
    layGhosts({ store, now: () => at(minute) as Instant }, await views.catchUp(), clusterName);
  return { store, views, ec2, ask, look };
};

describe('the sweep', () => {
  it('asks EC2 about what is silent, and writes what it says once', async () => {
    const { ask, views } = await scene(() => [machine('stopped')]);
    expect([(await ask(10)).news, (await ask(20)).news]).toEqual([1, 0]);
    const notices = (await views.catchUp()).fleet(clusterName).notices.get(ec2Id('a'));
    expect(notices?.state).toMatchObject({ state: 'stopped', at: at(10) });
  });

  it('writes that EC2 does not know it at the first look and at one well after it', async () => {
    const { ask } = await scene(() => []);
    const news: number[] = [];
    for (const minute of [10, 15, 21, 40]) news.push((await ask(minute)).news);
    expect(news).toEqual([1, 0, 1, 0]);
  });

  it('forgets that when EC2 knows it again', async () => {
    let answer: readonly Ec2Instance[] = [];
    const { ask, views } = await scene(() => answer);
    await ask(10);
    answer = [machine('running')];
    await ask(15);
    const notices = (await views.catchUp()).fleet(clusterName).notices.get(ec2Id('a'));
    expect(notices).toMatchObject({ state: { state: 'running' } });
    expect(notices?.notFound).toBeUndefined();
  });

  it('takes a call that failed for no answer', async () => {
    const { ask } = await scene(() => {
      throw new GatewayError('unclear', 'Timeout', 'DescribeInstances: no answer');
    });
    expect(await ask(10)).toEqual({
      news: 0,
      distrusted: [expect.stringContaining('EC2 did not say what became of 1 silent instances')],
    });
  });
});

describe('a ghost', () => {
  const laid = async (
    now: { ecs?: Partial<ObservedInstance>; ec2?: string },
    mode?: 'observe' | 'drive',
  ) => {
    const all = await scene(() => [machine('terminated')], mode);
    await all.ask(10);
    await all.look(25);
    const calls: unknown[] = [];
    const ecs = anEcs({
      describeInstance: async () => ({ ...silent, ...now.ecs }),
      deregisterInstance: async (_cluster, arn, how) => void calls.push([arn, how]),
    });
    const ec2 = anEc2({ describeInstances: async () => [machine(now.ec2 ?? 'terminated')] });
    const tools = { ...all, gateways: gatewaysWith({ ecs, ec2 }), now: () => at(26) };
    const messages = openEffects(await all.views.catchUp());
    for (const message of messages) await carryOut(tools, message);
    return {
      ...all,
      calls,
      messages,
      written: await writtenTo(all.store, ghostsStream(clusterName)),
    };
  };

  it('is deregistered by force, under an intent that was stored before', async () => {
    const { calls, written, store } = await laid({});
    expect(written).toEqual(['GhostDeregistrationIntended', 'GhostDeregistered']);
    expect(calls).toEqual([[silent.containerInstanceArn, { force: true }]]);
    const commits = await store.readAll(0, 50);
    const queued = commits.filter(({ stream }) => stream.startsWith('ghosts#')).map(effectsOf);
    expect(queued.map((each) => each.length)).toEqual([1, 0]);
    const { state } = await store.load(ghostsStream(clusterName), ghosts);
    expect([state.effects, Object.keys(state.done)]).toEqual([{}, [silent.containerInstanceArn]]);
  });

  it.each([
    ['its agent is back', { ecs: { agentConnected: true } }],
    ['EC2 says after all that it runs', { ec2: 'running' }],
    ['it is another machine by now', { ecs: { ec2InstanceId: ec2Id('z') } }],
  ])('is left alone where %s', async (_name, now) => {
    const { calls, written } = await laid(now);
    expect([calls, written.at(-1)]).toEqual([[], 'GhostDeregistrationFailed']);
  });

  it('is nothing to do where ECS has forgotten it meanwhile', async () => {
    const { calls, written } = await laid({ ecs: { status: 'INACTIVE' } });
    expect([calls, written.at(-1)]).toEqual([[], 'GhostDeregistered']);
  });

  it('is only shown below drive', async () => {
    expect(await laid({}, 'observe')).toMatchObject({ calls: [], messages: [], written: [] });
  });
});
