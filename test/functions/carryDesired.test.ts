import { describe, expect, it } from 'vitest';
import { desiredStream } from '../../domain/scaling/evolveDesired.ts';
import type { DesiredEvent } from '../../events/desired.ts';
import { EffectId } from '../../events/ids.ts';
import { carryOut } from '../../functions/effects/carryOut.ts';
import type { AutoScalingGroup } from '../../infra/aws/autoScalingPort.ts';
import type { CapacityProvider } from '../../infra/aws/ecsCapacityPort.ts';
import { GatewayError } from '../../infra/aws/gateways.ts';
import { at, clusterName } from '../support/fleetBuilder.ts';
import { aGroup, aProvider } from './capacityWorld.ts';
import { anAutoScaling, anEcs, type Calls, gatewaysWith } from './gatewayDoubles.ts';
import { aRecord, write, writtenTo } from './record.ts';

const effectId = EffectId.parse('scale-web');
const stream = desiredStream(clusterName);
const policy = (scaleOut: boolean): DesiredEvent => ({
  type: 'ScalingPolicySet',
  data: { policy: { scaleOut, scaleIn: false }, actor: 'operator', setAt: at(0) },
});
const intended: DesiredEvent = {
  type: 'DesiredCapacityIntended',
  data: { groupName: 'web', from: 3, to: 5, forTasks: 2, forWave: 0, effectId, intendedAt: at(1) },
};
const attempted: DesiredEvent = {
  type: 'DesiredCapacityAttempted',
  data: { effectId, executor: 'another', attemptedAt: at(1) },
};

type World = {
  readonly past?: readonly DesiredEvent[];
  readonly group?: Partial<AutoScalingGroup> | 'none';
  readonly providers?: readonly CapacityProvider[];
  readonly mode?: 'observe' | 'drive';
  readonly fails?: 'throttled' | 'refused' | 'unclear';
  readonly minute?: number;
};

const carried = async ({ past = [policy(true), intended], ...world }: World = {}) => {
  const { group = {}, providers = [], mode = 'drive', fails, minute = 3 } = world;
  const calls: Calls = [];
  const store = await aRecord(mode);
  await write(store, stream, past);
  const gateways = gatewaysWith({
    ecs: anEcs({
      describeCluster: async (clusterArn) => ({
        clusterArn: clusterArn as never,
        status: 'ACTIVE',
        settings: {},
        capacityProviders: ['FARGATE', ...providers.map(({ name }) => name)],
        defaultCapacityProviders: [],
      }),
      describeCapacityProviders: async () => providers,
    }),
    autoScaling: anAutoScaling({
      describeGroups: async () =>
        group === 'none'
          ? []
          : [aGroup('web', { desiredCapacity: 3, minSize: 2, maxSize: 6, ...group })],
      setDesiredCapacity: async (name, to) => {
        calls.push(`${name} ${to}`);
        if (fails !== undefined) throw new GatewayError(fails, fails, 'SetDesiredCapacity');
      },
    }),
  });
  const message = { desiredIn: clusterName, effectId };
  const report = await carryOut({ store, gateways, now: () => at(minute) }, message);
  const [last] = (await store.readStream(stream)).flatMap(({ events }) => events).toReversed();
  return { calls, report, types: await writtenTo(store, stream), last };
};

const settled = { status: 'settled' };
const failedBecause = (reason: string) => ({
  type: 'DesiredCapacityFailed',
  data: { held: { subject: 'web', reason } },
});

describe('a desired capacity', () => {
  it('is set from the number that the intent names', async () => {
    const { calls, report, types } = await carried();
    expect(calls).toEqual(['web 5']);
    expect(report).toEqual(settled);
    expect(types).toEqual(['DesiredCapacityAttempted', 'DesiredCapacitySet']);
  });

  it.each<readonly [string, World, string]>([
    ['someone else has set it', { group: { desiredCapacity: 4 } }, 'DesiredCapacityConflict'],
    ['someone else was first', { group: { desiredCapacity: 5 } }, 'DesiredCapacityConflict'],
    ['its maximum was lowered', { group: { maxSize: 4 } }, 'AtMaximumSize'],
    ['its minimum was raised', { group: { minSize: 6 } }, 'AtMinimumSize'],
    ['it is being deleted', { group: { status: 'Delete in progress' } }, 'GroupChanging'],
    [
      'it is being refreshed',
      {
        group: {
          activeRefresh: { instanceRefreshId: 'r', status: 'InProgress', isActive: true },
        },
      },
      'GroupChanging',
    ],
    ['it is gone', { group: 'none' }, 'GroupChanging'],
    ['ECS scales it', { providers: [aProvider('web', true)] }, 'ManagedScaling'],
    [
      'the policy was switched off',
      { past: [policy(true), intended, policy(false)] },
      'ScalingOff',
    ],
  ])('is not set where %s', async (_why, world, reason) => {
    const { calls, report, last } = await carried(world);
    expect(calls).toEqual([]);
    expect(report).toEqual(settled);
    expect(last).toMatchObject(failedBecause(reason));
  });

  it('is set where a capacity provider does not scale, or scales another group', async () => {
    const providers = [aProvider('web', false), aProvider('other', true)];
    expect((await carried({ providers })).calls).toEqual(['web 5']);
  });

  it('waits in any mode but drive', async () => {
    const { calls, report } = await carried({ mode: 'observe' });
    expect([calls, report.status]).toEqual([[], 'open']);
  });

  it('is done where the answer of an earlier attempt was lost', async () => {
    const past = [policy(true), intended, attempted];
    const { calls, types } = await carried({ past, group: { desiredCapacity: 5 } });
    expect(calls).toEqual([]);
    expect(types).toEqual(['DesiredCapacitySet']);
  });

  it('waits while an attempt may still land, and is tried again afterwards', async () => {
    const past = [policy(true), intended, attempted];
    expect(await carried({ past })).toMatchObject({ calls: [], report: { status: 'open' } });
    expect((await carried({ past, minute: 9 })).calls).toEqual(['web 5']);
  });

  it.each(['throttled', 'unclear'] as const)('stays open where the call is %s', async (fails) => {
    const { report, types } = await carried({ fails });
    expect(report.status).toBe('open');
    expect(types).toEqual(['DesiredCapacityAttempted']);
  });

  it('has failed where AWS refuses it', async () => {
    const { report, last } = await carried({ fails: 'refused' });
    expect(report).toEqual(settled);
    expect(last).toMatchObject({
      type: 'DesiredCapacityFailed',
      data: { reason: expect.stringContaining('refused') },
    });
  });

  it('that nobody intends any more is nothing to do', async () => {
    const { calls, types } = await carried({ past: [policy(true)] });
    expect([calls, types]).toEqual([[], []]);
  });
});
