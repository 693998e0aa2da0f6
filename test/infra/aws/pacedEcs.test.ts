import {
  DescribeTasksCommand,
  ECSClient,
  ListTasksCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bucketFor } from '../../../infra/aws/ecsLimits.ts';
import { paceEcs } from '../../../infra/aws/pacedEcs.ts';
import { createTokenBucket } from '../../../infra/aws/tokenBucket.ts';

/** Time that passes only while somebody waits for it. */
const virtualTime = () => {
  let at = 0;
  const waits: number[] = [];
  return {
    waits,
    pass: (milliseconds: number) => {
      at += milliseconds;
    },
    pacing: {
      now: () => at,
      pause: async (milliseconds: number) => {
        waits.push(milliseconds);
      },
    },
  };
};

describe('a bucket of tokens', () => {
  it('lets the burst through at once, and then one each time a token has come', async () => {
    const { pacing, waits } = virtualTime();
    const bucket = createTokenBucket({ burst: 3, perSecond: 2 }, pacing);
    for (let call = 0; call < 5; call += 1) await bucket.take();
    expect(waits).toEqual([500, 1_000]);
  });

  it('fills again with time, and never beyond the burst', async () => {
    const { pacing, waits, pass } = virtualTime();
    const bucket = createTokenBucket({ burst: 2, perSecond: 1 }, pacing);
    pass(60_000);
    for (let call = 0; call < 3; call += 1) await bucket.take();
    expect(waits).toEqual([1_000]);
  });

  it('never lets more through in any span than the burst and what came in it', async () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 900 }), { minLength: 1, maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(gaps, async (all) => {
        const { pacing, waits, pass } = virtualTime();
        const bucket = createTokenBucket({ burst: 5, perSecond: 4 }, pacing);
        const served: number[] = [];
        for (const gap of all) {
          pass(gap);
          const before = waits.length;
          await bucket.take();
          served.push(pacing.now() + (waits[before] ?? 0));
        }
        for (const [first, from] of served.entries()) {
          for (const [last, to] of served.entries()) {
            if (last < first) continue;
            expect(last - first + 1).toBeLessThanOrEqual(5 + ((to - from) / 1_000) * 4 + 1);
          }
        }
      }),
    );
  });
});

describe('clients of ECS', () => {
  const paced = (maxAttempts: number) => {
    const time = virtualTime();
    let failures = 0;
    const client = () =>
      new ECSClient({
        region: 'eu-west-1',
        credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
        maxAttempts,
        requestHandler: {
          handle: async () => {
            failures += 1;
            throw Object.assign(new Error('no answer'), { name: 'TimeoutError' });
          },
        },
      });
    const clients = [client(), client()] as const;
    paceEcs(clients, time.pacing);
    return { clients, time, failures: () => failures };
  };

  it('share a bucket by the class of the call, as they do at AWS', async () => {
    const { clients, time } = paced(1);
    const { burst = 0 } = bucketFor('ListTasks') ?? {};
    const [one, other] = clients;
    const calls = [
      ...Array.from({ length: burst }, () => one.send(new ListTasksCommand({ cluster: 'shop' }))),
      other.send(new DescribeTasksCommand({ cluster: 'shop', tasks: ['t'] })),
    ];
    await Promise.allSettled(calls);
    expect(time.waits.length).toBeGreaterThan(0);
    const before = time.waits.length;
    await other.send(new UpdateServiceCommand({ service: 'orders' })).catch(() => undefined);
    expect(time.waits.length).toBe(before);
  });

  it('take a token for every try', async () => {
    const { clients, time, failures } = paced(3);
    const { burst = 0 } = bucketFor('UpdateService') ?? {};
    const update = () => clients[0].send(new UpdateServiceCommand({ service: 'orders' }));
    const calls = Math.ceil(burst / 3) + 1;
    await Promise.allSettled(Array.from({ length: calls }, update));
    expect(failures()).toBe(calls * 3);
    expect(time.waits.length).toBe(calls * 3 - burst);
  });
});
