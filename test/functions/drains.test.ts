import { describe, expect, it } from 'vitest';
import { drain, drainStream } from '../../domain/draining/drain.ts';
import { ec2Notices } from '../../domain/fleet/ec2Notices.ts';
import { ec2Stream } from '../../domain/fleet/shards.ts';
import { ledger, ledgerStream } from '../../domain/maintenance/ledger.ts';
import type { ObservedInstance } from '../../events/fleet.ts';
import { carryOut } from '../../functions/effects/carryOut.ts';
import { observe } from '../../functions/observe.ts';
import { send } from '../../functions/send.ts';
import { openEffects } from '../../functions/streams/relay.ts';
import { control } from '../../functions/ticks/control.ts';
import { followViews } from '../../infra/views/views.ts';
import { startDrain } from '../domain/draining/drainStory.ts';
import { anInstance, at, clusterName, ec2Id, instanceArn } from '../support/fleetBuilder.ts';
import { anEcs, gatewaysWith } from './gatewayDoubles.ts';
import { aRecord } from './record.ts';

const stream = drainStream(clusterName, instanceArn('a'));

/** ECS with two instances, `a` of which can be drained, and the functions over it. */
const aCluster = async (minutesAPass = 1) => {
  const store = await aRecord('drive');
  const views = followViews(store);
  let a = anInstance('a', { runningTasksCount: 0, pendingTasksCount: 0 });
  const ecs = anEcs({
    describeInstance: async () => a,
    setInstanceStatus: async (_cluster, _arn, status) => {
      a = { ...a, status, version: a.version + 1 };
    },
  });
  let minute = 0;
  const now = () => at(minute);
  const show = async (instances: readonly ObservedInstance[]) => {
    const told = instances.map(
      (each) => ({ kind: 'instance', instance: each, from: 'event' }) as const,
    );
    await observe(store, { name: clusterName, shards: 1 }, told, now());
  };
  return {
    store,
    /** One minute: events of ECS, a pass of control, and the effects that follow. */
    pass: async () => {
      minute += minutesAPass;
      await show([a, anInstance('b')]);
      await control({ store, views, ecs, now, osReserveMiB: 2_048 }, clusterName);
      for (const message of openEffects(await views.catchUp())) {
        await carryOut({ store, gateways: gatewaysWith({ ecs }), now }, message);
      }
    },
    state: async () => (await store.load(stream, drain)).state,
    /** EC2 gives notice that it takes `a`. */
    giveNotice: async () => {
      const data = {
        eventId: 'n',
        ec2InstanceId: ec2Id('a'),
        action: 'terminate',
        noticedAt: now(),
      };
      const notices = [{ type: 'InterruptionNoticed', data }] as const;
      const command = { type: 'RecordNotices', notices } as const;
      await send(store, ec2Notices, ec2Stream('111122223333', 'eu-west-1'), command, now());
    },
    leases: async () =>
      Object.keys((await store.load(ledgerStream(clusterName), ledger)).state.leases).length,
    statusOfA: () => a.status,
  };
};

describe('a manual drain, from its wish to its end', () => {
  it('is leased, emptied, kept, undone and given back', async () => {
    const { store, pass, state, leases, statusOfA } = await aCluster();
    await send(store, drain, stream, startDrain(), at(0));
    await pass();
    expect(statusOfA()).toBe('DRAINING');
    expect(await leases()).toBe(1);
    for (let passes = 0; passes < 4; passes += 1) await pass();
    expect(await state()).toMatchObject({ status: 'drained' });
    expect(await leases()).toBe(1);
    const undo = { type: 'UndoDrain', actor: 'ops', because: 'it is needed', now: at(6) } as const;
    await send(store, drain, stream, undo, at(6));
    for (let passes = 0; passes < 4; passes += 1) await pass();
    expect(await state()).toMatchObject({ status: 'ended', outcome: 'restored' });
    expect(statusOfA()).toBe('ACTIVE');
    expect(await leases()).toBe(0);
  });
});

describe('a Spot notice', () => {
  it('drains in the pass that hears of it, and is over when EC2 never came', async () => {
    const { pass, giveNotice, state, leases, statusOfA } = await aCluster(0.5);
    await pass();
    await giveNotice();
    await pass();
    expect(statusOfA()).toBe('DRAINING');
    expect(await state()).toMatchObject({ reason: 'spot', status: 'draining' });
    expect(await leases()).toBe(1);
    for (let passes = 0; passes < 30; passes += 1) await pass();
    expect(await state()).toMatchObject({ status: 'ended', outcome: 'restored', count: 1 });
    expect([statusOfA(), await leases()]).toEqual(['ACTIVE', 0]);
  });
});
