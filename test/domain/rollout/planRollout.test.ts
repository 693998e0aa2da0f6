import { describe, expect, it } from 'vitest';
import { defaultPolicy } from '../../../domain/rollout/defaultPolicy.ts';
import { isOvertaken, newestTargets } from '../../../domain/rollout/planCampaign.ts';
import { planRollout } from '../../../domain/rollout/planRollout.ts';
import type { ObservedInstance, ObservedService, ObservedTask } from '../../../events/fleet.ts';
import { WindowsBuild } from '../../../events/ids.ts';
import {
  aChannel,
  aFleet,
  anImage,
  anInstance,
  aService,
  aTask,
  at,
  digest,
  imageName,
  imagesOf,
  instanceArn,
  october,
  october2019,
  september,
  september2019,
  serviceArn,
  taskArn,
} from '../../support/fleetBuilder.ts';
import { aSight, rolloutId } from './rolloutBuilder.ts';

const planFor = ({
  instances = [],
  services = [],
  tasks = [],
}: {
  readonly instances?: readonly ObservedInstance[];
  readonly services?: readonly ObservedService[];
  readonly tasks?: readonly ObservedTask[];
}) =>
  planRollout(
    aSight({
      view: aFleet({ instances, services, tasks }),
      images: imagesOf(anImage('orders', september), anImage('orders', october)),
    }),
    {
      rolloutId,
      targets: [{ channel: 'ltsc2022', build: october }],
      emergency: false,
      policy: defaultPolicy,
      actor: 'operator',
    },
  );

describe('the plan of a campaign', () => {
  it('takes in every instance that runs behind, and leaves the others', () => {
    const plan = planFor({
      instances: [
        anInstance('new', { build: october }),
        anInstance('b'),
        anInstance('a'),
        anInstance('other', { build: september2019 }),
      ],
    });
    expect(plan.instances).toMatchObject([
      { containerInstanceArn: instanceArn('a'), channel: 'ltsc2022', fromBuild: september },
      { containerInstanceArn: instanceArn('b') },
    ]);
    expect(plan.held).toEqual([]);
  });

  it('names what it cannot judge', () => {
    const { ec2InstanceId: _id, ...external } = anInstance('external');
    const plan = planFor({
      instances: [anInstance('unknown', { attributes: {} }), external],
      services: [aService('orders')],
      tasks: [aTask('t', { imageDigest: digest('never read') })],
    });
    expect(plan.held.map(({ subject, reason }) => [subject, reason])).toEqual([
      [instanceArn('external'), 'InstanceNotActive'],
      [instanceArn('unknown'), 'BuildUnknown'],
      [serviceArn('orders'), 'ImageUnknown'],
    ]);
  });

  it('takes in the services whose running tasks are behind, and their images once', () => {
    const plan = planFor({
      services: [aService('orders'), aService('new')],
      tasks: [
        aTask('t'),
        aTask('u'),
        aTask('v', { service: 'new', imageDigest: digest('orders october') }),
      ],
    });
    expect(plan.services).toMatchObject([
      { serviceArn: serviceArn('orders'), images: [imageName('orders')] },
    ]);
    expect(plan.images).toMatchObject([
      { image: imageName('orders'), tag: 'stable', fromBuild: september, toBuild: october },
    ]);
  });

  it('reads names with a port and without a tag', () => {
    const named = (image: string) =>
      planFor({
        services: [aService('orders')],
        tasks: [aTask('t', { image })],
      }).images[0];
    expect(named('registry:5000/orders')).toMatchObject({
      repository: 'registry:5000/orders',
      tag: 'latest',
    });
    expect(named('registry:5000/orders:v1')).toMatchObject({
      repository: 'registry:5000/orders',
      tag: 'v1',
    });
  });

  it('leaves what is pinned by digest to its owner, by name', () => {
    const image = `${imageName('orders').replace(':stable', '')}@${digest('orders september')}`;
    const plan = planFor({ services: [aService('orders')], tasks: [aTask('t', { image })] });
    expect(plan.images).toEqual([]);
    expect(plan.held).toMatchObject([{ subject: serviceArn('orders'), reason: 'DigestPinned' }]);
  });

  it('names standalone tasks, but not the proofs of an earlier rollout', () => {
    const plan = planFor({
      tasks: [
        aTask('n', { group: 'family:nightly' }),
        aTask('p', { group: 'family:canary', startedBy: 'prove-0123' }),
        aTask('s', { group: 'family:nightly', lastStatus: 'STOPPED' }),
      ],
    });
    expect(plan.held).toMatchObject([{ subject: taskArn('n'), reason: 'StandaloneTask' }]);
  });

  it('does not depend on the order in which things are listed', () => {
    const instances = ['a', 'b', 'c'].map((name) => anInstance(name));
    const tasks = ['t', 'u'].map((name) => aTask(name));
    const services = [aService('orders'), aService('basket')];
    const reversed = {
      instances: instances.toReversed(),
      tasks: tasks.toReversed(),
      services: services.toReversed(),
    };
    expect(planFor(reversed)).toEqual(planFor({ instances, tasks, services }));
  });
});

describe('the targets of a campaign', () => {
  it('are the newest build of every channel that was read', () => {
    const channels = [aChannel(september, october), aChannel(september2019, october2019)];
    expect(newestTargets(channels)).toEqual({
      targets: [
        { channel: 'ltsc2019', build: october2019 },
        { channel: 'ltsc2022', build: october },
      ],
      publishedAt: at(0),
      outOfBand: false,
      unreadable: [],
    });
    expect(newestTargets([])).toBeUndefined();
  });

  it('keep what an unreadable channel last said, and say that it is unreadable', () => {
    const unreadable = {
      ...aChannel(september, october),
      unreadable: { reason: '503', since: at(1) },
    };
    expect(newestTargets([unreadable])).toMatchObject({
      targets: [{ build: october }],
      unreadable: ['ltsc2022'],
    });
  });

  it('are overtaken by a newer build, compared as numbers, or by another channel', () => {
    const newest = newestTargets([aChannel(october)]);
    if (newest === undefined) throw new Error('there is a release');
    const asked = (build: string) => [
      { channel: 'ltsc2022' as const, build: WindowsBuild.parse(build) },
    ];
    expect(isOvertaken(asked(september), newest)).toBe(true);
    expect(isOvertaken(asked(october), newest)).toBe(false);
    expect(isOvertaken(asked('20348.32230'), newest)).toBe(false);
    expect(isOvertaken([], newest)).toBe(true);
  });
});
