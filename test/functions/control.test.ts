import { describe, expect, it } from 'vitest';
import type { Observation } from '../../domain/fleet/observation.ts';
import { ledgerStream } from '../../domain/maintenance/ledger.ts';
import { leaseIdOf } from '../../domain/rollout/leases.ts';
import { rolloutStream } from '../../domain/rollout/rollout.ts';
import { amiStream } from '../../domain/windows/ami.ts';
import type { Mode } from '../../events/cluster.ts';
import type { ObservedInstance, ObservedService, ObservedTask } from '../../events/fleet.ts';
import type { RolloutEvent } from '../../events/rollout.ts';
import { observe } from '../../functions/observe.ts';
import { control } from '../../functions/ticks/control.ts';
import type { EcsGateway } from '../../infra/aws/gateways.ts';
import type { EventStore } from '../../infra/eventStore/eventStore.ts';
import { followViews } from '../../infra/views/views.ts';
import {
  happened,
  heldInstance,
  holder,
  planned,
  rolloutId,
  terminated,
} from '../domain/rollout/rolloutBuilder.ts';
import { versionIntended, versionSet } from '../domain/rollout/templateStory.ts';
import {
  anAmiFamily,
  anInstance,
  aService,
  aTask,
  aTaskDefinition,
  at,
  clusterName,
  instanceArn,
  october,
  serviceArn,
  taskArn,
} from '../support/fleetBuilder.ts';
import { anEcs } from './gatewayDoubles.ts';
import { aRecord, write, writtenTo } from './record.ts';

const stream = rolloutStream(rolloutId);
const { started, learnt, drainIntended } = happened;

type Given = {
  readonly mode?: Mode;
  readonly past?: readonly RolloutEvent[];
  readonly instances?: readonly ObservedInstance[];
  readonly services?: readonly ObservedService[];
  readonly tasks?: readonly ObservedTask[];
  readonly ledger?: readonly unknown[];
  readonly ecs?: Partial<EcsGateway>;
};

/** A cluster of three instances, the October AMI published, and a rollout over the first two. */
const aCluster = async ({
  mode = 'drive',
  past = [planned({ instances: ['a', 'b'] }), started()],
  instances = ['a', 'b', 'c'].map((name) => anInstance(name)),
  services = [],
  tasks = [],
  ledger = [],
  ecs = {},
}: Given = {}) => {
  const store = await aRecord(mode, ...past);
  const observations: readonly Observation[] = [
    ...instances.map((instance) => ({ kind: 'instance', instance, from: 'event' }) as const),
    ...services.map((service) => ({ kind: 'service', service }) as const),
    ...tasks.map((task) => ({ kind: 'task', task, from: 'event' }) as const),
    { kind: 'taskDefinition', taskDefinition: aTaskDefinition('orders') },
  ];
  await observe(store, { name: clusterName, shards: 1 }, observations, at(1));
  const { family, channel, amis } = anAmiFamily(october);
  const published = amis.map((ami) => ({
    type: 'AmiPublished',
    data: { family, channel, ...ami },
  }));
  await write(store, amiStream(family), published);
  if (ledger.length > 0) await write(store, ledgerStream(clusterName), ledger);
  return { store, tick: ticking(store, ecs) };
};

const ticking = (store: EventStore, ecs: Partial<EcsGateway> = {}) => {
  const views = followViews(store);
  const double = anEcs({ describeInstance: async () => undefined, ...ecs });
  return (minute: number) =>
    control({ store, views, ecs: double, now: () => at(minute), osReserveMiB: 2_048 }, clusterName);
};
const steps = (store: EventStore) => writtenTo(store, stream);
const leases = (store: EventStore) => writtenTo(store, ledgerStream(clusterName));
const nothing = { written: 0, refused: [] };

describe('a control pass', () => {
  it('learns the AMI, then takes a lease before it drains, and goes no further', async () => {
    const { store, tick } = await aCluster();
    await tick(10);
    expect(await steps(store)).toEqual(['InstanceTargetLearnt', 'HoldsChanged']);
    await tick(11);
    expect(await leases(store)).toEqual(['LeaseGranted']);
    expect((await steps(store)).slice(2)).toEqual(['InstanceDrainIntended', 'HoldsChanged']);
    expect(await tick(12)).toEqual(nothing);
  });

  it('asks for the protection of tasks before it drains, and goes on to the next', async () => {
    const asked: string[] = [];
    const getTaskProtection: EcsGateway['getTaskProtection'] = async (_cluster, arns) => {
      asked.push(...arns);
      return arns.map((each) => ({ taskArn: each, protected: true, expiresAt: at(500) }));
    };
    const tasks = [aTask('t', { on: 'a' })];
    const services = [aService('orders')];
    const { store, tick } = await aCluster({ tasks, services, ecs: { getTaskProtection } });
    await tick(10);
    await tick(11);
    expect(asked).toEqual([taskArn('t')]);
    const drained = (await store.readStream(stream, 0)).flatMap(({ events }) =>
      (events as readonly RolloutEvent[]).flatMap((event) =>
        event.type === 'InstanceDrainIntended' ? event.data.containerInstanceArn : [],
      ),
    );
    expect(drained).toEqual([instanceArn('b')]);
  });

  it('done again for the same moment, or by two at once, writes once', async () => {
    const { store, tick } = await aCluster();
    await tick(10);
    await Promise.all([ticking(store)(11), ticking(store)(11), tick(11)]);
    await tick(11);
    expect(await leases(store)).toEqual(['LeaseGranted']);
    const drains = (await steps(store)).filter((type) => type === 'InstanceDrainIntended');
    expect(drains).toHaveLength(1);
  });

  it.each(['observe', 'advise'] as const)('begins nothing in mode %s', async (mode) => {
    const { store, tick } = await aCluster({ mode });
    await tick(10);
    await tick(11);
    expect(await leases(store)).toEqual([]);
    expect(await steps(store)).toEqual(['InstanceTargetLearnt', 'HoldsChanged']);
  });

  it('goes on after a crash between the lease and the step', async () => {
    const lease = {
      type: 'LeaseGranted',
      data: {
        leaseId: leaseIdOf({ rolloutId }, { kind: 'instance', id: instanceArn('a') }),
        subject: { kind: 'instance', id: instanceArn('a') },
        reason: 'patch',
        holder,
        grantedAt: at(9),
      },
    };
    const past = [planned({ instances: ['a', 'b'] }), started(), learnt()];
    const { store, tick } = await aCluster({ past, ledger: [lease] });
    await tick(10);
    expect(await leases(store)).toEqual([]);
    expect(await steps(store)).toEqual(['InstanceDrainIntended', 'HoldsChanged']);
  });

  it('asks again for a lease that work under way lacks', async () => {
    const past = [planned({ instances: ['a', 'b'] }), started(), learnt(), drainIntended('a', 2)];
    const { store, tick } = await aCluster({ past });
    await tick(10);
    expect(await leases(store)).toEqual(['LeaseGranted']);
  });

  it('notes a lease that is refused and goes on with the rest', async () => {
    const rival = {
      type: 'LeaseGranted',
      data: {
        leaseId: 'their lease',
        subject: { kind: 'instance', id: instanceArn('c') },
        reason: 'patch',
        holder: 'drain#c',
        grantedAt: at(1),
      },
    };
    const past = [planned({ instances: ['a', 'b'] }), started(), learnt(), drainIntended('a', 2)];
    const { store, tick } = await aCluster({ past, ledger: [rival] });
    expect((await tick(10)).refused).toEqual([expect.stringContaining('BudgetSpent')]);
    expect(await steps(store)).toEqual(['HoldsChanged']);
  });

  it('looks again at what it has in hand, and takes MISSING for not known', async () => {
    const asked: string[] = [];
    const past = [
      planned({ instances: ['a'], services: ['orders'] }),
      started(),
      learnt(),
      drainIntended('a', 2),
      happened.rebuilt('orders', 3),
      happened.deploymentIntended('orders', 4),
    ];
    const ecs: Partial<EcsGateway> = {
      describeInstance: async (_cluster, arn) => {
        asked.push(arn);
        return undefined;
      },
      describeService: async (_cluster, arn) => {
        asked.push(arn);
        return undefined;
      },
    };
    const { store, tick } = await aCluster({ past, services: [aService('orders')], ecs });
    await tick(10);
    expect(asked).toEqual([serviceArn('orders'), instanceArn('a')]);
    expect(await steps(store)).toEqual([]);
  });

  it('takes back the lease of an aborted rollout when its drain was handed back', async () => {
    const past = [
      planned({ instances: ['a'] }),
      started(),
      learnt(),
      drainIntended('a', 2),
      happened.succeeded('drain-a', 2),
      happened.aborted(3),
    ];
    const { leaseId, id } = heldInstance('a');
    const lease = {
      type: 'LeaseGranted',
      data: {
        leaseId,
        subject: { kind: 'instance', id },
        reason: 'patch',
        holder,
        grantedAt: at(2),
      },
    };
    const { store, tick } = await aCluster({ past, ledger: [lease] });
    await tick(10);
    expect(await steps(store)).toEqual(['InstanceRestoreIntended']);
    const [open] = Object.values(
      (await followViews(store).catchUp()).rollouts.get(rolloutId)?.effects ?? {},
    );
    await write(store, stream, [
      { type: 'EffectSucceeded', data: { effectId: open?.effectId, succeededAt: at(11) } },
    ]);
    await tick(12);
    await tick(13);
    expect(await leases(store)).toEqual(['LeaseReturned']);
    expect(await tick(14)).toEqual(nothing);
  });

  it('halts, and keeps the lease, when no replacement comes', async () => {
    const past = [planned({ instances: ['a'] }), started(), learnt(), ...terminated('a', 2)];
    const instances = ['b', 'c'].map((name) => anInstance(name));
    const { leaseId, id } = heldInstance('a');
    const lease = {
      type: 'LeaseGranted',
      data: {
        leaseId,
        subject: { kind: 'instance', id },
        reason: 'patch',
        holder,
        grantedAt: at(2),
      },
    };
    const { store, tick } = await aCluster({ past, instances, ledger: [lease] });
    await tick(200);
    await tick(300);
    expect(await steps(store)).toEqual(['RolloutHalted']);
    expect(await leases(store)).toEqual([]);
  });

  // Found by the fault simulation (seed 38): nothing was in hand, so nobody looked any more.
  it('gives back the launch template of one that was aborted with nothing in hand', async () => {
    const past = [planned({ instances: ['a'] }), started(), versionIntended(), versionSet()];
    const { tick, store } = await aCluster({ past: [...past, happened.aborted(4)] });
    await tick(10);
    expect(await steps(store)).toEqual(['LaunchTemplateReturnIntended']);
    expect(await tick(11)).toEqual(nothing);
  });
});
