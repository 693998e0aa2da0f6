import { describe, expect, it } from 'vitest';
import { rollout, rolloutStream } from '../../domain/rollout/rollout.ts';
import type { ObservedInstance } from '../../events/fleet.ts';
import { carryOut } from '../../functions/effects/carryOut.ts';
import { type EcsGateway, GatewayError } from '../../infra/aws/gateways.ts';
import {
  effectId,
  happened,
  planned,
  rolloutId,
  terminated,
} from '../domain/rollout/rolloutBuilder.ts';
import { anInstance, at, ec2Id, imageName } from '../support/fleetBuilder.ts';
import { attempted, carriedOut } from './carriedOut.ts';
import { anEcs, type Calls, gatewaysWith } from './gatewayDoubles.ts';
import { aRecord, write } from './record.ts';

const { started, learnt, drainIntended, succeeded, halted } = happened;
const stream = rolloutStream(rolloutId);
const plan = planned({ instances: ['a'], services: ['orders'] });
const begun = [plan, started(), learnt()];

describe('any effect', () => {
  const past = [...begun, drainIntended()];

  it('is carried out and written down, once', async () => {
    const first = await carriedOut('drain-a', past, { instance: anInstance('a') });
    expect(first).toMatchObject({
      report: { status: 'settled' },
      calls: ['DRAINING'],
      written: ['EffectAttempted', 'EffectSucceeded'],
    });
    expect(await first.once()).toEqual({ status: 'settled' });
    expect(first.calls).toEqual(['DRAINING']);
  });

  it('writes nothing on AWS below mode drive', async () => {
    const instance = anInstance('a');
    const watched = await carriedOut('drain-a', past, { mode: 'observe', instance });
    const { report, calls, written } = watched;
    expect([report.status, calls, written]).toEqual(['open', [], []]);
  });

  it('that was overtaken does nothing', async () => {
    const over = [...past, happened.restoreIntended()];
    expect(await carriedOut('drain-a', over)).toMatchObject({
      report: { status: 'settled' },
      calls: [],
      written: [],
    });
  });

  it.each(['throttled', 'unclear'] as const)('stays open when it was %s', async (kind) => {
    const drainInstances = () => Promise.reject(new GatewayError(kind, 'Code', 'no answer'));
    const instance = anInstance('a');
    const { report, written } = await carriedOut('drain-a', past, { instance, drainInstances });
    expect([report.status, written]).toEqual(['open', ['EffectAttempted']]);
  });

  it('is settled when AWS refuses it', async () => {
    const drainInstances = () => Promise.reject(new GatewayError('refused', 'Code', 'no'));
    const instance = anInstance('a');
    const { report, written } = await carriedOut('drain-a', past, { instance, drainInstances });
    const facts = ['EffectAttempted', 'EffectFailed', 'InstanceSkipped'];
    expect([report.status, written]).toEqual(['settled', facts]);
  });

  it('does not hide a mistake of our own', async () => {
    const describeInstances = () => Promise.reject(new TypeError('undefined is not a function'));
    await expect(carriedOut('drain-a', past, { describeInstances })).rejects.toThrow(TypeError);
  });
});

describe('a drain', () => {
  const past = [...begun, drainIntended()];

  it('takes MISSING for not known, not for gone', async () => {
    const { report, calls, written } = await carriedOut('drain-a', past);
    expect([report.status, calls, written]).toEqual(['open', [], []]);
  });

  it('whose answer was lost is not made twice', async () => {
    const drained = await carriedOut('drain-a', [...past, attempted('drain-a')], {
      instance: anInstance('a', { status: 'DRAINING' }),
    });
    expect([drained.calls, drained.written]).toEqual([[], ['EffectSucceeded']]);
  });

  it('leaves what somebody else had drained to them', async () => {
    const theirs = await carriedOut('drain-a', past, {
      instance: anInstance('a', { status: 'DRAINING' }),
    });
    expect([theirs.calls, theirs.written]).toEqual([[], ['EffectFailed', 'InstanceSkipped']]);
  });

  // Found by the fault simulation: the one that looked had read the record before the other began.
  it('that another executor has begun meanwhile is not taken for somebody else’s', async () => {
    const store = await aRecord('drive');
    await write(store, stream, past);
    const gateways = gatewaysWith({
      ecs: anEcs({
        describeInstances: async () => {
          await write(store, stream, [attempted('drain-a')]);
          return [anInstance('a', { status: 'DRAINING' })];
        },
      }),
    });
    const message = { rolloutId, effectId: effectId('drain-a') };
    await carryOut({ store, gateways, now: () => at(10) }, message);
    const { state } = await store.load(stream, rollout);
    expect(state).toMatchObject({ effects: { [message.effectId]: { attemptedAt: at(3) } } });
  });

  it('is not made on what is ending', async () => {
    const gone = await carriedOut('drain-a', past, {
      instance: anInstance('a', { status: 'DEREGISTERING' }),
    });
    expect([gone.calls, gone.written]).toEqual([[], ['EffectFailed', 'InstanceSkipped']]);
  });

  it('is not made after a halt', async () => {
    const { report, calls } = await carriedOut('drain-a', [...past, halted(5)]);
    expect([report.status, calls]).toEqual(['open', []]);
  });

  it('that arrives after its instance was handed back is taken back', async () => {
    const calls: Calls = [];
    const store = await aRecord('drive', ...past);
    // While the call is on its way, another handler sees the rollout halted and the instance
    // restored.
    const drainInstances: EcsGateway['drainInstances'] = async () => {
      calls.push('DRAINING');
      await write(store, stream, [halted(5), happened.restoreIntended(), succeeded('restore-a')]);
      return new Map();
    };
    const ecs = anEcs({
      describeInstances: async () => [anInstance('a')],
      drainInstances,
      setInstanceStatus: async (_cluster, _arn, status) => void calls.push(status),
    });
    const tools = { store, gateways: gatewaysWith({ ecs }), now: () => at(70) };
    await carryOut(tools, { rolloutId, effectId: effectId('drain-a') });
    expect(calls).toEqual(['DRAINING', 'ACTIVE']);
  });
});

describe('ending an instance', () => {
  const past = [...begun, ...terminated().slice(0, -1)];
  const counted = (running?: number, pending?: number) =>
    anInstance('a', {
      status: 'DRAINING',
      ...(running === undefined ? {} : { runningTasksCount: running }),
      ...(pending === undefined ? {} : { pendingTasksCount: pending }),
    });

  it('is done when ECS itself says that nothing runs there', async () => {
    const ended = await carriedOut('terminate-a', past, { instance: counted(0, 0) });
    expect([ended.calls, ended.written]).toEqual([
      [`terminate ${ec2Id('a')}`],
      ['EffectSucceeded'],
    ]);
  });

  it.each<readonly [string, ObservedInstance | undefined]>([
    ['a task runs there', counted(1, 0)],
    ['a task is on its way there', counted(0, 1)],
    ['the counts are not told', counted()],
    ['one count is not told', counted(0)],
    ['ECS answers MISSING', undefined],
  ])('waits when %s', async (_what, instance) => {
    const { report, calls, written } = await carriedOut(
      'terminate-a',
      past,
      instance === undefined ? {} : { instance },
    );
    expect([report.status, calls, written]).toEqual(['open', [], []]);
  });

  it('is refused when someone has made it ACTIVE again, which halts', async () => {
    const { calls, written } = await carriedOut('terminate-a', past, { instance: anInstance('a') });
    expect(calls).toEqual([]);
    expect(written).toEqual(['EffectFailed', 'InstanceRestoreIntended', 'RolloutHalted']);
  });

  it('is not done after a halt; what is empty is handed back', async () => {
    const instance = counted(0, 0);
    const { calls, written } = await carriedOut('terminate-a', [...past, halted(12)], { instance });
    expect([calls, written]).toEqual([[], ['EffectFailed', 'InstanceRestoreIntended']]);
  });

  it('was done already when it is INACTIVE', async () => {
    const instance = anInstance('a', { status: 'INACTIVE' });
    const { calls, written } = await carriedOut('terminate-a', past, { instance });
    expect([calls, written]).toEqual([[], ['EffectSucceeded']]);
  });
});

describe('the other effects', () => {
  it('a rebuild is asked for on the bus under its own id', async () => {
    const { calls, written } = await carriedOut('rebuild-orders', [
      ...begun,
      happened.rebuildRequested(),
    ]);
    expect([calls, written]).toEqual([
      ['Image Rebuild Requested rebuild-orders'],
      ['EffectSucceeded'],
    ]);
  });

  describe('a rebuild for which the policy names a CodeBuild project', () => {
    const repository = imageName('orders').slice(0, imageName('orders').lastIndexOf(':'));
    const rebuildProjects = [{ repository, project: 'orders' }];
    const named = planned({ services: ['orders'], policy: { rebuildProjects } });
    const past = [named, started(), learnt(), happened.rebuildRequested()];
    const asked = 'Image Rebuild Requested rebuild-orders';

    it('is started too, its own id the token', async () => {
      const { calls, written } = await carriedOut('rebuild-orders', past);
      expect(calls).toEqual([asked, 'build orders rebuild-orders']);
      expect(written).toEqual(['EffectAttempted', 'EffectSucceeded']);
    });

    it('is looked for where an answer was lost, and started once', async () => {
      const lost = [...past, attempted('rebuild-orders')];
      const found = await carriedOut('rebuild-orders', lost, { isBuilt: true });
      expect(found.calls).toEqual([asked, 'look for a build of orders']);
      expect(found.written).toEqual(['EffectSucceeded']);
      const none = await carriedOut('rebuild-orders', lost);
      expect(none.calls.at(-1)).toBe('build orders rebuild-orders');
    });

    it('starts nothing below mode drive', async () => {
      expect((await carriedOut('rebuild-orders', past, { mode: 'observe' })).calls).toEqual([]);
    });
  });

  it('a proof is a pinned task of the family for its Windows, its id the token', async () => {
    const proving = [
      planned({ policy: { canaryFamily: 'tuesday-canary' } }),
      started(),
      ...terminated(),
      happened.replaced('a', 'a2'),
      happened.proofIntended('a'),
    ];
    const { calls } = await carriedOut('prove-a', proving, { instance: anInstance('a2') });
    expect(calls).toEqual([`tuesday-canary-2022 prove-a ${ec2Id('a2')}`]);
    const instance = anInstance('a2', { agentConnected: false });
    const silent = await carriedOut('prove-a', proving, { instance });
    expect([silent.report.status, silent.calls]).toEqual(['open', []]);
  });

  it('a restore sets ACTIVE what is DRAINING, and nothing else', async () => {
    const past = [...begun, drainIntended(), happened.restoreIntended()];
    const back = await carriedOut('restore-a', past, {
      instance: anInstance('a', { status: 'DRAINING' }),
    });
    expect([back.calls, back.written]).toEqual([['ACTIVE'], ['EffectSucceeded']]);
    const active = await carriedOut('restore-a', past, { instance: anInstance('a') });
    expect([active.calls, active.written]).toEqual([[], ['EffectSucceeded']]);
    expect((await carriedOut('restore-a', past)).report.status).toBe('open');
  });
});
