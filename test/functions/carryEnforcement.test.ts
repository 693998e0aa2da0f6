import { describe, expect, it } from 'vitest';
import { enforcementStream } from '../../domain/enforcement/enforcement.ts';
import type { EnforcementEvent } from '../../events/enforcement.ts';
import type { ObservedService } from '../../events/fleet.ts';
import { carryOut } from '../../functions/effects/carryOut.ts';
import { type EcsGateway, GatewayError } from '../../infra/aws/gateways.ts';
import { effectId } from '../domain/rollout/rolloutBuilder.ts';
import {
  aService,
  at,
  clusterName,
  enforced,
  instanceArn,
  october,
  september,
  serviceArn,
} from '../support/fleetBuilder.ts';
import { anEcs, gatewaysWith } from './gatewayDoubles.ts';
import { aRecord, write, writtenTo } from './record.ts';

const stream = enforcementStream(clusterName);
const constraining: EnforcementEvent = {
  type: 'ServiceConstraintIntended',
  data: {
    serviceArn: serviceArn('orders'),
    builds: [september, october],
    effectId: effectId('constrain-orders'),
    intendedAt: at(5),
  },
};
const labelling: EnforcementEvent = {
  type: 'InstanceLabelIntended',
  data: {
    containerInstanceArn: instanceArn('a'),
    build: september,
    effectId: effectId('label-a'),
    intendedAt: at(5),
  },
};

const carried = async (
  name: string,
  {
    service,
    mode = 'drive',
    ...ecs
  }: Partial<EcsGateway> & {
    readonly service?: ObservedService;
    readonly mode?: 'observe' | 'drive';
  } = {},
) => {
  const calls: unknown[] = [];
  const store = await aRecord(mode);
  await write(store, stream, [constraining, labelling]);
  const gateways = gatewaysWith({
    ecs: anEcs({
      describeService: async () => service,
      labelInstance: async (_cluster, arn, build) => void calls.push([arn, build]),
      setPlacementConstraints: async (_cluster, _arn, constraints) => void calls.push(constraints),
      ...ecs,
    }),
  });
  const tools = { store, gateways, now: () => at(10), executor: 'one' };
  const once = () => carryOut(tools, { clusterName, effectId: effectId(name) });
  const report = await once();
  return { report, calls, once, written: await writtenTo(store, stream) };
};

const owners = { type: 'memberOf', expression: 'attribute:disk == ssd' };

describe('a constraint', () => {
  it('is written behind what the owner asks for, and recorded', async () => {
    const service = aService('orders', { placementConstraints: [owners] });
    const { calls, written } = await carried('constrain-orders', { service });
    expect(calls).toEqual([[owners, ...enforced]]);
    expect(written).toEqual(['EnforcementAttempted', 'EnforcementSucceeded']);
  });

  it('that stands already is not written again', async () => {
    const { calls, written } = await carried('constrain-orders', { service: aService('orders') });
    expect(calls).toEqual([]);
    expect(written).toEqual(['EnforcementSucceeded']);
  });

  it.each([['DRAINING'], ['INACTIVE']])('is given up for a service that is %s', async (status) => {
    const { calls, written } = await carried('constrain-orders', {
      service: aService('orders', { status }),
    });
    expect([calls, written]).toEqual([[], ['EnforcementFailed']]);
  });

  it('stays open where its answer was lost, and is written again', async () => {
    const lost = async () => {
      throw new GatewayError('unclear', 'TimeoutError', 'UpdateService: socket hang up');
    };
    const service = aService('orders', { placementConstraints: [] });
    const { report, written } = await carried('constrain-orders', {
      service,
      setPlacementConstraints: lost,
    });
    expect(report.status).toBe('open');
    expect(written).toEqual(['EnforcementAttempted']);
  });

  it('is not written below drive', async () => {
    const { report, calls } = await carried('constrain-orders', { mode: 'observe' });
    expect([report.status, calls]).toEqual(['open', []]);
  });
});

describe('the build of an instance', () => {
  it('is written once', async () => {
    const { calls, once, written } = await carried('label-a');
    expect(await once()).toEqual({ status: 'settled' });
    expect(calls).toEqual([[instanceArn('a'), september]]);
    expect(written).toEqual(['EnforcementAttempted', 'EnforcementSucceeded']);
  });

  it('is given up where AWS says no', async () => {
    const { written } = await carried('label-a', {
      labelInstance: async () => {
        throw new GatewayError('refused', 'TargetNotFoundException', 'PutAttributes: not found');
      },
    });
    expect(written).toEqual(['EnforcementAttempted', 'EnforcementFailed']);
  });
});
