import { describe, expect, it } from 'vitest';
import { capacityReport } from '../../../domain/scaling/capacityReport.ts';
import type { CapacityState } from '../../../domain/scaling/clusterCapacity.ts';
import {
  aFleet,
  anInstance,
  aService,
  aTask,
  aTaskDefinition,
  at,
  minutes,
} from '../../support/fleetBuilder.ts';
import { aGroup, aProvider, capacityOf, m5, waiting } from './scalingBuilder.ts';

type Fleet = Parameters<typeof aFleet>[0];
const nothing: CapacityState = { providers: {}, groups: {} };
const reportOf = (fleet: Fleet, state: CapacityState = nothing) =>
  capacityReport(aFleet(fleet), state, at(60));
const win = capacityOf([aProvider('win')], [aGroup('win', { has: ['a', 'b'] })]);
const two = [m5('a', { capacityProviderName: 'win' }), m5('b', { capacityProviderName: 'win' })];
const running = [aTask('t1', { on: 'a' }), aTask('t2', { on: 'b' })];
const orders = aService('orders');

describe('the capacity of a cluster', () => {
  it('is told for each capacity provider: what is there, what it is kept at, what follows', () => {
    const { rows } = reportOf({ instances: two, tasks: running, services: [orders] }, win);
    expect(rows).toMatchObject([
      {
        capacityProviderName: 'win',
        autoScalingGroupName: 'win',
        managedScaling: 'on',
        instances: { registered: 2, draining: 0, disconnected: 0, empty: 0 },
        tasks: { running: 2, pending: 0, provisioning: 0 },
        size: { desired: 2, minimum: 2, maximum: 10, inService: 2 },
        reservation: { percent: 100 },
        targetPercent: 100,
        next: { action: 'none', code: 'AtTarget' },
        unknown: [],
        observedAt: at(0),
      },
    ]);
  });

  it('says what each group launches from, where that was read and nothing overrides it', () => {
    const template = { id: 'lt-1', version: '$Default', number: 7, image: 'ami-1' };
    const seen = (more: object) => {
      const group = { ...aGroup('win', { has: ['a', 'b'] }), ...more };
      const { rows } = reportOf({ instances: two }, capacityOf([aProvider('win')], [group]));
      return rows[0]?.launchesFrom;
    };
    expect(seen({ launchTemplate: template })).toEqual({
      launchTemplateId: 'lt-1',
      version: 7,
      image: 'ami-1',
      amiName: null,
    });
    expect(seen({ launchTemplate: { id: 'lt-1', version: '7' } })).toBeNull();
    expect(seen({ launchTemplate: template, launchesOtherwise: true })).toBeNull();
    expect(seen({})).toBeNull();
  });

  it('counts tasks that wait for an instance, and says to how many ECS goes', () => {
    const tasks = [...running, ...waiting(9, 'win')];
    const services = [aService('orders', { desiredCount: 11 })];
    const { rows } = reportOf({ instances: two, tasks, services }, win);
    // 1 vCPU and 2 GiB each: eight fit an m5.2xlarge.
    expect(rows[0]).toMatchObject({
      tasks: { running: 2, provisioning: 9 },
      reservation: { needed: 4, percent: 200 },
      next: { action: 'scaleOut', code: 'ScalesOut', desiredCapacity: 4 },
    });
  });

  it('waits for an instance that has just registered', () => {
    const young = m5('b', { capacityProviderName: 'win', registeredAt: at(58) });
    const tasks = [...running, ...waiting(1, 'win')];
    const instances = [m5('a', { capacityProviderName: 'win' }), young];
    const { rows } = reportOf({ instances, tasks, services: [orders] }, win);
    expect(rows[0]?.next).toMatchObject({ code: 'InstancesWarmUp', notBefore: at(63) });
  });

  it('calls an instance with nothing but daemons empty', () => {
    const daemon = aService('agent', { schedulingStrategy: 'DAEMON' });
    const tasks = [aTask('t1', { on: 'a' }), aTask('d', { service: 'agent', on: 'b' })];
    const services = [orders, daemon];
    const group = aGroup('win', { has: ['a', 'b'], minSize: 0 });
    const state = capacityOf([aProvider('win')], [group]);
    const { rows } = reportOf({ instances: two, tasks, services }, state);
    expect(rows[0]).toMatchObject({
      instances: { empty: 1 },
      reservation: { percent: 50 },
      next: { action: 'scaleIn', desiredCapacity: 1 },
    });
  });

  it('a task whose service is not known is taken for no daemon', () => {
    const tasks = [aTask('t1', { on: 'a' }), aTask('t2', { on: 'b', service: 'unseen' })];
    const { rows } = reportOf({ instances: two, tasks, services: [orders] }, win);
    expect(rows[0]?.instances.empty).toBe(0);
  });

  it('says what it does not know, and guesses nothing in its place', () => {
    const { rows } = reportOf({ instances: two, tasks: running, services: [orders] });
    expect(rows).toMatchObject([
      {
        capacityProviderName: 'win',
        managedScaling: 'unknown',
        size: null,
        targetPercent: null,
        next: { action: 'unknown', code: 'ManagedScalingUnknown' },
        observedAt: null,
      },
    ]);
    expect(rows[0]?.unknown).toHaveLength(2);
  });

  it('a type that was never seen is not known, and so is what ECS makes of it', () => {
    const group = aGroup('win', { has: ['a', 'b'], instanceTypes: ['m5.2xlarge', 'r5.large'] });
    const state = capacityOf([aProvider('win')], [group]);
    const tasks = [...running, ...waiting(1, 'win')];
    const { rows } = reportOf({ instances: two, tasks, services: [orders] }, state);
    expect(rows[0]).toMatchObject({
      reservation: { isKnown: false, unknownTypes: ['r5.large'] },
      next: { action: 'unknown', code: 'InstanceTypesUnknown' },
    });
  });

  it('a type whose interfaces nobody has listed is not known to tasks that want one', () => {
    const odd = { 'ecs.instance-type': 'z1d.2xlarge' };
    const instances = [anInstance('a', { attributes: odd, capacityProviderName: 'win' })];
    const group = aGroup('win', { has: ['a'], instanceTypes: ['z1d.2xlarge'] });
    const state = capacityOf([aProvider('win')], [group]);
    const taskDefinitions = [{ ...aTaskDefinition('orders'), networkMode: 'awsvpc' }];
    const tasks = waiting(1, 'win');
    const found = reportOf({ instances, tasks, services: [orders], taskDefinitions }, state);
    expect(found.rows[0]?.reservation).toMatchObject({ isKnown: false });
  });

  it('leaves tasks without a strategy to nobody, and says so', () => {
    const tasks = [...running, ...waiting(3)];
    const services = [aService('orders', { desiredCount: 7 })];
    const found = reportOf({ instances: two, tasks, services }, win);
    expect(found).toMatchObject({ unclaimed: 3, provisioning: 3, provisioningMost: 500 });
    // Two run, three wait, seven are wanted.
    expect(found.missing).toEqual([{ serviceName: 'orders', tasks: 2 }]);
    expect(found.rows[0]).toMatchObject({ reservation: { percent: 100 } });
  });

  it('tells groups without a provider and instances without a group apart', () => {
    const group = aGroup('plain', { has: ['a'] });
    const found = reportOf({ instances: [m5('a'), m5('b')] }, capacityOf([], [group]));
    expect(found.rows).toMatchObject([
      { capacityProviderName: null, autoScalingGroupName: 'plain', instances: { registered: 1 } },
      { capacityProviderName: null, autoScalingGroupName: null, instances: { registered: 1 } },
    ]);
  });

  it('knows the provider of an instance by its group where the instance does not say', () => {
    const { rows } = reportOf({ instances: [m5('a'), m5('b')] }, win);
    expect(rows).toMatchObject([{ capacityProviderName: 'win', instances: { registered: 2 } }]);
  });

  it('managed scaling that is off has no target, and ECS does nothing', () => {
    const off = capacityOf([aProvider('win', { managedScaling: false })], []);
    const { rows } = reportOf({ instances: two, tasks: running, services: [orders] }, off);
    expect(rows[0]).toMatchObject({
      managedScaling: 'off',
      targetPercent: null,
      next: { action: 'none', code: 'ManagedScalingOff' },
    });
  });

  it('a scale-out begins the quarter of an hour before a scale-in anew', () => {
    const state = capacityOf([aProvider('win')], [aGroup('win', { has: ['a', 'b'], minSize: 0 })]);
    const raised = [{ at: at(55), from: 1, to: 2 }];
    const known = state.groups.win;
    if (known === undefined) throw new Error('the group is known');
    const groups = { win: { ...known, desiredChanges: raised } };
    const { rows } = reportOf({ instances: two }, { ...state, groups });
    const notBefore = at(55) + minutes(15);
    expect(rows[0]?.next).toMatchObject({ code: 'ScaleInAlarmCounts', notBefore });
  });
});
