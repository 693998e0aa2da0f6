import { beforeEach, describe, expect, it } from 'vitest';
import type { EventStore } from '../../../infra/eventStore/eventStore.ts';
import { rolloutId } from '../../domain/rollout/rolloutBuilder.ts';
import { instanceArn, serviceArn, taskArn } from '../../support/fleetBuilder.ts';
import { aLivelyRecord, anApi } from './apiRecord.ts';

let store: EventStore & { readonly close: () => void };
let api: ReturnType<typeof anApi>;
beforeEach(async () => {
  store = await aLivelyRecord();
  api = anApi(store);
});

type Body = Readonly<Record<string, unknown>>;
const get = async (target: string): Promise<Body> => {
  const { statusCode, body } = await api.call('GET', target);
  expect([target, statusCode, body.code]).toEqual([target, 200, undefined]);
  return body;
};
const post = async (target: string, body: unknown): Promise<Body> => {
  const answer = await api.call('POST', target, { body });
  expect([target, answer.statusCode, answer.body.code]).toEqual([target, 200, undefined]);
  return answer.body;
};
const items = (body: Body) => body.items as readonly Body[];

describe('clusters', () => {
  it('are listed with their modes, and told one by one', async () => {
    const shop = {
      name: 'shop',
      arn: 'arn:aws:ecs:eu-west-1:111122223333:cluster/shop',
      account: '111122223333',
      region: 'eu-west-1',
      mode: 'drive',
      hasPolicy: false,
    };
    expect(await get('/clusters')).toEqual({ items: [shop] });
    expect(await get('/clusters/shop')).toEqual(shop);
  });

  it('have a policy, which is the default one until somebody sets another', async () => {
    expect(await get('/clusters/shop/policy')).toMatchObject({
      isDefault: true,
      policy: { start: 'manual', settleMs: 3_600_000 },
    });
  });
});

describe('the fleet', () => {
  it('is counted', async () => {
    expect(await get('/clusters/shop/fleet')).toEqual({
      clusterName: 'shop',
      instances: 3,
      services: 2,
      runningTasks: 4,
      tasks: 4,
    });
  });

  it('tells of instances, by status and by the cluster query language', async () => {
    const arns = async (query: string) =>
      items(await get(`/clusters/shop/instances${query}`)).map((each) => each.containerInstanceArn);
    expect(await arns('')).toEqual(['one', 'three', 'two'].map(instanceArn));
    expect(await arns('?status=DRAINING')).toEqual([instanceArn('two')]);
    const where = encodeURIComponent('attribute:ecs.availability-zone == eu-west-1c');
    expect(await arns(`?where=${where}`)).toEqual([instanceArn('three')]);
    const [one] = items(await get('/clusters/shop/instances?limit=1'));
    expect(one).toMatchObject({
      kind: 'instance',
      build: { status: 'known', build: '20348.4294' },
      availabilityZone: 'eu-west-1a',
      tasks: 2,
      notices: null,
    });
  });

  it('says what is odd about an expression', async () => {
    const where = encodeURIComponent('attribute:zone == eu-west-1c');
    const { notes } = await get(`/clusters/shop/instances?where=${where}`);
    expect(notes).toEqual(expect.arrayContaining([expect.stringContaining('zone')]));
  });

  it('tells of services, with the tasks seen', async () => {
    expect(items(await get('/clusters/shop/services?status=ACTIVE'))).toMatchObject([
      { kind: 'service', serviceArn: serviceArn('baskets'), tasksSeen: 1 },
      { kind: 'service', serviceName: 'orders', describedAt: '2025-10-14T17:00:00.000Z' },
    ]);
  });

  it('tells of tasks, of a service or on an instance', async () => {
    const arns = async (query: string) =>
      items(await get(`/clusters/shop/tasks?${query}`)).map((each) => each.taskArn);
    expect(await arns('')).toHaveLength(4);
    expect(await arns('service=orders')).toEqual([taskArn('t1aa'), taskArn('t1ab')]);
    expect(await arns(`instance=${encodeURIComponent(instanceArn('one'))}`)).toHaveLength(2);
    expect(await arns('status=STOPPED')).toEqual([]);
  });

  it('is told page by page, each thing once', async () => {
    const seen: unknown[] = [];
    let query = 'limit=1';
    for (let pages = 1; ; pages += 1) {
      const page = await get(`/clusters/shop/tasks?${query}`);
      seen.push(...items(page).map((each) => each.taskArn));
      if (page.next === undefined) {
        expect([pages, seen]).toEqual([4, ['t1aa', 't1ab', 't2cc', 't3dd'].map(taskArn)]);
        return;
      }
      query = `limit=1&cursor=${page.next}`;
    }
  });
});

describe('exposure', () => {
  it('is told for the cluster, with what waits for what', async () => {
    expect(await get('/clusters/shop/exposure')).toMatchObject({
      clusterName: 'shop',
      at: '2025-10-16T17:00:00.000Z',
      cluster: {
        instances: { total: 3, current: 1, behind: 1, unknown: 1 },
        worst: { build: '20348.4171', since: '2025-10-14T17:00:00.000Z', hoursBehind: 48 },
      },
      channels: [{ channel: 'ltsc2022', newest: '20348.4294' }],
    });
  });

  it('is told task by task and instance by instance', async () => {
    const { items: tasks } = await get('/clusters/shop/exposure/tasks?limit=2');
    expect(tasks).toMatchObject([
      { kind: 'task', standing: { status: 'behind', releasesBehind: 1 } },
      { kind: 'task' },
    ]);
    const { items: instances, next } = await get('/clusters/shop/exposure/instances');
    expect(instances).toHaveLength(3);
    expect(next).toBeUndefined();
  });
});

describe('rollouts', () => {
  const path = `/clusters/shop/rollouts/${rolloutId}`;

  it('are listed without their items', async () => {
    expect(items(await get('/clusters/shop/rollouts'))).toMatchObject([
      {
        rolloutId,
        status: 'running',
        instances: { total: 2, waiting: 1, underWay: 1 },
        images: { total: 1, waiting: 1 },
        startedAt: '2025-10-14T17:01:00.000Z',
      },
    ]);
  });

  it('are told whole, one by one', async () => {
    expect(await get(path)).toMatchObject({
      rolloutId,
      instances: {
        [instanceArn('two')]: { status: 'draining', since: '2025-10-14T17:03:00.000Z' },
        [instanceArn('three')]: { status: 'waiting' },
      },
      fadingImages: [],
    });
  });

  it('can be looked at before they are planned, and nothing is written', async () => {
    const before = (await store.readAll(0, 1_000)).length;
    const plan = await post('/clusters/shop/rollouts/preview', { emergency: true });
    expect(plan).toMatchObject({
      rolloutId: `${rolloutId}-2`,
      emergency: true,
      targets: [{ channel: 'ltsc2022', build: '20348.4294' }],
      instances: [{ containerInstanceArn: instanceArn('two'), fromBuild: '20348.4171' }],
      services: [{ serviceName: 'orders' }],
      planToken: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
    expect(plan.held).toEqual(
      expect.arrayContaining([expect.objectContaining({ reason: 'BuildUnknown' })]),
    );
    expect((await store.readAll(0, 1_000)).length).toBe(before);
  });
});

describe('drains', () => {
  it('are told with what each waits for, and what keeps each task', async () => {
    expect(items(await get('/clusters/shop/drains'))).toEqual([
      {
        containerInstanceArn: instanceArn('two'),
        ec2InstanceId: expect.stringMatching(/^i-/),
        status: 'DRAINING',
        waitsFor: 'TasksToLeave',
        tasksLeft: [
          expect.objectContaining({ taskArn: taskArn('t1aa'), group: 'service:orders' }),
          expect.objectContaining({ taskArn: taskArn('t1ab'), why: 'it is stopping' }),
        ],
        rollout: {
          rolloutId,
          since: '2025-10-14T17:03:00.000Z',
          deadline: '2025-10-14T19:03:00.000Z',
        },
      },
    ]);
  });
});

describe('placements', () => {
  it('are explained for a task and for the next task of a service', async () => {
    const task = await get('/clusters/shop/placements?task=t2cc');
    expect(task).toMatchObject({
      subject: { type: 'task', task: { taskArn: taskArn('t2cc') } },
      explained: { placement: { consideredCount: 3, placedOn: instanceArn('one') } },
      recorded: [],
      instances: [{ containerInstanceArn: instanceArn('one'), availabilityZone: 'eu-west-1a' }],
    });
    expect(await get('/clusters/shop/placements?task=orders')).toMatchObject({
      subject: { type: 'service', service: { serviceName: 'orders' } },
    });
  });

  it('are simulated until there is no room, and nothing is written', async () => {
    const before = (await store.readAll(0, 1_000)).length;
    const asked = { taskDefinition: 'baskets', service: 'baskets', count: 20 };
    const simulated = await post('/clusters/shop/placements/simulate', asked);
    // 8,192 CPU units, and two tasks there take 1,024 each.
    expect(simulated).toMatchObject({
      placed: 6,
      unplaced: 14,
      instances: [{ containerInstanceArn: instanceArn('one'), tasks: 6 }],
      firstUnplaced: {
        placedOn: null,
        removed: expect.arrayContaining([{ rule: 'Cpu', count: 1 }]),
      },
    });
    expect((await store.readAll(0, 1_000)).length).toBe(before);
  });
});

describe('releases', () => {
  it('are told by tag, with what the tag did amiss and what was decided', async () => {
    expect(items(await get('/releases?tag=ltsc2022'))).toMatchObject([
      {
        repository: 'windows/servercore',
        tag: 'ltsc2022',
        newest: { build: '20348.4294', publishedAt: '2025-10-14T17:00:00.000Z' },
        followed: { images: { on: 1, of: 2 } },
        releases: [{ build: '20348.4171' }, { build: '20348.4294' }],
        anomalies: [{ kind: 'movedBack', decided: expect.stringContaining('not followed') }],
      },
    ]);
  });
});

describe('lint', () => {
  it('finds all at once in a task definition, and says which images are not known', async () => {
    const image = 'mcr.microsoft.com/windows/servercore:ltsc2022';
    const taskDefinition = {
      family: 'orders',
      containerDefinitions: [{ name: 'app', image, privileged: true }],
    };
    const answer = await post('/lint/task-definition', { taskDefinition });
    expect((answer.findings as readonly Body[]).length).toBeGreaterThan(1);
    expect(answer.unknownImages).toEqual([image]);
  });

  it('finds everything at once in a Dockerfile', async () => {
    const dockerfile = 'FROM mcr.microsoft.com/windows/servercore:latest\nRUN apt-get update\n';
    const { findings } = await post('/lint/dockerfile', { dockerfile });
    expect(findings).toEqual(
      expect.arrayContaining([expect.objectContaining({ line: 1, severity: expect.any(String) })]),
    );
  });

  it('tells the first of very many, and how many are left', async () => {
    const dockerfile = 'FROM a\n'.repeat(1_500);
    const answer = await post('/lint/dockerfile', { dockerfile });
    expect([(answer.findings as readonly Body[]).length, answer.left]).toEqual([1_000, 500]);
  });
});

describe('parked events', () => {
  it('are listed without their bodies, and told whole one by one', async () => {
    const [first, second] = items(await get('/parked'));
    expect(second).toBeDefined();
    expect(first).toMatchObject({ parkedAt: '2025-10-14T17:06:00.000Z' });
    expect(first).not.toHaveProperty('body');
    const id = String(first?.parkedId);
    expect(await get(`/parked/${id.slice(0, 8)}`)).toMatchObject({ parkedId: id });
    expect((await get(`/parked/${id}`)).body).toEqual(expect.any(String));
  });
});

describe('the description', () => {
  it('is served whole', async () => {
    expect(await get('/openapi.json')).toMatchObject({ openapi: '3.1.1' });
  });
});
