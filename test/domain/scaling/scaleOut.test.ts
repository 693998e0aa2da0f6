import { describe, expect, it } from 'vitest';
import type { RolloutId } from '../../../events/ids.ts';
import { aService, aTask, aTaskDefinition, at, instanceArn } from '../../support/fleetBuilder.ts';
import { plain, plan } from './capacityQuestions.ts';
import { aGroup, aProvider, capacityOf, m5, waiting } from './scalingBuilder.ts';

// Eight tasks of 1 vCPU and 2 GiB fill the CPU of an m5.2xlarge.

const tasksOn = (name: string, count: number, service = 'orders') =>
  Array.from({ length: count }, (_, index) => aTask(`${name}${index}`, { on: name, service }));
const wants = (desiredCount: number, name = 'orders') =>
  aService(name, { desiredCount, placementConstraints: [] });
const two = plain(['a', 'b']);
const full = [...tasksOn('a', 8), ...tasksOn('b', 8)];

describe('scale-out for tasks that wait', () => {
  it('packs what a service lacks onto as few instances as hold it', () => {
    const { instances, capacity } = two;
    const found = plan({ instances, tasks: full, services: [wants(26)] }, { capacity });
    expect(found.does).toEqual(['plain 2 -> 4 (2 for tasks, 0 for a wave)']);
    expect(found.holds).toEqual(['plain: TasksWaiting']);
  });

  it('asks for nothing where there is room', () => {
    const { instances, capacity } = two;
    const tasks = tasksOn('a', 8);
    expect(plan({ instances, tasks, services: [wants(12)] }, { capacity })).toEqual({
      does: [],
      holds: ['plain: TasksWaiting'],
    });
  });

  it('goes by what is desired and not by what runs in the middle of a deployment', () => {
    // containers-roadmap#525: 16 old tasks and 16 new ones are no demand for 32.
    const { instances, capacity } = two;
    const service = { ...wants(16), runningCount: 16, pendingCount: 16 };
    const { does } = plan({ instances, tasks: full, services: [service] }, { capacity });
    expect(does).toEqual([]);
  });

  it('counts instances that are on their way as room', () => {
    const { instances, capacity } = plain(['a', 'b'], { desiredCapacity: 3 });
    const found = plan({ instances, tasks: full, services: [wants(20)] }, { capacity });
    expect(found.does).toEqual([]);
    expect(found.holds).toContain('service:orders: CapacityComing');
  });

  it('asks for the rest where those on their way are not enough', () => {
    const { instances, capacity } = plain(['a', 'b'], { desiredCapacity: 3 });
    const { does } = plan({ instances, tasks: full, services: [wants(30)] }, { capacity });
    expect(does).toEqual(['plain 3 -> 4 (1 for tasks, 0 for a wave)']);
  });

  it('asks once: what it asked for and nobody has described yet counts', () => {
    const { instances, capacity } = two;
    const intents = [{ groupName: 'plain', desiredCapacity: 4, at: at(55) }];
    const fleet = { instances, tasks: full, services: [wants(26)] };
    expect(plan(fleet, { capacity, intents }).does).toEqual([]);
    // Found by the swinging demand: described and intended in one moment, it was meant again.
    const atOnce = [{ groupName: 'plain', desiredCapacity: 4, at: at(50) }];
    expect(plan(fleet, { capacity, intents: atOnce }).does).toEqual([]);
    const stale = [{ groupName: 'plain', desiredCapacity: 4, at: at(45) }];
    expect(plan(fleet, { capacity, intents: stale }).does).toHaveLength(1);
  });

  it('asks for nothing for tasks of a drained instance that are replaced elsewhere', () => {
    // Found by the swinging demand: old and new were both given room, and a scale-in grew back.
    const { capacity } = plain(['a', 'b', 'c']);
    const instances = [m5('a'), m5('b'), m5('c', { status: 'DRAINING' })];
    const services = [wants(16)];
    const old = tasksOn('c', 4);
    const replaced = [...tasksOn('a', 8), ...tasksOn('b', 8), ...old];
    expect(plan({ instances, tasks: replaced, services }, { capacity }).does).toEqual([]);
    // Of those still to come one in four has no room.
    const coming = [...tasksOn('a', 8), ...tasksOn('b', 5), ...old];
    expect(plan({ instances, tasks: coming, services }, { capacity }).does).toEqual([]);
    const short = plan({ instances, tasks: coming, services: [wants(17)] }, { capacity });
    expect(short.does).toEqual(['plain 3 -> 4 (1 for tasks, 0 for a wave)']);
  });

  it('keeps to the maximum of the group and says so', () => {
    const { instances, capacity } = plain(['a', 'b'], { maxSize: 3 });
    const found = plan({ instances, tasks: full, services: [wants(40)] }, { capacity });
    expect(found.does).toEqual(['plain 2 -> 3 (1 for tasks, 0 for a wave)']);
    expect(found.holds).toContain('service:orders: AtMaximumSize');
  });

  it('takes a step at a time, and says what waits for the next', () => {
    const { instances, capacity } = plain(['a', 'b'], { maxSize: 90 });
    const found = plan({ instances, tasks: full, services: [wants(200)] }, { capacity });
    expect(found.does).toEqual(['plain 2 -> 12 (10 for tasks, 0 for a wave)']);
    expect(found.holds).toContain('service:orders: StepLimit');
  });

  it('keeps the memory free that Windows needs', () => {
    const { instances, capacity } = plain(['a']);
    // 31 GiB fit 32,767 MiB, and leave no 2,048 for Windows.
    const taskDefinitions = [aTaskDefinition('orders', { memoryMiB: 31_744 })];
    const found = plan({ instances, taskDefinitions, services: [wants(1)] }, { capacity });
    expect(found.does).toEqual([]);
    expect(found.holds).toContain('service:orders: FitsNoInstanceType');
  });

  it('launches nothing for a task that no new instance may take by its constraint', () => {
    const { instances, capacity } = two;
    const expression = 'attribute:tuesday.os-build in [1.1]';
    const placementConstraints = [{ type: 'memberOf', expression }];
    const services = [{ ...wants(1), placementConstraints }];
    const found = plan({ instances, services }, { capacity });
    expect(found.does).toEqual([]);
    expect(found.holds).toContain('service:orders: FitsNoInstanceType');
  });

  it('says which task it cannot ask about', () => {
    const { instances, capacity } = two;
    const placementConstraints = [{ type: 'memberOf', expression: 'moon ==' }];
    const services = [{ ...wants(1), placementConstraints }];
    expect(plan({ instances, services }, { capacity }).holds).toContain(
      `${services[0]?.serviceArn}: PlacementUnreadable`,
    );
  });

  it('asks a group of several types for as many as the smallest would need', () => {
    const large = m5('b');
    const small = {
      ...large,
      registered: { ...large.registered, cpu: 2_048, memoryMiB: 8_191 },
      remaining: { ...large.remaining, cpu: 2_048, memoryMiB: 8_191 },
      attributes: { ...large.attributes, 'ecs.instance-type': 'm5.large' },
    };
    const group = aGroup('plain', { has: ['a', 'b'], instanceTypes: ['m5.2xlarge', 'm5.large'] });
    const tasks = [...tasksOn('a', 8), ...tasksOn('b', 2)];
    const fleet = { instances: [m5('a'), small], tasks, services: [wants(14)] };
    const { does } = plan(fleet, { capacity: capacityOf([], [group], at(50)) });
    expect(does).toEqual(['plain 2 -> 4 (2 for tasks, 0 for a wave)']);
  });
});

describe('a group is left alone', () => {
  const fleet = { instances: two.instances, tasks: full, services: [wants(26)] };
  const grouped = (fields: Parameters<typeof aGroup>[1], observedAt = at(50)) =>
    capacityOf([], [aGroup('plain', { has: ['a', 'b'], ...fields })], observedAt);

  it.each([
    ['that was described too long ago', grouped({}, at(29)), 'FactsStale'],
    ['that is being deleted', grouped({ status: 'Delete in progress' }), 'GroupChanging'],
    ['in an instance refresh', grouped({ instanceRefreshUnderway: true }), 'GroupChanging'],
    ['that counts by weights', grouped({ weighted: true }), 'WeightedCapacity'],
  ])('%s', (_, capacity, reason) => {
    const found = plan(fleet, { capacity });
    expect(found.does).toEqual([]);
    expect(found.holds).toContain(`plain: ${reason}`);
  });

  it('whose launches are suspended', () => {
    const found = plan(fleet, { capacity: grouped({ suspendedProcesses: ['Launch'] }) });
    expect(found.does).toEqual([]);
    expect(found.holds).toContain('service:orders: LaunchSuspended');
  });

  it('of whose types one was never seen', () => {
    const capacity = grouped({ instanceTypes: ['m5.2xlarge', 'r5.large'] });
    expect(plan(fleet, { capacity })).toMatchObject({
      does: [],
      holds: expect.arrayContaining(['service:orders: CapacityUnknown']),
    });
  });
});

describe('capacity providers', () => {
  const instances = ['a', 'b'].map((name) => m5(name, { capacityProviderName: 'win' }));
  const group = aGroup('win', { has: ['a', 'b'] });
  const tasks = [...full, ...waiting(4, 'win')];
  const services = [wants(20)];

  it('that ECS scales are left to ECS', () => {
    const capacity = capacityOf([aProvider('win')], [group], at(50));
    expect(plan({ instances, tasks, services }, { capacity })).toEqual({
      does: [],
      holds: ['service:orders: ManagedScaling', 'win: ManagedScaling'],
    });
  });

  it('without managed scaling get what their tasks need', () => {
    const capacity = capacityOf([aProvider('win', { managedScaling: false })], [group], at(50));
    expect(plan({ instances, tasks, services }, { capacity }).does).toEqual([
      'win 2 -> 3 (1 for tasks, 0 for a wave)',
    ]);
  });

  it('get tasks of their own, and not those of another', () => {
    const off = { managedScaling: false };
    const providers = [aProvider('win', off), aProvider('other', off)];
    const other = m5('c', { capacityProviderName: 'other' });
    const groups = [group, aGroup('other', { has: ['c'] })];
    const fleet = { instances: [...instances, other], tasks, services };
    // There is room on c, which these tasks may not have.
    expect(plan(fleet, { capacity: capacityOf(providers, groups, at(50)) }).does).toEqual([
      'win 2 -> 3 (1 for tasks, 0 for a wave)',
    ]);
  });
});

describe('headroom for the next wave of a rollout', () => {
  const wave = (names: readonly string[], atOnce: number) => [
    {
      rolloutId: 'rollout-october' as RolloutId,
      instances: names.map((name) => instanceArn(name)),
      atOnce,
    },
  ];
  const three = plain(['a', 'b', 'c']);
  const services = [wants(22)];

  it('is launched before the wave begins, for the largest that it may empty together', () => {
    const tasks = [...tasksOn('a', 8), ...tasksOn('b', 6), ...tasksOn('c', 8)];
    const found = plan(
      { instances: three.instances, tasks, services },
      { capacity: three.capacity, waves: wave(['a', 'b', 'c'], 1) },
    );
    expect(found.does).toEqual(['plain 3 -> 4 (0 for tasks, 1 for a wave)']);
  });

  it('is not launched where the rest has room', () => {
    const tasks = [...tasksOn('a', 4), ...tasksOn('b', 4), ...tasksOn('c', 4)];
    const found = plan(
      { instances: three.instances, tasks, services: [wants(12)] },
      { capacity: three.capacity, waves: wave(['a', 'b', 'c'], 1) },
    );
    expect(found.does).toEqual([]);
  });

  it('is never more than the wave empties, and what lacks is told', () => {
    const { instances, capacity } = plain(['a', 'b', 'c', 'd'], { maxSize: 5 });
    const tasks = ['a', 'b', 'c', 'd'].flatMap((name) => tasksOn(name, 8));
    const found = plan(
      { instances, tasks, services: [wants(32)] },
      { capacity, waves: wave(['a', 'b', 'c', 'd'], 2) },
    );
    expect(found.does).toEqual(['plain 4 -> 5 (0 for tasks, 1 for a wave)']);
    expect(found.holds).toContain('rollout-october: AtMaximumSize');
  });

  it('drift of four instances at once has a peak of four more, and no more the second time', () => {
    // karpenter-provider-aws#6426, #3921: drift made four times the nodes.
    const { instances, capacity } = plain(['a', 'b', 'c', 'd']);
    const tasks = ['a', 'b', 'c', 'd'].flatMap((name) => tasksOn(name, 8));
    const fleet = { instances, tasks, services: [wants(32)] };
    const waves = wave(['a', 'b', 'c', 'd'], 4);
    expect(plan(fleet, { capacity, waves }).does).toEqual([
      'plain 4 -> 8 (0 for tasks, 4 for a wave)',
    ]);
    const intents = [{ groupName: 'plain', desiredCapacity: 8, at: at(59) }];
    expect(plan(fleet, { capacity, waves, intents }).does).toEqual([]);
  });

  it('waits where someone else has just set the desired capacity; tasks do not', () => {
    // terraform-provider-aws#10308: desired is reset by another tool.
    const known = plain(['a', 'b', 'c']).capacity;
    const group = known.groups.plain;
    if (group === undefined) throw new Error('the group is known');
    const reset = { ...group, desiredChanges: [{ at: at(40), from: 10, to: 3 }] };
    const capacity = { ...known, groups: { plain: reset } };
    const tasks = ['a', 'b', 'c'].flatMap((name) => tasksOn(name, 8));
    const fleet = { instances: three.instances, tasks, services: [wants(24)] };
    const found = plan(fleet, { capacity, waves: wave(['a', 'b', 'c'], 1) });
    expect(found.does).toEqual([]);
    expect(found.holds).toContain('plain: DesiredCapacityConflict');
    const more = { ...fleet, services: [wants(28)] };
    expect(plan(more, { capacity }).does).toEqual(['plain 3 -> 4 (1 for tasks, 0 for a wave)']);
  });
});
