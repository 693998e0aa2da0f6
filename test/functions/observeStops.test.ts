import { describe, expect, it } from 'vitest';
import { planDrain } from '../../domain/draining/planDrain.ts';
import { fleetStream } from '../../domain/fleet/shards.ts';
import { observe } from '../../functions/observe.ts';
import { observeProtectionOn, observeStops } from '../../functions/ticks/observeStops.ts';
import type { TaskProtection } from '../../infra/aws/ecsCapacityPort.ts';
import { GatewayError } from '../../infra/aws/gateways.ts';
import { directLine, simulatedGateways } from '../../infra/local/inProcessAws.ts';
import { followViews } from '../../infra/views/views.ts';
import { smallWorld } from '../domain/simulation/smallWorld.ts';
import {
  anInstance,
  aService,
  aTask,
  aTaskDefinition,
  at,
  clusterName,
  instanceArn,
  taskArn,
} from '../support/fleetBuilder.ts';
import { aRecord, writtenTo } from './record.ts';

type Aws = {
  /** Seconds by target group; a word: how the call fails. */
  readonly delays?: Readonly<Record<string, number | 'throttled' | 'refused'>>;
  readonly protections?: readonly TaskProtection[] | 'throttled';
};

const behind = (...targetGroupArns: readonly string[]) => ({
  loadBalancing: { targetGroupArns, classicLoadBalancers: 0, healthCheckGraceSeconds: 0 },
});

const gatewaysOver = (aws: () => Aws, asked: string[]) => {
  const failing = (kind: 'throttled' | 'refused', call: string) =>
    Promise.reject(new GatewayError(kind, kind, call));
  return {
    loadBalancing: {
      readDeregistrationDelaySeconds: (arn: string) => {
        asked.push(arn);
        const delay = aws().delays?.[arn] ?? 300;
        return typeof delay === 'string' ? failing(delay, arn) : Promise.resolve(delay);
      },
    },
    ecs: {
      getTaskProtection: (_cluster: string, arns: readonly string[]) => {
        asked.push(arns.map((arn) => arn.split('/').at(-1)).join(' '));
        const { protections = [] } = aws();
        if (protections === 'throttled') return failing(protections, 'GetTaskProtection');
        return Promise.resolve(protections.filter((each) => arns.includes(each.taskArn)));
      },
    },
  };
};

/** Two instances with a task each, of a service that is reached by these target groups. */
const fleetBehind = async (...targetGroups: readonly string[]) => {
  const store = await aRecord('observe');
  const views = followViews(store);
  const definition = aTaskDefinition('orders');
  const containers = definition.containers.map((each) => ({ ...each, stopTimeoutSeconds: 10 }));
  const from = 'event' as const;
  await observe(
    store,
    { name: clusterName, shards: 1 },
    [
      ...['a', 'b'].map(
        (name) => ({ kind: 'instance', instance: anInstance(name), from }) as const,
      ),
      { kind: 'task', task: aTask('t1', { on: 'a' }), from },
      { kind: 'task', task: aTask('t2', { on: 'b' }), from },
      { kind: 'task', task: aTask('batch', { on: 'b', group: 'family:nightly' }), from },
      {
        kind: 'service',
        service: aService('orders', { desiredCount: 2, ...behind(...targetGroups) }),
      },
      { kind: 'taskDefinition', taskDefinition: { ...definition, containers } },
    ],
    at(1),
  );
  let aws: Aws = {};
  const asked: string[] = [];
  const gateways = gatewaysOver(() => aws, asked);
  const tools = (minute: number) => ({ store, views, gateways, now: () => at(minute) });
  const view = async () => (await views.catchUp()).fleet(clusterName);
  return {
    asked,
    view,
    look: async (minute: number, next: Aws = aws) => {
      aws = next;
      asked.length = 0;
      return observeStops(tools(minute), clusterName);
    },
    lookAt: async (minute: number, next: Aws, arns: readonly string[]) => {
      aws = next;
      asked.length = 0;
      return observeProtectionOn(tools(minute), clusterName, arns);
    },
    plan: async (minute: number) =>
      planDrain({
        fleet: { view: await view(), amis: [], channels: [], images: new Map() },
        instances: [instanceArn('a')],
        osReserveMiB: 0,
        now: at(minute),
        standalone: { type: 'wait' },
        lastHealthyTask: 'stop',
      }),
    facts: async () =>
      (await writtenTo(store, fleetStream(clusterName, 0))).filter((type) =>
        ['TargetGroupObserved', 'TaskProtectionObserved'].includes(type),
      ),
  };
};

const until = (minute: number): TaskProtection => ({
  taskArn: taskArn('t1'),
  protected: true,
  expiresAt: at(minute),
});
const ended: TaskProtection = { taskArn: taskArn('t1'), protected: false };

describe('how tasks stop', () => {
  it('is read for the services and running tasks of the cluster', async () => {
    const { look, view, asked } = await fleetBehind('web', 'api');
    const report = await look(10, { delays: { web: 120, api: 5 }, protections: [until(90)] });
    expect(report).toEqual({ news: 3, unknown: [] });
    expect(asked).toEqual(['api', 'web', [taskArn('t1'), taskArn('t2')].map(idOf).join(' ')]);
    const { deregistrationDelays, protectedUntil } = await view();
    expect([...deregistrationDelays]).toEqual(
      expect.arrayContaining([
        ['web', 120],
        ['api', 5],
      ]),
    );
    expect([...protectedUntil]).toEqual([[taskArn('t1'), at(90)]]);
  });

  it('is a fact where it has changed, and no fact otherwise', async () => {
    const { look, facts, view } = await fleetBehind('web');
    await look(10, { delays: { web: 120 } });
    expect((await look(11)).news).toBe(0);
    expect((await look(12, { delays: { web: 60 }, protections: [until(90)] })).news).toBe(2);
    expect((await look(13)).news).toBe(0);
    await look(14, { delays: { web: 60 }, protections: [until(95)] });
    await look(15, { delays: { web: 60 }, protections: [ended] });
    expect((await view()).protectedUntil.size).toBe(0);
    expect(await facts()).toEqual([
      'TargetGroupObserved',
      'TargetGroupObserved',
      'TaskProtectionObserved',
      'TaskProtectionObserved',
      'TaskProtectionObserved',
    ]);
  });

  it('stays as it was read where AWS does not answer', async () => {
    const { look, view } = await fleetBehind('web');
    await look(10, { delays: { web: 120 }, protections: [until(90)] });
    const { unknown } = await look(11, { delays: { web: 'throttled' }, protections: 'throttled' });
    expect(unknown).toEqual([
      'how tasks stop is not known: web',
      'how tasks stop is not known: GetTaskProtection',
    ]);
    const { deregistrationDelays, protectedUntil } = await view();
    expect([deregistrationDelays.get('web'), protectedUntil.get(taskArn('t1'))]).toEqual([
      120,
      at(90),
    ]);
  });

  it('of one target group does not hinder the others; a throttle ends the round', async () => {
    const { look, asked } = await fleetBehind('a', 'b', 'c');
    expect((await look(10, { delays: { a: 'refused' } })).news).toBe(2);
    await look(11, { delays: { a: 'refused', b: 'throttled' } });
    expect(asked.slice(0, 2)).toEqual(['a', 'b']);
    expect(asked).not.toContain('c');
  });

  it('is asked of twenty target groups a round, and of each within some rounds', async () => {
    const names = Array.from({ length: 45 }, (_, index) => `group-${index + 10}`);
    const { look, asked, view } = await fleetBehind(...names);
    const seen = new Set<string>();
    for (let round = 0; round < 6; round += 1) {
      await look(10 + 5 * round, {});
      const groups = asked.filter((each) => each.startsWith('group-'));
      expect(groups.length).toBeLessThanOrEqual(20);
      if (round >= 3) for (const each of groups) seen.add(each);
    }
    expect((await view()).deregistrationDelays.size).toBe(45);
    expect(seen.size).toBe(45);
  });

  it('is asked at once for the tasks of an instance whose drain is at hand', async () => {
    const { lookAt, asked, view } = await fleetBehind();
    await lookAt(10, { protections: [until(90)] }, [instanceArn('a')]);
    expect(asked).toEqual([idOf(taskArn('t1'))]);
    expect((await view()).protectedUntil.size).toBe(1);
  });
});

const idOf = (arn: string) => arn.split('/').at(-1) ?? '';

describe('a drain plan', () => {
  it('adds the longest delay and the stop timeout of the service to its estimate', async () => {
    const { look, plan } = await fleetBehind('web', 'api');
    expect((await plan(5)).assumed.join()).toContain('with target groups unknown');
    await look(10, { delays: { web: 120, api: 5 } });
    const { instances, assumed } = await plan(11);
    expect(instances[0]?.emptyAfter?.low).toBeGreaterThanOrEqual(120_000);
    expect(assumed.join()).not.toMatch(/target groups|a container stops/);
  });

  it('names the task that is protected, and until when', async () => {
    const { look, plan } = await fleetBehind();
    await look(10, { protections: [until(90)] });
    const { verdict, blockers } = await plan(11);
    expect(verdict).toBe('blocked');
    expect(blockers).toMatchObject([{ reason: 'TaskProtected', until: at(90) }]);
    expect(blockers[0]?.detail).toMatch(/^task protected until \d{4}-\d\d-\d\d \d\d:\d\d UTC/);
    expect((await plan(91)).blockers).toEqual([]);
  });
});

describe('over the simulated AWS', () => {
  it('a task that was protected is known to be', async () => {
    const world = smallWorld();
    const store = await aRecord('observe');
    const views = followViews(store);
    const gateways = simulatedGateways(world, directLine);
    const [task] = await gateways.ecs.listTasks(world.clusterName);
    world.protections[task?.taskArn ?? ''] = world.now + 60 * 60_000;
    const seen = (await gateways.ecs.listTasks(world.clusterName)).map(
      (each) => ({ kind: 'task', task: each, from: 'describe', at: at(1) }) as const,
    );
    await observe(store, { name: clusterName, shards: 1 }, seen, at(1));
    const report = await observeStops({ store, views, gateways, now: () => at(10) }, clusterName);
    expect(report).toEqual({ news: 1, unknown: [] });
    const { protectedUntil } = (await views.catchUp()).fleet(clusterName);
    expect([...protectedUntil]).toEqual([[task?.taskArn, world.now + 60 * 60_000]]);
  });
});
