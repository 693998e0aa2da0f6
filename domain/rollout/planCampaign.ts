import type { Channel, Instant, WindowsBuild } from '../../events/ids.ts';
import type { Target } from '../../events/rolloutItems.ts';
import type { ReleaseKind } from '../../events/windows.ts';
import { compareBuilds } from '../windows/build.ts';
import type { ChannelState } from '../windows/channel.ts';

/**
 * Server Core is the flavour by which a channel's builds are counted: it is the one that every
 * channel has.
 */
const leading = 'windows/servercore';

export type Newest = {
  readonly targets: readonly Target[];
  /** When the last of them appeared. */
  readonly publishedAt: Instant;
  /** One of them came on a day that is not Patch Tuesday. */
  readonly outOfBand: boolean;
  /**
   * Channels that cannot be read now: what they hold is not known, and they are left as they are.
   */
  readonly unreadable: readonly Channel[];
};

/**
 * The newest build of every channel that Tuesday has read, or `undefined` before the first reading.
 */
export const newestTargets = (channels: readonly ChannelState[]): Newest | undefined => {
  const newest = new Map<
    Channel,
    { build: WindowsBuild; publishedAt: Instant; kind: ReleaseKind }
  >();
  const unreadable = new Set<Channel>();
  for (const each of channels) {
    if (each.repository !== leading || each.newest === undefined) continue;
    if (each.unreadable !== undefined) unreadable.add(each.channel);
    const known = newest.get(each.channel);
    if (known === undefined || compareBuilds(each.newest.build, known.build) > 0) {
      newest.set(each.channel, each.newest);
    }
  }
  if (newest.size === 0) return undefined;
  const publishedAt = Math.max(...[...newest.values()].map((each) => each.publishedAt)) as Instant;
  const targets = [...newest]
    .map(([channel, { build }]) => ({ channel, build }))
    .toSorted((a, b) => (a.channel < b.channel ? -1 : 1));
  const latest = [...newest.values()].filter((each) => publishedAt - each.publishedAt < dayMs);
  const outOfBand = latest.some(({ kind }) => kind === 'OutOfBand');
  return { targets, publishedAt, outOfBand, unreadable: [...unreadable].toSorted() };
};

const dayMs = 86_400_000;

/** Some channel has moved past what `targets` ask for. */
export const isOvertaken = (targets: readonly Target[], newest: Newest): boolean =>
  newest.targets.some(({ channel, build }) => {
    const target = targets.find((each) => each.channel === channel);
    return target === undefined || compareBuilds(build, target.build) > 0;
  });
