import { beforeEach, describe, expect, it } from 'vitest';
import type { ImageConfigFacts } from '../../domain/windows/image.ts';
import type { Digest } from '../../events/ids.ts';
import { inspect } from '../../functions/ticks/inspect.ts';
import { type EcrGateway, GatewayError } from '../../infra/aws/gateways.ts';
import { openSqliteEventStore } from '../../infra/eventStore/sqliteEventStore.ts';
import { followViews, type Views } from '../../infra/views/views.ts';
import { aFleet, aTask, at, clusterName, digest, imageName } from '../support/fleetBuilder.ts';

const host = '111122223333.dkr.ecr.eu-west-1.amazonaws.com';
const config: ImageConfigFacts = {
  osVersion: '10.0.20348.4294',
  history: ['Apply image 10.0.20348.4294'],
  diffIds: [digest('base')],
  layers: [{ digest: digest('layer'), bytes: 1_489_019_076 }],
};

describe('the inspect tick', () => {
  let store: ReturnType<typeof openSqliteEventStore>;
  let asked: string[];
  let answer: (repository: string, asked: Digest) => ImageConfigFacts;
  let tasks: Parameters<typeof aTask>[1][];
  beforeEach(() => {
    store = openSqliteEventStore(':memory:');
    asked = [];
    answer = () => config;
    tasks = [{ imageDigest: digest('orders') }];
  });

  const ecr: EcrGateway = {
    readLifecyclePolicy: async () => [],
    readImageConfig: async ({ path }, of) => {
      asked.push(path);
      return answer(path, of);
    },
  };
  /** The record as it is, and a fleet as the test wants it. */
  const withFleet = (views: Views): Views => ({
    ...views,
    clusters: new Map([[clusterName, { account: '111122223333' } as never]]),
    fleet: () => aFleet({ tasks: tasks.map((each, index) => aTask(`t${index}`, each)) }),
  });
  const tick = (minute = 0) => {
    const followed = followViews(store);
    const views = { catchUp: async () => withFleet(await followed.catchUp()) };
    return inspect({ store, views, ecr, now: () => at(minute) });
  };
  const images = async () => (await followViews(store).catchUp()).images;
  const fail = (error: Error) => () => {
    throw error;
  };
  const refused = new GatewayError('refused', 'ImageNotFound', 'request 1f3a: no such image');

  it('reads what runs, once', async () => {
    expect(await tick()).toEqual({ written: 1, refused: [], held: [] });
    expect((await images()).get(digest('orders'))).toMatchObject({ config });
    expect(await tick(5)).toMatchObject({ written: 0 });
    expect(asked).toEqual(['orders']);
  });

  it('reads what was pushed and does not run yet', async () => {
    tasks = [];
    const { position } = await store.load(`image#${digest('next')}`, {
      stateShape: 'none',
      initialState: undefined,
      evolve: () => undefined,
    });
    const data = { digest: digest('next'), repository: `${host}/team/next`, pushedAt: at(0) };
    await store.append(position, {
      commitId: 'push',
      at: at(0),
      events: [{ type: 'ImagePushed', data }],
    });
    expect(await tick()).toMatchObject({ written: 1 });
    expect(asked).toEqual(['team/next']);
  });

  it('does not look at what has stopped, nor at containers without a digest', async () => {
    const containers = [{ name: 'app', image: imageName('orders'), hostPorts: [] }];
    tasks = [{ lastStatus: 'STOPPED' }, { containers }];
    expect(await tick()).toMatchObject({ written: 0 });
    expect(asked).toEqual([]);
  });

  it('records a failure once a reason, by its code, and tries again', async () => {
    answer = fail(refused);
    expect(await tick()).toMatchObject({
      written: 1,
      held: [expect.stringContaining('ImageNotFound')],
    });
    expect(await tick(5)).toMatchObject({ written: 0 });
    expect(asked).toHaveLength(2);
    const failed = (await images()).get(digest('orders'));
    expect(failed?.failure).toEqual({ reason: 'ImageNotFound', failedAt: at(0) });
    answer = () => config;
    expect(await tick(10)).toMatchObject({ written: 1, held: [] });
    expect((await images()).get(digest('orders'))).not.toHaveProperty('failure');
  });

  it('says whose registry it is where that is of an account without a cluster', async () => {
    const image = '999988887777.dkr.ecr.eu-west-1.amazonaws.com/platform/base:1';
    tasks = [{ containers: [{ name: 'app', image, imageDigest: digest('base'), hostPorts: [] }] }];
    answer = fail(new GatewayError('refused', 'AccessDeniedException', 'no'));
    await tick();
    expect((await images()).get(digest('base'))?.failure?.reason).toBe(
      'AccessDeniedException in account 999988887777',
    );
  });

  it('does not ask registries other than ECR, and says so once', async () => {
    tasks = [
      { image: 'mcr.microsoft.com/windows/servercore:ltsc2022', imageDigest: digest('public') },
      {
        image: 'evil.example/111122223333.dkr.ecr.eu-west-1.amazonaws.com/x:1',
        imageDigest: digest('evil'),
      },
    ];
    expect(await tick()).toMatchObject({ written: 2 });
    expect(await tick(5)).toEqual({ written: 0, refused: [], held: [] });
    expect(asked).toEqual([]);
    expect((await images()).get(digest('public'))?.failure?.reason).toBe('RegistryNotReadable');
  });

  it('stops when it is throttled, which is no fact', async () => {
    tasks = ['a', 'b', 'c'].map((name) => ({ imageDigest: digest(name) }));
    answer = fail(new GatewayError('throttled', 'ThrottlingException', 'slow down'));
    expect(await tick()).toEqual({
      written: 0,
      refused: [],
      held: ['3 images wait: ThrottlingException'],
    });
    expect(asked).toHaveLength(1);
  });

  it('takes a bounded number in one pass, new ones before failed ones', async () => {
    tasks = Array.from({ length: 130 }, (_, index) => ({ imageDigest: digest(`old ${index}`) }));
    answer = fail(refused);
    expect((await tick()).held.at(0)).toBe('30 images wait for a later pass');
    expect(asked).toHaveLength(100);
    await tick(5);
    tasks.push({ imageDigest: digest('new') });
    answer = () => config;
    await tick(10);
    expect((await images()).get(digest('new'))).toMatchObject({ config });
  });

  it('tries every failed image in the end', async () => {
    tasks = Array.from({ length: 60 }, (_, index) => ({ imageDigest: digest(`old ${index}`) }));
    const tried = new Set<string>();
    answer = (_, of) => {
      tried.add(of);
      throw refused;
    };
    await tick();
    tried.clear();
    for (let pass = 1; pass <= 40; pass += 1) await tick(pass * 5);
    expect(tried.size).toBe(60);
  });

  it('fails loudly for what is our own mistake', async () => {
    answer = fail(new TypeError('undefined is not a function'));
    await expect(tick()).rejects.toThrow(TypeError);
  });
});
