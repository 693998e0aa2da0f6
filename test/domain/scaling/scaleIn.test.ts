import { describe, expect, it } from 'vitest';
import { ledger } from '../../../domain/maintenance/ledger.ts';
import { planCapacity } from '../../../domain/scaling/planCapacity.ts';
import { scaleInLeaseId } from '../../../domain/scaling/scaleInDesk.ts';
import { defaultScalingPolicy } from '../../../domain/scaling/scalingPolicy.ts';
import type { LeaseId, RolloutId } from '../../../events/ids.ts';
import {
  aService,
  aTask,
  aTaskDefinition,
  at,
  clusterName,
  ec2Id,
  instanceArn,
} from '../../support/fleetBuilder.ts';
import { generous, noWindows, plain, plan, questionOf } from './capacityQuestions.ts';
import { m5 } from './scalingBuilder.ts';

const tasksOn = (name: string, count: number, service = 'orders') =>
  Array.from({ length: count }, (_, index) => aTask(`${name}${index}`, { on: name, service }));
const orders = (desiredCount: number, fields: Parameters<typeof aService>[1] = {}) =>
  aService('orders', { desiredCount, placementConstraints: [], ...fields });

// Three instances that hold eight tasks each; a has one, b four, c six.
const three = plain(['a', 'b', 'c'], { minSize: 1 });
const tasks = [...tasksOn('a', 1), ...tasksOn('b', 4), ...tasksOn('c', 6)];
const services = [orders(11)];
const fleet = { instances: three.instances, tasks, services };
const { capacity } = three;

describe('scale-in', () => {
  it('takes what saves most for what it disturbs, and leaves the rest for later', () => {
    const found = plan(fleet, { capacity });
    expect(found.does).toEqual(['drain a']);
    // The score of b is 0.93, that of c 0.67; one goes at a time.
    expect(found.holds).toEqual(['b: StepLimit', 'c: StepLimit']);
  });

  it('asks the ledger first, for the reason scaleIn, with what the instance is among', () => {
    const { proposals } = planCapacity(questionOf(fleet, { capacity }));
    expect(proposals[0]?.lease).toMatchObject({
      type: 'GrantLease',
      subject: { kind: 'instance', id: instanceArn('a') },
      reason: 'scaleIn',
      holder: 'scaling#shop',
      total: 3,
      services: [{ name: 'orders' }],
    });
  });

  it('gets nothing from a budget that does not list it', () => {
    const found = plan(fleet, { capacity, ledger: ledger.initialState });
    expect(found.does).toEqual([]);
    expect(found.holds).toContain('a: BudgetSpent');
  });

  it('moves nothing for which there is no room', () => {
    // Three CPUs are free beside a, two on one instance and one on the other.
    const wide = [...tasksOn('a', 1, 'wide'), ...tasksOn('b', 6), ...tasksOn('c', 7)];
    const taskDefinitions = [
      aTaskDefinition('orders'),
      aTaskDefinition('wide', { cpu: 3_072, memoryMiB: 1_024 }),
    ];
    const wants = [orders(13), aService('wide', { desiredCount: 1, placementConstraints: [] })];
    const asked = { ...fleet, tasks: wide, services: wants, taskDefinitions };
    const found = plan(asked, { capacity });
    // What is on b is more, and in parts that fit.
    expect(found.does).toEqual(['drain b']);
    expect(found.holds).toContain('a: NoCapacity');
  });

  it('keeps something free for the next deployment', () => {
    const half = [...tasksOn('a', 4), ...tasksOn('b', 4), ...tasksOn('c', 7)];
    const packed = { ...fleet, tasks: half, services: [orders(15)] };
    expect(plan(packed, { capacity, keepFreePercent: 10 })).toMatchObject({
      does: [],
      holds: expect.arrayContaining(['a: HeadroomKept']),
    });
    expect(plan(packed, { capacity, keepFreePercent: 5 }).does).toEqual(['drain a']);
  });

  it('is not worth it where almost all of the disturbance is for a share of the savings', () => {
    const uneven = [...tasksOn('a', 1), ...tasksOn('b', 1), ...tasksOn('c', 8)];
    const found = plan({ ...fleet, tasks: uneven, services: [orders(10)] }, { capacity });
    expect(found.holds).toContain('c: NotWorthMoving');
  });

  it('takes an empty instance before any other', () => {
    const empty = [...tasksOn('b', 1), ...tasksOn('c', 1)];
    expect(plan({ ...fleet, tasks: empty, services: [orders(2)] }, { capacity }).does).toEqual([
      'drain a',
    ]);
  });

  it('takes as many as its share of the group, each with room for what the others moved', () => {
    const names = ['a', 'b', 'c', 'd'];
    const { instances, capacity } = plain(names, { minSize: 1 });
    const policy = { ...defaultScalingPolicy, scaleInMostPercent: 75, keepFreePercent: 0 };
    // Nine tasks in all: they fit two instances and not one.
    const spread = [...tasksOn('a', 2), ...tasksOn('b', 2), ...tasksOn('c', 2), ...tasksOn('d', 3)];
    const asked = { instances, tasks: spread, services: [orders(9)] };
    expect(plan(asked, { capacity, policy }).does).toEqual(['drain a', 'drain b']);
  });
});

describe('an instance stays', () => {
  const lonely = (fields: Parameters<typeof m5>[1]) => ({
    ...fleet,
    instances: [m5('a', fields), m5('b'), m5('c')],
  });

  it('that registered not long ago', () => {
    expect(plan(lonely({ registeredAt: at(30) }), { capacity }).holds).toContain(
      'a: InstanceTooNew',
    );
  });

  it('whose agent is silent, or that someone drains', () => {
    expect(plan(lonely({ agentConnected: false }), { capacity }).holds).toContain(
      'a: InstanceNotActive',
    );
    expect(plan(lonely({ status: 'DRAINING' }), { capacity }).holds).toContain(
      'a: DrainedBySomeoneElse',
    );
  });

  it('that is protected from scale-in', () => {
    const { capacity } = plain(['a', 'b', 'c'], {
      minSize: 1,
      protectedFromScaleIn: [ec2Id('a')],
    });
    expect(plan(fleet, { capacity }).holds).toContain('a: ProtectedFromScaleIn');
  });

  it('that runs a standalone task', () => {
    const job = aTask('job', { on: 'a', group: 'family:report' });
    expect(plan({ ...fleet, tasks: [...tasks, job] }, { capacity }).holds).toContain(
      'a: StandaloneTask',
    );
  });

  it('that someone else disturbs', () => {
    const subject = { kind: 'instance' as const, id: instanceArn('a') };
    const lease = { reason: 'patch' as const, holder: 'rollout#x', grantedAt: at(50), subject };
    const leases = { l: { ...lease, leaseId: 'l' as LeaseId } };
    const found = plan(fleet, { capacity, ledger: { ...generous, leases } });
    expect(found.holds).toContain('a: InstanceLeased');
  });

  it('while one is going already, so that the group does not fall below its minimum', () => {
    const subject = { kind: 'instance' as const, id: instanceArn('a') };
    const leaseId = scaleInLeaseId(clusterName, instanceArn('a'));
    const lease = { reason: 'scaleIn' as const, holder: 'scaling#shop', grantedAt: at(50) };
    const leases = { [leaseId]: { ...lease, leaseId, subject } };
    const draining = lonely({ status: 'DRAINING' });
    const { capacity } = plain(['a', 'b', 'c'], { minSize: 2 });
    const found = plan(draining, { capacity, ledger: { ...generous, leases } });
    expect(found).toEqual({
      does: [],
      holds: ['a: InstanceLeased', 'b: StepLimit', 'c: StepLimit'],
    });
  });

  it('while no window is open', () => {
    const found = plan(fleet, { capacity, maintenance: noWindows });
    expect(found.does).toEqual([]);
    expect(found.holds).toContain('a: WindowClosed');
  });
});

describe('a group is not made smaller', () => {
  const known = capacity.groups.plain;
  if (known === undefined) throw new Error('the group is known');
  const changed = (...steps: readonly (readonly [minute: number, from: number, to: number])[]) => ({
    ...capacity,
    groups: {
      plain: {
        ...known,
        desiredChanges: steps.map(([minute, from, to]) => ({ at: at(minute), from, to })),
      },
    },
  });
  const ours = (...steps: readonly (readonly [minute: number, to: number])[]) =>
    steps.map(([minute, desiredCapacity]) => ({
      groupName: 'plain',
      desiredCapacity,
      at: at(minute),
    }));

  it('at its minimum', () => {
    const { capacity } = plain(['a', 'b', 'c'], { minSize: 3 });
    expect(plan(fleet, { capacity })).toEqual({ does: [], holds: ['plain: AtMinimumSize'] });
  });

  it('soon after it has grown', () => {
    const found = plan(fleet, { capacity: changed([45, 2, 3]), intents: ours([44, 3]) });
    expect(found).toEqual({ does: [], holds: ['plain: ScalingCooldown'] });
  });

  it('soon after someone else has set its desired capacity', () => {
    const found = plan(fleet, { capacity: changed([10, 2, 3]) });
    expect(found).toEqual({ does: [], holds: ['plain: DesiredCapacityConflict'] });
  });

  it('once it has gone up and down too often', () => {
    const steps = [
      [-200, 2, 3],
      [-160, 3, 2],
      [-120, 2, 3],
      [-80, 3, 2],
      [-40, 2, 3],
    ] as const;
    const intents = ours([-201, 3], [-161, 2], [-121, 3], [-81, 2], [-41, 3]);
    const found = plan(fleet, { capacity: changed(...steps), intents });
    expect(found).toEqual({ does: [], holds: ['plain: DirectionFlips'] });
    const policy = { ...defaultScalingPolicy, keepFreePercent: 0, flipsMost: 6 };
    expect(plan(fleet, { capacity: changed(...steps), intents, policy }).does).toEqual(['drain a']);
  });

  it('while tasks wait, whether or not there is room for them', () => {
    expect(plan({ ...fleet, services: [orders(12)] }, { capacity })).toEqual({
      does: [],
      holds: ['plain: TasksWaiting'],
    });
  });

  it('while instances of it are on their way', () => {
    const { capacity } = plain(['a', 'b', 'c'], { minSize: 1, desiredCapacity: 4 });
    expect(plan(fleet, { capacity }).holds).toEqual(['plain: CapacityComing']);
  });

  it('by what was described too long ago', () => {
    expect(plan(fleet, { capacity, now: at(81) }).holds).toEqual(['plain: FactsStale']);
  });

  it('where the next wave of a rollout would then find no room', () => {
    // With c and a gone eleven tasks would be left to b, which holds eight; c itself may not go,
    // for then the wave takes b.
    const instances = ['b', 'c'].map((name) => instanceArn(name));
    const waves = [{ rolloutId: 'rollout-october' as RolloutId, instances, atOnce: 1 }];
    const found = plan(fleet, { capacity, waves });
    expect(found.does).toEqual([]);
    expect(found.holds).toEqual(expect.arrayContaining(['a: NoCapacity', 'c: NoCapacity']));
  });
});
