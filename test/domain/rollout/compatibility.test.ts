import { describe, expect, it } from 'vitest';
import type { ImageProgress, ServiceProgress } from '../../../domain/rollout/rolloutState.ts';
import { whyNotAhead } from '../../../domain/rollout/whyNotAhead.ts';
import { whyNotCompatible } from '../../../domain/rollout/whyNotCompatible.ts';
import { WindowsBuild } from '../../../events/ids.ts';
import { aFleet, anInstance, at, october2019, september2019 } from '../../support/fleetBuilder.ts';
import { aSight, imageItem, planned, rolloutAfter, serviceItem } from './rolloutBuilder.ts';

// 2019 and 2025 have a floor of April 2025; 2022 has none.
const march2025 = WindowsBuild.parse('17763.7009');
const channel = 'ltsc2019';
const item: ServiceProgress = { ...serviceItem('orders'), channel, status: 'waiting' };
const rebuilt = { ...imageItem('orders'), channel, toBuild: october2019 } as const;
const images: readonly ImageProgress[] = [{ ...rebuilt, status: 'waiting' }];

const onInstanceOf = (build: string) => {
  const instance = anInstance('old', { build: september2019 });
  const attributes = { ...instance.attributes, 'tuesday.os-build': build };
  const view = aFleet({ instances: [{ ...instance, attributes }] });
  return whyNotCompatible(item, images, aSight({ view }));
};

describe('a rebuilt image', () => {
  it('may run ahead of an instance of last month', () => {
    expect(onInstanceOf(september2019)).toBeUndefined();
  });

  it('is held while an instance is below a floor that it needs', () => {
    expect(onInstanceOf(march2025)).toMatchObject({
      reason: 'IncompatibleBuild',
      lasting: false,
    });
  });

  it('is held to the family alone where the revision of an instance is not known', () => {
    expect(onInstanceOf('not a build')).toBeUndefined();
  });
});

describe('in an emergency', () => {
  const coming = new Set([channel]);
  const plan = planned({ instances: ['old'], services: ['orders'], emergency: true }).data;
  const instances = plan.instances.map((each) => ({ ...each, channel }) as const);
  const rollout = rolloutAfter({ ...plan, instances });
  const arrived: readonly ImageProgress[] = [
    { ...rebuilt, status: 'arrived', since: at(1), digest: 'sha256:not-inspected' },
  ];
  const on = (build: string) => {
    const instance = anInstance('old', { build: september2019 });
    const attributes = { ...instance.attributes, 'tuesday.os-build': build };
    const view = aFleet({ instances: [{ ...instance, attributes }] });
    return whyNotAhead(rollout, item, arrived, aSight({ view }), coming);
  };

  it('an image does not wait for instances on which it runs already', () => {
    expect(on(september2019)).toBeUndefined();
  });

  it('it waits for those on which it does not run, which are being replaced', () => {
    expect(on(march2025)).toMatchObject({ reason: 'WaitsForInstances' });
  });
});
