import { describe, expect, it } from 'vitest';
import { hasArrivedLate } from '../../../domain/rollout/lateArrivals.ts';
import type { ChannelState } from '../../../domain/windows/channel.ts';
import type { ImageState } from '../../../domain/windows/image.ts';
import type { RolloutEvent } from '../../../events/rollout.ts';
import {
  aChannel,
  anImage,
  at,
  digest,
  imageName,
  imagesOf,
  october,
  september,
} from '../../support/fleetBuilder.ts';
import { happened, rolloutAfter } from './rolloutBuilder.ts';

const { started, rebuildRequested, rebuilt, completed, aborted } = happened;
const day = 24 * 60;
const overdue: RolloutEvent = {
  type: 'RebuildOverdue',
  data: { image: imageName('orders'), overdueAt: at(day) },
};
const old = anImage('orders', september);
const late = anImage('orders', october, { pushedAt: at(8 * day) });

const isLate = (
  past: readonly RolloutEvent[],
  images: readonly ImageState[] = [old],
  channels: readonly ChannelState[] = [aChannel(september, october)],
) =>
  hasArrivedLate(
    rolloutAfter({ instances: [], services: ['orders'] }, started(), rebuildRequested(), ...past),
    { channels, images: imagesOf(...images) },
  );

/** A derived repository that comes to the build at a minute. */
const derived = (minute: number): ChannelState => {
  const state = aChannel(october);
  const newest = {
    ...state.newest,
    build: october,
    digest: digest('net'),
    publishedAt: at(minute),
  };
  return { ...state, repository: 'dotnet/framework/aspnet', newest } as ChannelState;
};

describe('what arrives after a rollout has given up on it', () => {
  it('is an image that was pushed after all', () => {
    expect(isLate([overdue, completed(4 * day)])).toBe(false);
    expect(isLate([overdue, completed(4 * day)], [old, late])).toBe(true);
  });

  it('is a base that Microsoft publishes days later, as in April 2025', () => {
    const given = [overdue, completed(4 * day)];
    expect(isLate(given, [old], [aChannel(october), derived(8 * day)])).toBe(true);
    expect(isLate(given, [old], [aChannel(october), derived(2 * day)])).toBe(false);
  });

  it('is nothing while the rollout goes on, nor of one that a person aborted', () => {
    expect(isLate([overdue], [old, late])).toBe(false);
    expect(isLate([overdue, aborted(4 * day)], [old, late])).toBe(false);
  });

  it('is nothing that had arrived in time', () => {
    expect(isLate([rebuilt(), completed(4 * day)], [old, late])).toBe(false);
  });
});
