import { describe, expect, it } from 'vitest';
import { rollout, rolloutStream } from '../../domain/rollout/rollout.ts';
import type { ObservedService } from '../../events/fleet.ts';
import type { RolloutEvent } from '../../events/rollout.ts';
import { carryOut } from '../../functions/effects/carryOut.ts';
import { effectId, happened, planned, rolloutId } from '../domain/rollout/rolloutBuilder.ts';
import { aDeployment, aService, at, serviceArn } from '../support/fleetBuilder.ts';
import { attempted, carriedOut } from './carriedOut.ts';
import { anEcs, gatewaysWith } from './gatewayDoubles.ts';
import { aRecord } from './record.ts';

const { started, learnt, halted } = happened;
const stream = rolloutStream(rolloutId);
const plan = planned({ instances: ['a'], services: ['orders'] });
const begun = [plan, started(), learnt()];

describe('a deployment', () => {
  const past = [...begun, happened.rebuilt(), happened.deploymentIntended('orders', 61)];
  const on = (...deployments: ReturnType<typeof aDeployment>[]) =>
    aService('orders', { deployments });
  const deployed = (service?: ObservedService, more: readonly RolloutEvent[] = []) =>
    carriedOut('deploy-orders', [...past, ...more], service === undefined ? {} : { service });
  const idIn = async ({ store }: Awaited<ReturnType<typeof carriedOut>>) => {
    const { state } = await store.load(stream, rollout);
    const item = state.status === 'none' ? undefined : state.services[serviceArn('orders')];
    return item?.status === 'deploying' ? item.deploymentId : undefined;
  };

  it('is made where the one from before still stands', async () => {
    const made = await deployed(on(aDeployment('ecs-svc/1')));
    expect([made.calls, await idIn(made)]).toEqual([['forceNewDeployment'], 'ecs-svc/2']);
  });

  it('whose answer was lost is adopted, and not made again', async () => {
    const lost = await deployed(on(aDeployment('ecs-svc/7', { createdAt: at(61) })));
    expect([lost.calls, await idIn(lost)]).toEqual([[], 'ecs-svc/7']);
  });

  it('that somebody is making at this moment is left to them, until that is long ago', async () => {
    const now = await deployed(on(aDeployment('ecs-svc/1')), [attempted('deploy-orders', 69)]);
    expect([now.report.status, now.calls]).toEqual(['open', []]);
    const later = await deployed(on(aDeployment('ecs-svc/1')), [attempted('deploy-orders', 62)]);
    expect(later.calls).toEqual(['forceNewDeployment']);
  });

  it('is made once by two executors at one moment', async () => {
    const store = await aRecord('drive', ...past);
    let made = 0;
    const ecs = anEcs({
      describeService: async () => on(aDeployment('ecs-svc/1')),
      forceNewDeployment: async () => {
        made += 1;
        return 'ecs-svc/2';
      },
    });
    const tools = { store, gateways: gatewaysWith({ ecs }), now: () => at(70) };
    const message = { rolloutId, effectId: effectId('deploy-orders') };
    await Promise.all([carryOut(tools, message), carryOut(tools, message)]);
    expect(made).toBe(1);
  });

  it('of the owner from before the intent is not taken for ours', async () => {
    const theirs = await deployed(on(aDeployment('ecs-svc/7', { createdAt: at(30) })));
    expect([theirs.calls, await idIn(theirs)]).toEqual([['forceNewDeployment'], 'ecs-svc/2']);
  });

  it('is dated after the answer', async () => {
    let minute = 70;
    const store = await aRecord('drive', ...past);
    const ecs = anEcs({
      describeService: async () => on(aDeployment('ecs-svc/1')),
      forceNewDeployment: async () => {
        minute = 75;
        return 'ecs-svc/2';
      },
    });
    const tools = { store, gateways: gatewaysWith({ ecs }), now: () => at(minute) };
    await carryOut(tools, { rolloutId, effectId: effectId('deploy-orders') });
    const { state } = await store.load(stream, rollout);
    expect(state.status !== 'none' && state.services[serviceArn('orders')]).toMatchObject({
      startedAt: at(75),
    });
  });

  it('waits when ECS answers MISSING, and is refused on a deleted service', async () => {
    expect((await deployed()).report.status).toBe('open');
    const deleted = await deployed(aService('orders', { status: 'INACTIVE' }));
    expect([deleted.calls, deleted.written]).toEqual([[], ['EffectFailed', 'ServiceSkipped']]);
  });

  it('is not made after a halt', async () => {
    const { calls, written } = await deployed(on(aDeployment('ecs-svc/1')), [halted(62)]);
    expect([calls, written]).toEqual([[], ['EffectFailed', 'ServiceSkipped']]);
  });

  it('goes on at once after a crash, with an attempt of its own', async () => {
    const store = await aRecord('drive', ...past, attempted('deploy-orders', 69));
    let made = 0;
    const ecs = anEcs({
      describeService: async () => on(aDeployment('ecs-svc/1')),
      forceNewDeployment: async () => {
        made += 1;
        return 'ecs-svc/2';
      },
    });
    const gateways = gatewaysWith({ ecs });
    const message = { rolloutId, effectId: effectId('deploy-orders') };
    const tools = { store, gateways, now: () => at(70) };
    await carryOut({ ...tools, executor: 'somebody else' }, message);
    expect(made).toBe(0);
    await carryOut({ ...tools, executor: 'another' }, message);
    expect(made).toBe(1);
  });
});
