import { describe, expect, it } from 'vitest';
import { planSteps } from '../../../domain/rollout/planSteps.ts';
import { rollout } from '../../../domain/rollout/rollout.ts';
import type { ObservedAutoScalingGroup } from '../../../events/scaling.ts';
import { aFleet, anInstance, at, ec2Id, instanceArn, october } from '../../support/fleetBuilder.ts';
import {
  aSight,
  effectId,
  happened,
  heldInstance,
  ledgerHolding,
  rolloutAfter,
} from './rolloutBuilder.ts';
import { stepsAt } from './stepsAt.ts';
import {
  aGroup,
  bySurge,
  capacityOf,
  endIntended,
  groupName,
  newcomerProved,
  oldEnded,
  overruled,
  returnIntended,
  surgeIntended,
} from './surgeStory.ts';

const hour = 60;
const old = anInstance('a');
const newcomer = anInstance('a2', { build: october, registeredAt: at(11) });
const asked = [surgeIntended(), happened.succeeded('surge-2', 3)];

const planFor = (group: ObservedAutoScalingGroup, state = bySurge(), minute = 10) =>
  planSteps(
    state,
    aSight({ view: aFleet({ instances: [old] }), now: at(minute), ...capacityOf(group) }),
  );
const heldFor = (fields: Partial<ObservedAutoScalingGroup>) =>
  planFor(aGroup(['a'], fields)).holds.map(({ reason }) => reason);

describe('an instance that is to be replaced by surge', () => {
  it('has its group asked for one more, and keeps its lease from then on', () => {
    const { proposals } = planFor(aGroup(['a']));
    const leases = [{ type: 'GrantLease', subject: { kind: 'instance', id: instanceArn('a') } }];
    expect(proposals[0]).toMatchObject({
      leases,
      step: { type: 'SurgeGroup', groupName, from: 1, to: 2 },
    });
  });

  it.each<[string, Partial<ObservedAutoScalingGroup>]>([
    ['AtMaximumSize', { maxSize: 1 }],
    ['GroupChanging', { status: 'Delete in progress' }],
    ['GroupChanging', { instanceRefreshUnderway: true }],
    ['LaunchSuspended', { suspendedProcesses: ['Launch'] }],
    ['WeightedCapacity', { weighted: true }],
    ['CapacityUnknown', { inService: [] }],
  ])('is held: %s', (reason, fields) => {
    expect(heldFor(fields)).toEqual([reason]);
  });

  it('is left alone where ECS scales the group', () => {
    const group = aGroup(['a']);
    const managed = { autoScalingGroupArn: group.arn, managedScaling: true };
    const provider = {
      name: 'shop',
      status: 'ACTIVE',
      group: { ...managed, managedTerminationProtection: false },
    };
    const { capacity } = capacityOf(group);
    const sight = aSight({
      view: aFleet({ instances: [old] }),
      capacity: { ...capacity, providers: { shop: { provider } } },
    });
    expect(planSteps(bySurge(), sight).holds).toMatchObject([{ reason: 'ManagedScaling' }]);
  });

  it('is no reason to ask for more than the maximum, nor twice in one pass', () => {
    const names = ['a', 'b', 'c'];
    const instances = names.map((name) => anInstance(name));
    const policy = { replacement: 'surge' } as const;
    const state = rolloutAfter({ instances: names, policy }, happened.started(), happened.learnt());
    const ledger = { ...ledgerHolding(), budget: wide };
    const sight = aSight({ view: aFleet({ instances }), ledger, ...capacityOf(aGroup(names)) });
    const { proposals, holds } = planSteps(state, sight);
    const surges = proposals.filter(({ step }) => step.type === 'SurgeGroup');
    expect(surges).toMatchObject([{ step: { from: 3, to: 4 } }]);
    expect(holds.map(({ reason }) => reason)).toEqual(['AtMaximumSize', 'AtMaximumSize']);
  });

  it('waits while the desired capacity is being set, and again for a newcomer', () => {
    expect(stepsAt(4, bySurge(surgeIntended()), [old])).toEqual([]);
    expect(stepsAt(4, bySurge(...asked), [old])).toEqual([]);
  });

  it('is given the newcomer that registers, which is proved before anything is drained', () => {
    const [recorded] = stepsAt(12, bySurge(...asked), [old, newcomer]);
    expect(recorded).toMatchObject({
      type: 'RecordReplacement',
      replacementArn: instanceArn('a2'),
    });
    const state = bySurge(...asked, happened.replaced('a', 'a2', 12));
    expect(stepsAt(13, state, [old, newcomer])).toMatchObject([{ type: 'ProveInstance' }]);
  });

  it('is given no newcomer of another group', () => {
    const other = aGroup(['a2'], { name: 'other', arn: 'other' });
    const { capacity } = capacityOf(other);
    expect(stepsAt(12, bySurge(...asked), [old, newcomer], { capacity })).toEqual([]);
  });

  it('is drained once its newcomer is proved, ended with decrement, and done', () => {
    const drain = stepsAt(16, bySurge(...newcomerProved()), [old, newcomer]);
    expect(drain).toMatchObject([{ type: 'DrainInstance' }]);
    const ended = bySurge(...oldEnded());
    expect(ended.groups[groupName]?.desired).toBe(1);
    const [retire] = stepsAt(23, ended, [newcomer]);
    expect(retire).toMatchObject({ type: 'RetireInstance' });
    if (retire === undefined) throw new Error('it is retired');
    expect(rollout.decide(retire, ended)).toMatchObject([{ type: 'InstanceRetired' }]);
  });
});

const wide = {
  instances: { percent: 100 },
  services: { percent: 100 },
  reasons: [{ reason: 'patch' as const }],
};

describe('what was launched for nothing', () => {
  it('is given back, and the rollout halts, when nothing registers', () => {
    const steps = stepsAt(2 * hour, bySurge(...asked), [old]);
    expect(steps).toMatchObject([
      { type: 'HaltRollout', reason: 'ReplacementOverdue' },
      { type: 'ReturnSurplus', reason: 'ReplacementOverdue' },
    ]);
  });

  it('is given back when it does not prove itself', () => {
    const state = bySurge(
      ...asked,
      happened.replaced('a', 'a2', 12),
      happened.proofIntended('a', 13),
    );
    const steps = stepsAt(2 * hour, state, [old, newcomer]);
    expect(steps).toMatchObject([
      { type: 'HaltRollout' },
      { type: 'ReturnSurplus', newcomer: { replacementArn: instanceArn('a2') } },
    ]);
  });

  it.each([
    ['is asked for', asked],
    ['is proved', newcomerProved()],
  ])('is given back when the rollout stops after it %s', (_when, past) => {
    const steps = stepsAt(20, bySurge(...past, happened.halted(16)), [old, newcomer]);
    expect(steps).toMatchObject([{ type: 'ReturnSurplus', reason: 'RolloutHalted' }]);
  });

  it('is given back when the old one dies meanwhile', () => {
    const steps = stepsAt(20, bySurge(...newcomerProved()), [newcomer]);
    expect(steps).toMatchObject([{ type: 'ReturnSurplus', reason: 'InstanceNotActive' }]);
  });

  it('is drained, then ended, then settled; only then the lease goes back', () => {
    const emptying = [...newcomerProved(), returnIntended('a', 'a2')];
    const drained = anInstance('a2', { build: october, status: 'DRAINING' });
    expect(stepsAt(31, bySurge(...emptying), [old, newcomer])).toEqual([]);
    const emptied = bySurge(...emptying, happened.succeeded('empty-a', 31));
    expect(stepsAt(32, emptied, [old, drained])).toMatchObject([
      { type: 'EndSurplus', ec2InstanceId: ec2Id('a2') },
    ]);
    const ending = [...emptying, happened.succeeded('empty-a', 31), endIntended()];
    expect(stepsAt(41, bySurge(...ending), [old])).toEqual([]);
    const ended = bySurge(...ending, happened.succeeded('end-a', 41));
    expect(stepsAt(42, ended, [old])).toMatchObject([{ type: 'SettleSurplus' }]);
    expect(ended.groups[groupName]?.desired).toBe(1);
  });

  it('is ended as it is where it never registered, and left alone while that is not known', () => {
    const state = bySurge(...asked, returnIntended());
    const known = capacityOf(aGroup(['a', 'ghost']), at(35));
    expect(stepsAt(36, state, [old], known)).toMatchObject([
      { type: 'EndSurplus', ec2InstanceId: ec2Id('ghost') },
    ]);
    expect(stepsAt(36, state, [old], capacityOf(aGroup(['a', 'ghost']), at(29)))).toEqual([]);
  });

  it('is not ended but wanted no more where the group has launched nothing', () => {
    const known = capacityOf(aGroup(['a'], { desiredCapacity: 2 }), at(35));
    const [step] = stepsAt(36, bySurge(...asked, returnIntended()), [old], known);
    expect(step).toMatchObject({ type: 'EndSurplus' });
    expect(step).not.toMatchObject({ ec2InstanceId: expect.anything() });
  });

  it('stays, named, where it cannot be emptied', () => {
    const past = [
      ...newcomerProved(),
      returnIntended('a', 'a2'),
      happened.succeeded('empty-a', 31),
    ];
    const full = anInstance('a2', { build: october, status: 'DRAINING', runningTasksCount: 1 });
    expect(stepsAt(3 * hour, bySurge(...past), [old, full])).toMatchObject([
      { type: 'KeepSurplus', reason: 'SurplusNotEmptied' },
    ]);
  });

  it('is not given up by any step that would let go of the old one', () => {
    const state = bySurge(...newcomerProved());
    const because = { reason: 'InstanceNotActive', detail: 'gone' } as const;
    const about = { containerInstanceArn: instanceArn('a'), now: at(16), ...because };
    expect(rollout.decide({ type: 'SkipInstance', ...about }, state)).toEqual([]);
  });
});

describe('a desired capacity that somebody else has set', () => {
  it('lets an untouched instance wait until a person has looked', () => {
    const state = bySurge(...newcomerProved(), overruled());
    expect(state.instances[instanceArn('a')]?.status).toBe('waiting');
    const { proposals, holds } = planFor(aGroup(['a']), state, 26);
    expect(holds).toMatchObject([{ reason: 'DesiredCapacityConflict' }]);
    expect(proposals.filter(({ step }) => step.type === 'SurgeGroup')).toEqual([]);
    const resumed = bySurge(
      ...newcomerProved(),
      overruled(),
      happened.paused(26),
      happened.resumed(27),
    );
    expect(planFor(aGroup(['a']), resumed, 28).proposals[0]).toMatchObject({
      step: { type: 'SurgeGroup' },
    });
  });

  it('hands back what was being emptied', () => {
    const past = [
      ...newcomerProved(),
      happened.drainIntended('a', 16),
      happened.succeeded('drain-a'),
    ];
    const state = bySurge(...past, overruled());
    const draining = anInstance('a', { status: 'DRAINING' });
    expect(stepsAt(26, state, [draining, newcomer])).toMatchObject([
      { type: 'RestoreInstance', reason: 'DesiredCapacityConflict' },
    ]);
  });

  it('leaves a newcomer that was to go where it is, in service', () => {
    const past = [
      ...newcomerProved(),
      returnIntended('a', 'a2'),
      happened.succeeded('empty-a', 31),
    ];
    const drained = anInstance('a2', { build: october, status: 'DRAINING' });
    const state = bySurge(...past, overruled(1, 32));
    expect(stepsAt(33, state, [old, drained])).toMatchObject([{ type: 'KeepSurplus' }]);
  });

  it('is noted once, and only where something of ours is under way there', () => {
    const command = { type: 'OverruleGroup', groupName, desired: 1, now: at(25) } as const;
    expect(rollout.decide(command, bySurge(...asked))).toHaveLength(1);
    expect(rollout.decide(command, bySurge(...asked, overruled()))).toEqual([]);
    expect(rollout.decide(command, bySurge())).toEqual([]);
  });

  it('that was refused before anything was set lets the instance wait', () => {
    const state = bySurge(surgeIntended());
    const outcome = {
      status: 'failed',
      reason: 'the maximum is 1',
      held: 'AtMaximumSize',
    } as const;
    const command = {
      type: 'RecordOutcome',
      effectId: effectId('surge-2'),
      outcome,
      now: at(3),
    } as const;
    const events = rollout.decide(command, state);
    expect(events.map(({ type }) => type)).toEqual(['EffectFailed', 'GroupSurgeRefused']);
    const after = bySurge(surgeIntended(), ...events);
    expect(after.instances[instanceArn('a')]?.status).toBe('waiting');
    expect(after.groups[groupName]?.desired).toBeUndefined();
    expect(heldInstance('a').leaseId).toBeDefined();
  });
});
