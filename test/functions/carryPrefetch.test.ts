import { describe, expect, it } from 'vitest';
import { type PrefetchCommand, prefetch, prefetchStream } from '../../domain/rollout/prefetch.ts';
import { LeaseId } from '../../events/ids.ts';
import type { RolloutEvent } from '../../events/rollout.ts';
import { carryOut } from '../../functions/effects/carryOut.ts';
import { send } from '../../functions/send.ts';
import { effectsOf, openEffects } from '../../functions/streams/relay.ts';
import { type EcsGateway, GatewayError } from '../../infra/aws/gateways.ts';
import { readViews } from '../../infra/views/views.ts';
import { effectId, happened, planned, rolloutId } from '../domain/rollout/rolloutBuilder.ts';
import {
  anInstance,
  at,
  clusterName,
  digest,
  ec2Id,
  instanceArn,
  taskArn,
} from '../support/fleetBuilder.ts';
import { anEcs, gatewaysWith } from './gatewayDoubles.ts';
import { aRecord, writtenTo } from './record.ts';

const stream = prefetchStream(rolloutId);
const id = effectId('prefetch-a');
const asked: PrefetchCommand = {
  type: 'PrefetchImage',
  rolloutId,
  clusterName,
  containerInstanceArn: instanceArn('a'),
  ec2InstanceId: ec2Id('a'),
  operatingSystemFamily: 'WINDOWS_SERVER_2022_CORE',
  repository: '111122223333.dkr.ecr.eu-west-1.amazonaws.com/orders',
  digest: digest('orders october'),
  memoryMiB: 512,
  leaseId: LeaseId.parse('lease-prefetch-a'),
  effectId: id,
  now: at(61),
};

/** Carries the pull out against an ECS that answers as told. */
const carried = async (
  fields: Partial<EcsGateway> = {},
  mode: 'observe' | 'drive' = 'drive',
  past: readonly RolloutEvent[] = [planned({ services: ['orders'] }), happened.started()],
) => {
  const store = await aRecord(mode, ...past);
  await send(store, prefetch, stream, asked, asked.now);
  const runs: string[] = [];
  const ecs = anEcs({
    describeInstance: async () => anInstance('a'),
    prefetchDefinition: async ({ memoryMiB }) => `tuesday-prefetch:${memoryMiB}`,
    runPinnedTask: async ({ family, clientToken, ec2InstanceId }) => {
      runs.push(`${family} ${clientToken} ${ec2InstanceId}`);
      return { taskArn: taskArn('pull') };
    },
    ...fields,
  });
  const tools = { store, gateways: gatewaysWith({ ecs }), now: () => at(62) };
  const once = () => carryOut(tools, { prefetchOf: rolloutId, effectId: id });
  const report = await once();
  return { report, runs, once, store, written: await writtenTo(store, stream) };
};

describe('a pull of an image', () => {
  it('runs one pinned task under the id of its intent, and none when it comes again', async () => {
    const { report, runs, once, written } = await carried();
    expect(report).toEqual({ status: 'settled' });
    expect(runs).toEqual([`tuesday-prefetch:512 ${id} ${ec2Id('a')}`]);
    expect(written.at(-1)).toBe('PrefetchStarted');
    expect([await once(), runs.length]).toEqual([{ status: 'settled' }, 1]);
  });

  it('waits below drive, and for an instance whose agent is away', async () => {
    expect((await carried({}, 'observe')).report.status).toBe('open');
    const away = { describeInstance: async () => anInstance('a', { agentConnected: false }) };
    expect([(await carried(away)).report.status, (await carried(away)).runs]).toEqual(['open', []]);
  });

  it('is given up when its rollout has stopped since', async () => {
    const past = [planned({ services: ['orders'] }), happened.started(), happened.halted()];
    const { runs, written } = await carried({}, 'drive', past);
    expect([runs, written.at(-1)]).toEqual([[], 'PrefetchEnded']);
  });

  it('ends when AWS refuses it, and stays open when it only did not work', async () => {
    const failing = (kind: 'refused' | 'unclear') => ({
      runPinnedTask: async () => {
        throw new GatewayError(kind, 'InvalidParameterException', 'RunTask: no');
      },
    });
    expect((await carried(failing('refused'))).written.at(-1)).toBe('PrefetchEnded');
    const unclear = await carried(failing('unclear'));
    expect([unclear.report.status, unclear.written.at(-1)]).toEqual(['open', 'PrefetchIntended']);
  });

  it('is queued by the commit that intends it, and by the sweep while it is open', async () => {
    const { store } = await carried({}, 'observe');
    const [commit] = await store.readAll(0, 20).then((all) => all.slice(-1));
    const message = { prefetchOf: rolloutId, effectId: id };
    expect(commit && effectsOf(commit)).toEqual([message]);
    expect(openEffects(await readViews(store))).toEqual([message]);
    const started = await carried();
    const last = (await started.store.readAll(0, 20)).at(-1);
    expect(last && effectsOf(last)).toEqual([]);
    expect(openEffects(await readViews(started.store))).toEqual([]);
  });
});
