import { describe, expect, it } from 'vitest';
import { rolloutStream } from '../../domain/rollout/rollout.ts';
import type { ObservedInstance } from '../../events/fleet.ts';
import type { RolloutEvent } from '../../events/rollout.ts';
import { carryOut } from '../../functions/effects/carryOut.ts';
import type { AutoScalingGroup, GroupInstance } from '../../infra/aws/autoScalingPort.ts';
import { effectId, happened, planned, rolloutId } from '../domain/rollout/rolloutBuilder.ts';
import {
  endIntended,
  groupName,
  newcomerProved,
  overruled,
  returnIntended,
  surgeIntended,
} from '../domain/rollout/surgeStory.ts';
import { anInstance, at, ec2Id, instanceArn, october } from '../support/fleetBuilder.ts';
import { attempted } from './carriedOut.ts';
import { anAutoScaling, anEcs, type Calls, gatewaysWith } from './gatewayDoubles.ts';
import { aRecord, writtenTo } from './record.ts';

const member = (name: string, lifecycleState = 'InService'): GroupInstance => ({
  ec2InstanceId: ec2Id(name),
  availabilityZone: 'eu-west-1a',
  lifecycleState,
  isHealthy: true,
  protectedFromScaleIn: false,
});

type Told = Partial<AutoScalingGroup> & {
  readonly instances?: readonly GroupInstance[];
  readonly seen?: readonly ObservedInstance[];
};

const begun = [
  planned({ instances: ['a'], policy: { replacement: 'surge', canaryFamily: 'canary' } }),
  happened.started(),
  happened.learnt(),
];

/** Carries out one effect against a group and a cluster that are as told. */
const carriedOut = async (name: string, past: readonly RolloutEvent[], told: Told = {}) => {
  const calls: Calls = [];
  const { seen = [], ...fields } = told;
  const group: AutoScalingGroup = {
    name: groupName,
    arn: 'arn',
    desiredCapacity: 1,
    minSize: 0,
    maxSize: 2,
    availabilityZones: [],
    suspendedProcesses: [],
    newInstancesProtectedFromScaleIn: false,
    tags: {},
    lifecycleHooks: [],
    instances: [member('a')],
    ...fields,
  };
  const described = (arn: string) => seen.find((each) => each.containerInstanceArn === arn);
  const store = await aRecord('drive', ...begun, ...past);
  const gateways = gatewaysWith({
    ecs: anEcs({
      describeInstance: async (_cluster, arn) => described(arn),
      describeInstances: async (_cluster, arns) => arns.flatMap((arn) => described(arn) ?? []),
      listInstances: async () => seen,
      setInstanceStatus: async (_cluster, _arn, status) => void calls.push(status),
      drainInstances: async () => {
        calls.push('DRAINING');
        return new Map();
      },
    }),
    autoScaling: anAutoScaling({
      describeGroups: async () => [group],
      setDesiredCapacity: async (_name, desired) => void calls.push(`desired ${desired}`),
      terminateForScaleIn: async (id) => void calls.push(`end ${id}`),
    }),
  });
  const message = { rolloutId, effectId: effectId(name) };
  const report = await carryOut({ store, gateways, now: () => at(70) }, message);
  const written = await writtenTo(store, rolloutStream(rolloutId));
  return { status: report.status, calls, written };
};

describe('a surge', () => {
  const past = [surgeIntended()];

  it('sets the desired capacity from what was meant to what is meant', async () => {
    expect(await carriedOut('surge-2', past)).toEqual({
      status: 'settled',
      calls: ['desired 2'],
      written: ['EffectAttempted', 'EffectSucceeded'],
    });
  });

  it('that was set already is ours only if it was attempted', async () => {
    const ours = await carriedOut('surge-2', [...past, attempted('surge-2')], {
      desiredCapacity: 2,
    });
    expect([ours.calls, ours.written]).toEqual([[], ['EffectSucceeded']]);
    const theirs = await carriedOut('surge-2', past, { desiredCapacity: 2 });
    expect([theirs.calls, theirs.written]).toEqual([[], ['EffectFailed', 'GroupSurgeRefused']]);
  });

  it.each<[string, Told]>([
    ['is at its maximum', { maxSize: 1 }],
    ['is not as it was described', { desiredCapacity: 5 }],
    ['is on its way out', { status: 'Delete in progress' }],
    ['launches nothing', { suspendedProcesses: ['Launch'] }],
    [
      'is being refreshed',
      { activeRefresh: { instanceRefreshId: 'r', status: 'InProgress', isActive: true } },
    ],
  ])('is not asked of a group that %s', async (_what, told) => {
    const { calls, written } = await carriedOut('surge-2', past, told);
    expect([calls, written]).toEqual([[], ['EffectFailed', 'GroupSurgeRefused']]);
  });

  it('is never set a second time after somebody else has set it', async () => {
    const past = [surgeIntended(), attempted('surge-2')];
    const { calls, written } = await carriedOut('surge-2', past, { desiredCapacity: 3 });
    expect([calls, written]).toEqual([[], ['GroupOverruled']]);
  });

  it('is not begun once the rollout has stopped', async () => {
    const { calls, written } = await carriedOut('surge-2', [...past, happened.halted(3)]);
    expect([calls, written]).toEqual([[], ['EffectFailed', 'GroupSurgeRefused']]);
  });
});

describe('the old one', () => {
  const draining = [...newcomerProved(), happened.drainIntended('a', 16)];
  const ending = [
    ...draining,
    happened.succeeded('drain-a', 16),
    happened.drained('a', 20),
    happened.terminationIntended('a', 21),
  ];
  const two = { desiredCapacity: 2, instances: [member('a'), member('a2')] };
  const empty = anInstance('a', {
    status: 'DRAINING',
    runningTasksCount: 0,
    pendingTasksCount: 0,
  });

  it('is drained only while its group is as this rollout has made it', async () => {
    const seen = [anInstance('a')];
    expect((await carriedOut('drain-a', draining, { ...two, seen })).calls).toEqual(['DRAINING']);
    const reset = await carriedOut('drain-a', draining, { ...two, desiredCapacity: 1, seen });
    expect([reset.calls, reset.written]).toEqual([[], ['GroupOverruled']]);
  });

  it('is ended with decrement when ECS itself says that it is empty', async () => {
    const { calls, written } = await carriedOut('terminate-a', ending, { ...two, seen: [empty] });
    expect(calls).toEqual([`end ${ec2Id('a')}`]);
    expect(written).toEqual(['EffectAttempted', 'EffectSucceeded']);
    const busy = { ...empty, runningTasksCount: 1 };
    expect((await carriedOut('terminate-a', ending, { ...two, seen: [busy] })).calls).toEqual([]);
  });

  it('is not ended where somebody else has set the desired capacity', async () => {
    const told = { ...two, desiredCapacity: 1, seen: [empty] };
    const { calls, written } = await carriedOut('terminate-a', ending, told);
    expect([calls, written]).toEqual([[], ['GroupOverruled']]);
  });

  it('whose end has no answer yet is found ended, and taken off once', async () => {
    const told = { desiredCapacity: 1, instances: [member('a', 'Terminating'), member('a2')] };
    const past = [...ending, attempted('terminate-a')];
    const { calls, written } = await carriedOut('terminate-a', past, told);
    expect([calls, written]).toEqual([[], ['EffectSucceeded']]);
  });

  // Attempted or not: the figure tells that no call of ours has landed (simulation, seed 99).
  it('that died by itself took nothing off: what was launched for it goes back', async () => {
    const told = { desiredCapacity: 2, instances: [member('a2')] };
    for (const past of [ending, [...ending, attempted('terminate-a')]]) {
      const { calls, written } = await carriedOut('terminate-a', past, told);
      expect([calls, written]).toEqual([[], ['SurplusReturnIntended']]);
    }
  });

  // Terraform takes off as many as our lost call would have (simulation, seed 197).
  it('is not ended on top of a reset, where its own call has not landed', async () => {
    const told = { ...two, desiredCapacity: 1, seen: [empty] };
    const past = [...ending, attempted('terminate-a')];
    const { calls, written } = await carriedOut('terminate-a', past, told);
    expect([calls, written]).toEqual([[], ['GroupOverruled']]);
  });
});

describe('what is given back', () => {
  const emptying = [...newcomerProved(), returnIntended('a', 'a2')];
  const ending = [...emptying, happened.succeeded('empty-a', 31), endIntended()];
  const two = { desiredCapacity: 2, instances: [member('a'), member('a2')] };
  const newcomer = anInstance('a2', {
    build: october,
    runningTasksCount: 0,
    pendingTasksCount: 0,
  });
  const drained = { ...newcomer, status: 'DRAINING' };

  it('is set DRAINING, unless somebody else has', async () => {
    expect((await carriedOut('empty-a', emptying, { ...two, seen: [newcomer] })).calls).toEqual([
      'DRAINING',
    ]);
    const theirs = await carriedOut('empty-a', emptying, { ...two, seen: [drained] });
    expect([theirs.status, theirs.calls]).toEqual(['open', []]);
  });

  it('is ended with decrement once it is empty', async () => {
    const { calls } = await carriedOut('end-a', ending, { ...two, seen: [drained] });
    expect(calls).toEqual([`end ${ec2Id('a2')}`]);
    const back = await carriedOut('end-a', ending, { ...two, seen: [newcomer] });
    expect([back.calls, back.written]).toEqual([
      [],
      ['EffectFailed', 'SurplusKeepIntended', 'RolloutHalted'],
    ]);
  });

  it('took nothing off where it went by itself, and is not ended on top of a reset', async () => {
    const past = [...ending, attempted('end-a')];
    const gone = { desiredCapacity: 2, instances: [member('a')] };
    expect((await carriedOut('end-a', past, gone)).written).toEqual(['SurplusReturnIntended']);
    const landed = await carriedOut('end-a', past, { ...gone, desiredCapacity: 1 });
    expect(landed.written).toEqual(['EffectSucceeded']);
    const reset = { ...two, desiredCapacity: 1, seen: [drained] };
    const { calls, written } = await carriedOut('end-a', past, reset);
    expect([calls, written]).toEqual([[], ['GroupOverruled']]);
  });

  it('that never registered is ended unless ECS knows it, or lists nothing at all', async () => {
    const past = [
      surgeIntended(),
      happened.succeeded('surge-2', 3),
      returnIntended(),
      endIntended(),
    ];
    const other = anInstance('a');
    expect((await carriedOut('end-a', past, { ...two, seen: [other] })).calls).toEqual([
      `end ${ec2Id('a2')}`,
    ]);
    expect((await carriedOut('end-a', past, { ...two, seen: [] })).calls).toEqual([]);
    const late = await carriedOut('end-a', past, { ...two, seen: [other, newcomer] });
    expect([late.calls, late.written]).toEqual([[], ['SurplusReturnIntended']]);
  });

  it('is wanted no more where the group has launched none, and is ended where it has', async () => {
    const { ec2InstanceId: _none, ...data } = endIntended().data as never as {
      ec2InstanceId: string;
    };
    const none = { type: 'SurplusEndIntended', data } as never as RolloutEvent;
    const past = [surgeIntended(), happened.succeeded('surge-2', 3), returnIntended(), none];
    const alone = await carriedOut('end-a', past, { desiredCapacity: 2 });
    expect(alone.calls).toEqual(['desired 1']);
    const there = await carriedOut('end-a', past, two);
    expect([there.calls, there.written]).toEqual([[], ['SurplusReturnIntended']]);
  });

  it('goes back to work where the desired capacity is somebody else s', async () => {
    const keeping: RolloutEvent = {
      type: 'SurplusKeepIntended',
      data: {
        containerInstanceArn: instanceArn('a'),
        reason: 'DesiredCapacityConflict',
        detail: 'reset',
        effectId: effectId('keep-a'),
        intendedAt: at(33),
      },
    };
    const past = [...emptying, happened.succeeded('empty-a', 31), overruled(1, 32), keeping];
    expect((await carriedOut('keep-a', past, { seen: [drained] })).calls).toEqual(['ACTIVE']);
  });
});
