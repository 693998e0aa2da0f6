import { describe, expect, it } from 'vitest';
import { planSteps } from '../../../domain/rollout/planSteps.ts';
import type { ImageState } from '../../../domain/windows/image.ts';
import type { RolloutEvent } from '../../../events/rollout.ts';
import {
  aFleet,
  anImage,
  at,
  digest,
  imageName,
  imagesOf,
  october,
  september,
} from '../../support/fleetBuilder.ts';
import { aSight, happened, rolloutAfter } from './rolloutBuilder.ts';

const { started, paused, halted, rebuildRequested } = happened;
const day = 24 * 60;
const image = imageName('orders');
const old = anImage('orders', september);

const planAt = (
  minute: number,
  past: readonly RolloutEvent[],
  ...images: readonly ImageState[]
) => {
  const state = rolloutAfter({ instances: [], services: ['orders'] }, started(), ...past);
  const { proposals, holds } = planSteps(
    state,
    aSight({ view: aFleet(), images: imagesOf(old, ...images), now: at(minute) }),
  );
  const steps = proposals.map(({ step }) => step).filter((step) => 'image' in step);
  return { steps, hold: holds.find(({ subject }) => subject === image)?.reason };
};

describe('a stale image', () => {
  it('is asked to be rebuilt', () => {
    expect(planAt(1, []).steps).toMatchObject([{ type: 'RequestRebuild', image }]);
  });

  it('is pending until its deadline and then given up', () => {
    expect(planAt(60, [rebuildRequested()])).toEqual({ steps: [], hold: 'RebuildPending' });
    expect(planAt(2 + day, [rebuildRequested()]).steps).toMatchObject([{ type: 'GiveUpRebuild' }]);
  });

  it('arrives when its tag is pushed on the new base, asked for or not, in time or not', () => {
    const pushed = anImage('orders', october, { pushedAt: at(59) });
    const overdue: RolloutEvent = { type: 'RebuildOverdue', data: { image, overdueAt: at(50) } };
    for (const past of [[], [rebuildRequested()], [rebuildRequested(), overdue]]) {
      expect(planAt(60, past, pushed).steps).toMatchObject([
        { type: 'RecordRebuild', digest: digest('orders october'), build: october },
      ]);
    }
  });

  it('has not arrived with a push on the old base, of another tag or of unknown content', () => {
    const { config: _config, ...unread } = anImage('orders', october, { name: 'unread' });
    const others = [
      anImage('orders', september, { name: 'again' }),
      { ...anImage('orders', october, { name: 'other tag' }), tags: ['nightly'] },
      { ...anImage('orders', october, { name: 'elsewhere' }), repositories: ['elsewhere/orders'] },
      unread,
    ];
    expect(planAt(60, [rebuildRequested()], ...others).steps).toEqual([]);
  });

  it('is held, and not lost, while the rollout does not run', () => {
    expect(planAt(2, [paused()])).toEqual({ steps: [], hold: 'RolloutPaused' });
    expect(planAt(2, [halted()])).toEqual({ steps: [], hold: 'RolloutHalted' });
  });
});
