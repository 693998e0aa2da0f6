import { describe, expect, it } from 'vitest';
import { planSteps } from '../../domain/rollout/planSteps.ts';
import type { AmiId } from '../../events/ids.ts';
import { readRollbackAmis } from '../../functions/ticks/readRollbackAmis.ts';
import { GatewayError } from '../../infra/aws/gateways.ts';
import { aSight, happened, rolloutAfter } from '../domain/rollout/rolloutBuilder.ts';
import { aFleet, amiId, anInstance } from '../support/fleetBuilder.ts';

const old = amiId('september');
const instance = anInstance('a', { attributes: { 'ecs.ami-id': old } });
const view = aFleet({ instances: [instance] });
const wanting = { rollbackAmi: 'required' } as const;
const ready = (policy: { readonly rollbackAmi?: 'required' }) =>
  rolloutAfter({ instances: ['a'], policy }, happened.started(), happened.learnt());

const asking = (answer: (ids: readonly AmiId[]) => unknown) => {
  const asked: (readonly AmiId[])[] = [];
  const describeImages = async (ids: readonly AmiId[]) => {
    asked.push(ids);
    return answer(ids) as never;
  };
  return { asked, tools: { ec2: { describeImages } } };
};
const image = (state: string) => [{ imageId: old, state, isPublic: true }];

describe('the AMI to go back to', () => {
  it.each([
    ['there', image('available'), true],
    ['deprecated to nothing', image('disabled'), false],
    ['private', [], false],
  ])('is asked for, once, before an instance is begun: %s', async (_what, answer, isThere) => {
    const { asked, tools } = asking(() => answer);
    const rollouts = [ready(wanting), ready(wanting)];
    expect(await readRollbackAmis(tools, rollouts, view)).toEqual(new Map([[old, isThere]]));
    expect(asked).toEqual([[old]]);
  });

  it('is not asked for where the policy does not want it', async () => {
    const { asked, tools } = asking(() => []);
    await readRollbackAmis(tools, [ready({})], view);
    expect(asked).toEqual([]);
  });

  it('is not known where EC2 does not answer', async () => {
    const { tools } = asking(() => {
      throw new GatewayError('throttled', 'RequestLimitExceeded', 'later');
    });
    expect(await readRollbackAmis(tools, [ready(wanting)], view)).toEqual(new Map());
  });

  const planned = (amisAvailable: ReadonlyMap<string, boolean>, policy = wanting) => {
    const { proposals, holds } = planSteps(ready(policy), aSight({ view, amisAvailable }));
    const isBegun = proposals.some(({ step }) => step.type === 'DrainInstance');
    return [isBegun, holds.map(({ reason }) => reason)];
  };

  it('holds an instance while it is not known, and for good where it is gone', () => {
    expect(planned(new Map())).toEqual([false, ['RollbackAmiUnknown']]);
    expect(planned(new Map([[old, false]]))).toEqual([false, ['RollbackAmiGone']]);
    expect(planned(new Map([[old, true]]))).toEqual([true, []]);
    expect(planned(new Map(), {} as never)).toEqual([true, []]);
  });
});
