import { describe, expect, it } from 'vitest';
import { explainedMost } from '../../../domain/draining/findRoom.ts';
import type { ObservedService } from '../../../events/fleet.ts';
import {
  aFleet,
  anImage,
  aService,
  aTask,
  aTaskDefinition,
  at,
  imagesOf,
  instanceArn,
  october2019,
  september2019,
  serviceArn,
  taskArn,
} from '../../support/fleetBuilder.ts';
import { fates, planFor, reasons, roomFor } from './drainBuilder.ts';

const orders = (fields: Partial<ObservedService> = {}) =>
  aService('orders', { placementConstraints: [], ...fields });

/** Two tasks of orders, one on `a` and one on `b`; `a` is to be drained. */
const pair = (fields: Partial<ObservedService> = {}) => ({
  instances: [roomFor('a', 4), roomFor('b', 4)],
  services: [orders(fields)],
  tasks: [aTask('t1', { on: 'a' }), aTask('t2', { on: 'b' })],
});

describe('what happens to a task of a service', () => {
  it('goes where ECS would place it', () => {
    const plan = planFor(aFleet(pair()), ['a']);
    expect(fates(plan)).toEqual(['t1 -> b']);
    expect(plan).toMatchObject({ verdict: 'empties', blockers: [] });
    expect(plan.instances).toMatchObject([{ moved: 1, ends: 0, stays: 0 }]);
  });

  it('tells how few run meanwhile', () => {
    expect(planFor(aFleet(pair()), ['a']).services).toMatchObject([
      { serviceName: 'orders', running: 2, lowest: 1, lowestPercent: 50, lowerBound: 1 },
    ]);
    const whole = planFor(aFleet(pair({ minimumHealthyPercent: 100 })), ['a']);
    expect(whole.services).toMatchObject([{ lowest: 2, lowestPercent: 100, waves: 2 }]);
  });

  it('never goes to another instance that is drained with it', () => {
    const instances = [roomFor('a', 4), roomFor('b', 9), roomFor('c', 2)];
    const plan = planFor(aFleet({ ...pair(), instances }), ['a', 'b']);
    expect(fates(plan)).toEqual(['t1 -> c', 't2 -> c']);
  });

  it('finds less room where others are draining already', () => {
    const whole = { desiredCount: 1, minimumHealthyPercent: 100, placementConstraints: [] };
    const services = [aService('basket', whole), orders(whole)];
    const tasks = [aTask('t0', { on: 'b', service: 'basket' }), aTask('t1', { on: 'a' })];
    const planWhere = (status: string) => {
      const instances = [roomFor('a', 1), roomFor('b', 1, { status }), roomFor('c', 1)];
      return planFor(aFleet({ instances, services, tasks }), ['a']);
    };
    expect(fates(planWhere('ACTIVE'))).toEqual(['t1 -> c']);
    expect(fates(planWhere('DRAINING'))).toEqual(['t1 stays: NoCapacity']);
  });

  it('is stopped for good where its service has one too many', () => {
    const plan = planFor(aFleet(pair({ desiredCount: 1, minimumHealthyPercent: 100 })), ['a']);
    expect(fates(plan)).toEqual(['t1 ends: NotReplaced']);
    expect(plan.verdict).toBe('empties');
  });
});

describe('what stands against it', () => {
  it('minimum and maximum of 100 percent', () => {
    const plan = planFor(aFleet(pair({ minimumHealthyPercent: 100, maximumPercent: 100 })), ['a']);
    expect(plan.blockers).toMatchObject([
      { taskArn: taskArn('t1'), serviceName: 'orders', reason: 'DeploymentDeadlock' },
    ]);
    expect(plan.blockers[0]?.detail).toBe(
      'orders runs 2, must keep 2 and may have 2 (minimum 100% and maximum 100% of 2): ' +
        'ECS can neither stop a task nor start another first',
    );
    expect(plan).toMatchObject({ verdict: 'blocked', emptyAfter: null });
  });

  it('no room for a replacement without which nothing may stop, and what comes nearest', () => {
    const fleet = {
      ...pair({ minimumHealthyPercent: 100 }),
      instances: [roomFor('a', 4), roomFor('b', 1)],
    };
    const plan = planFor(aFleet(fleet), ['a']);
    expect(fates(plan)).toEqual(['t1 stays: NoCapacity']);
    expect(plan.blockers[0]?.nearest).toMatchObject({
      rules: ['Cpu'],
      nearestInstanceArn: instanceArn('b'),
    });
  });

  it('no room, though the bounds let ECS stop it: the service runs short', () => {
    const plan = planFor(aFleet({ ...pair(), instances: [roomFor('a', 4), roomFor('b', 1)] }), [
      'a',
    ]);
    expect(fates(plan)).toEqual(['t1 ends: NoCapacity']);
    expect(plan.verdict).toBe('emptiesShort');
    expect(plan.services).toMatchObject([{ lowest: 1, short: 1 }]);
  });

  it('no room for very many services: what comes nearest is looked up for some of them', () => {
    const names = Array.from({ length: explainedMost + 3 }, (_, place) => `s${place}`);
    const services = names.map((name) => aService(name, { placementConstraints: [] }));
    const tasks = names.flatMap((service) => [
      aTask(`${service}-1`, { service, on: 'a' }),
      aTask(`${service}-2`, { service, on: 'b' }),
    ]);
    const plan = planFor(
      aFleet({ instances: [roomFor('a', 0), roomFor('b', 0)], services, tasks }),
      ['a'],
    );
    expect(plan.blockers).toHaveLength(names.length);
    expect(plan.blockers.filter(({ nearest }) => nearest !== undefined)).toHaveLength(
      explainedMost,
    );
    expect(plan.blockers.every(({ detail }) => detail.length > 20)).toBe(true);
  });

  it('a service that runs less than its minimum already', () => {
    const plan = planFor(aFleet(pair({ desiredCount: 6 })), ['a']);
    expect(fates(plan)).toEqual(['t1 stays: ServiceBelowMinimum']);
  });

  it('the last healthy task, which a minimum of 0 percent does not keep', () => {
    const alone = { desiredCount: 1, minimumHealthyPercent: 0 };
    const fleet = aFleet({ ...pair(alone), tasks: [aTask('t1', { on: 'a' })] });
    expect(fates(planFor(fleet, ['a']))).toEqual(['t1 stays: LastHealthyTask']);
    const allowed = planFor(fleet, ['a'], { lastHealthyTask: 'stop' });
    expect(fates(allowed)).toEqual(['t1 -> b']);
    expect(allowed.services).toMatchObject([{ lowest: 0, lowestPercent: 0 }]);
  });

  it('the only task: another starts first, or it is told at once that none can', () => {
    const fleet = (maximumPercent: number) => {
      const alone = { desiredCount: 1, minimumHealthyPercent: 100, maximumPercent };
      return aFleet({ ...pair(alone), tasks: [aTask('t1', { on: 'a' })] });
    };
    const [surge] = planFor(fleet(200), ['a']).tasks;
    expect(surge).toMatchObject({ outcome: 'moved', startsInWave: 1, stopsInWave: 2 });
    const plan = planFor(fleet(100), ['a']);
    expect(reasons(plan)).toEqual(['DeploymentDeadlock']);
    expect(plan.blockers[0]?.detail).toContain('its only task');
  });

  it('protection, as long as it lasts', () => {
    const until = (minute: number | null) =>
      planFor(aFleet(pair()), ['a'], {
        protectedUntil: new Map([[taskArn('t1'), minute === null ? null : at(minute)]]),
      });
    expect(fates(until(90))).toEqual(['t1 stays: TaskProtected']);
    expect(until(90).blockers).toMatchObject([
      { until: at(90), detail: expect.stringMatching(/^task protected until .* UTC, unless/) },
    ]);
    expect(until(null).blockers[0]).not.toHaveProperty('until');
    expect(fates(until(null))).toEqual(['t1 stays: TaskProtected']);
    expect(fates(until(0))).toEqual(['t1 -> b']);
  });

  it('directories of its instance', () => {
    const definition = { ...aTaskDefinition('orders'), hostPaths: ['C:\\data'] };
    const plan = planFor(aFleet({ ...pair(), taskDefinitions: [definition] }), ['a']);
    expect(fates(plan)).toEqual(['t1 stays: HostVolume']);
    expect(plan.blockers[0]?.detail).toContain('C:\\data');
  });

  it('a destination on which its image may not run: ECS would place it there all the same', () => {
    const instances = [roomFor('a', 4), roomFor('b', 4, { build: october2019 })];
    const images = imagesOf(anImage('orders', september2019), anImage('orders', october2019));
    const old = imagesOf(
      ...[...images.values()].map((each) => ({
        ...each,
        config: { osVersion: '10.0.20348.4171', history: [], diffIds: [], layers: [] },
      })),
    );
    const plan = planFor(aFleet({ ...pair(), instances }), ['a'], { images: old });
    expect(fates(plan)).toEqual(['t1 stays: IncompatibleBuild']);
    expect(plan.blockers[0]?.detail).toContain('runs no image of build 20348');
  });

  it('a definition or a service that has not been described', () => {
    expect(fates(planFor(aFleet({ ...pair(), taskDefinitions: [] }), ['a']))).toEqual([
      't1 stays: TaskNotDescribed',
    ]);
    expect(fates(planFor(aFleet({ ...pair(), services: [] }), ['a']))).toEqual([
      't1 stays: TaskNotInService',
    ]);
  });
});

describe('what no service replaces', () => {
  const fleet = aFleet({ ...pair(), tasks: [aTask('t1', { on: 'a', group: 'family:job' })] });

  it('is waited for, protected, or stopped after a while', () => {
    const waited = planFor(fleet, ['a']);
    expect(fates(waited)).toEqual(['t1 stays: StandaloneTask']);
    expect(waited.blockers).toMatchObject([{ serviceName: null }]);
    const protect = planFor(fleet, ['a'], { standalone: { type: 'protect' } });
    expect(protect.blockers[0]?.detail).toContain('left alone');
    const standalone = { type: 'stopAfter', afterMs: 600_000 } as const;
    const stopped = planFor(fleet, ['a'], { standalone });
    expect(fates(stopped)).toEqual(['t1 ends: StoppedByPolicy']);
    expect(stopped.emptyAfter).toEqual({ low: 600_000, high: 630_000 });
  });

  it('daemons end with their instance, after all others', () => {
    const daemon = aService('logs', { schedulingStrategy: 'DAEMON' });
    const { instances, services, tasks } = pair();
    const all = [...tasks, aTask('t3', { on: 'a', service: 'logs' })];
    const plan = planFor(aFleet({ instances, services: [...services, daemon], tasks: all }), ['a']);
    expect(fates(plan)).toEqual(['t1 -> b', 't3 ends: Daemon']);
    const without = planFor(aFleet(pair()), ['a']);
    expect(plan.emptyAfter?.high).toBe((without.emptyAfter?.high ?? 0) + 30_000);
  });

  it('what is stopping already just ends', () => {
    const tasks = [aTask('t1', { on: 'a', desiredStatus: 'STOPPED' })];
    expect(fates(planFor(aFleet({ ...pair(), tasks }), ['a']))).toEqual(['t1 ends: Stopping']);
  });
});

describe('the instance itself', () => {
  it('is left to whoever drains it', () => {
    const instances = [roomFor('a', 4, { status: 'DRAINING' }), roomFor('b', 4)];
    const plan = planFor(aFleet({ ...pair(), instances }), ['a']);
    expect(plan.blockers).toMatchObject([{ reason: 'DrainedBySomeoneElse', taskArn: null }]);
    expect(fates(plan)).toEqual(['t1 -> b']);
    expect(plan.verdict).toBe('blocked');
    const ours = planFor(aFleet({ ...pair(), instances }), ['a'], {
      drainedByUs: new Set([instanceArn('a')]),
    });
    expect(ours).toMatchObject({ verdict: 'empties', blockers: [] });
  });

  it('cannot be emptied while its agent is silent', () => {
    const instances = [roomFor('a', 4, { agentConnected: false }), roomFor('b', 4)];
    const plan = planFor(aFleet({ ...pair(), instances }), ['a']);
    expect(reasons(plan)).toEqual(['InstanceNotActive', 'InstanceNotActive']);
    expect(fates(plan)).toEqual(['t1 stays: InstanceNotActive']);
  });

  it('is empty at once where nothing runs', () => {
    const plan = planFor(aFleet({ ...pair(), tasks: [] }), ['a']);
    expect(plan).toMatchObject({
      verdict: 'empties',
      emptyAfter: { low: 0, high: 0 },
      assumed: [],
    });
  });
});

describe('how long it takes', () => {
  it('waits for the target groups to let go, as long as they say', () => {
    const loadBalancing = (delays: readonly (number | null)[]) =>
      planFor(aFleet(pair()), ['a'], {
        loadBalancing: new Map([
          [serviceArn('orders'), { deregistrationDelaysMs: delays, healthCheckGraceMs: 0 }],
        ]),
      });
    expect(loadBalancing([]).emptyAfter).toEqual({ low: 0, high: 30_000 });
    expect(loadBalancing([20_000, 60_000]).emptyAfter).toEqual({ low: 60_000, high: 90_000 });
    expect(loadBalancing([null]).emptyAfter).toEqual({ low: 300_000, high: 330_000 });
    expect(planFor(aFleet(pair()), ['a']).emptyAfter).toEqual({ low: 0, high: 330_000 });
  });

  it('says what it assumed', () => {
    const { assumed } = planFor(aFleet(pair()), ['a']);
    expect(assumed).toContain('a container stops within 30 s, the default on Windows');
    const known = planFor(aFleet(pair()), ['a'], {
      stopTimeoutMs: new Map([[aTaskDefinition('orders').taskDefinitionArn, 5_000]]),
    });
    expect(known.assumed.join()).not.toContain('stops within');
  });
});
