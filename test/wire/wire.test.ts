import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openCloud } from '../../infra/local/cloud.ts';
import { serveCloud } from '../../infra/local/wire.ts';
import { faultyProxy } from './faultyProxy.ts';
import { wireScenario } from './fleet.ts';
import { type Moto, readByBoto3, startMoto } from './moto.ts';
import { adopt, preview, readByApi, rollOut } from './operator.ts';
import { startPlane } from './plane.ts';

// The control plane with AWS_ENDPOINT_URL_<SERVICE> alone: ECS, ECR, SSM, Auto Scaling and the
// registry on the simulated AWS, DynamoDB on DynamoDB Local, SQS and EventBridge on moto. What came
// of it is read back by boto3. docs/emulator.md says what these lack.

type ReadBack = {
  readonly instances: readonly (readonly [string, string])[];
  /** Name, desired, running, deployments now, deployments completed. */
  readonly services: readonly (readonly [string, number, number, number, number])[];
  readonly digests: readonly string[];
  readonly tasks: readonly string[];
};

const october = '20348.4294';

describe('a month on the wire', () => {
  let folder = '';
  let moto: Moto;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tuesday-wire-'));
    moto = await startMoto();
    vi.resetModules();
    vi.useFakeTimers({ toFake: ['Date'] });
  });
  afterEach(async () => {
    vi.useRealTimers();
    vi.unstubAllEnvs();
    await moto.stop();
    rmSync(folder, { recursive: true });
  });

  it.each([
    ['on a good day', 0],
    ['with a tenth of the calls throttled, failed or their answers lost', 0.1],
  ])(
    '%s: 20 instances and 60 tasks are patched, each once',
    { timeout: 900_000 },
    async (_, share) => {
      const cloud = openCloud({
        file: join(folder, 'cloud.sqlite'),
        scenario: wireScenario(),
        seed: 7,
      });
      const wire = await serveCloud(cloud);
      const proxy = await faultyProxy(wire.url, { share, seed: 7 });
      const plane = await startPlane(cloud, { simulated: proxy.url, moto: moto.url });
      try {
        vi.setSystemTime(cloud.now());
        await adopt(cloud.world.clusterArn);
        const before = (await readByBoto3(wire.url)) as ReadBack;
        expect([before.instances.length, before.tasks.length]).toEqual([20, 60]);
        const endsAt = cloud.now() + 48 * 3_600_000;
        let after = before;
        let planToken: string | undefined;
        while (planToken === undefined && cloud.now() < endsAt) {
          await plane.live();
          planToken = await preview(20, 6);
        }
        // Nothing has been done to what is only observed.
        expect(await readByBoto3(wire.url)).toEqual(before);
        const rolloutId = await rollOut(planToken ?? 'no plan was ever whole');
        while (cloud.now() < endsAt) {
          for (let step = 0; step < 12; step += 1) await plane.live();
          after = (await readByBoto3(wire.url)) as ReadBack;
          if (after.instances.every(([, build]) => build === october)) break;
        }
        proxy.heal();
        for (let step = 0; step < 24; step += 1) await plane.live();
        after = (await readByBoto3(wire.url)) as ReadBack;
        expect(after.instances).toEqual(Array(20).fill(['ACTIVE', october]));
        // At rest, and deployed once: a lost answer has not made a second deployment.
        expect(after.services.map(([, ...counts]) => counts)).toEqual(
          Array(6).fill([10, 10, 1, 1]),
        );
        // Each instance was replaced once.
        expect(cloud.world.launches).toBe(20);
        expect(after.tasks).toHaveLength(60);
        expect(after.digests).toHaveLength(6);
        expect(after.digests.filter((digest) => before.digests.includes(digest))).toEqual([]);
        expect(await readByApi(rolloutId)).toEqual({
          rollout: 'completed',
          images: Array(6).fill('arrived'),
          replaced: Array(20).fill('done'),
          deployed: Array(6).fill('done'),
          tasks: { total: 60, current: 60, behind: 0, unknown: 0 },
          instances: after.instances,
        });
        expect(plane.announced).toContain('Image Rebuild Requested');
        if (share > 0) {
          expect(Object.values(proxy.fired).every((times) => times > 0)).toBe(true);
          console.log(`faults: ${JSON.stringify(proxy.fired)}`);
        } else {
          expect(plane.failures).toEqual([]);
        }
      } finally {
        await plane.stop();
        await proxy.close();
        await wire.close();
        cloud.close();
      }
    },
  );
});
