import type { Channel, Flavour, Instant, WindowsBuild } from '../../events/ids.ts';
import { compareBuilds } from '../windows/build.ts';
import type { ChannelState } from '../windows/channelState.ts';
import { hourMs } from '../windows/civilDate.ts';
import type { LineageUnknown } from '../windows/lineage.ts';
import { baseRepository } from '../windows/tag.ts';
import { lackedByHistory, lackedReleases } from './lackedReleases.ts';

export type UnknownReason = LineageUnknown | 'NoDigest' | 'ChannelNotYetRead';

/** What has to come before the next step can be taken. */
export type WaitingFor = 'ami' | 'rebuild' | 'rollout';

/** How one build stands against the newest of its channel. */
export type Standing =
  | { readonly status: 'current'; readonly channel: Channel; readonly build: WindowsBuild }
  | {
      readonly status: 'behind';
      readonly channel: Channel;
      readonly build: WindowsBuild;
      readonly newest: WindowsBuild;
      readonly releasesBehind: number;
      /** When the first release that it lacks was published. */
      readonly since: Instant;
      /** Whole hours from `since` to now. */
      readonly hoursBehind: number;
      /** Releases may be missing from what is known: the true figures may be worse. */
      readonly atLeast: boolean;
      readonly waitingFor: WaitingFor;
    }
  | { readonly status: 'unknown'; readonly reason: UnknownReason; readonly detail: string };

export type Behind = Extract<Standing, { status: 'behind' }>;

export const unknownStanding = (reason: UnknownReason, detail: string): Standing => ({
  status: 'unknown',
  reason,
  detail,
});

/**
 * The followed tag of a base image and channel that has come furthest; 2019's Server Core has two.
 */
export const leadingTag = (
  channels: readonly ChannelState[],
  flavour: Flavour,
  channel: Channel,
): ChannelState | undefined =>
  channels
    .filter((each) => each.repository === baseRepository(flavour) && each.channel === channel)
    .reduce<ChannelState | undefined>(
      (best, each) => (isAhead(each, best) ? each : best),
      undefined,
    );

const isAhead = (one: ChannelState, other: ChannelState | undefined): boolean => {
  if (one.newest === undefined) return false;
  if (other?.newest === undefined) return true;
  return (
    compareBuilds(one.newest.build, other.newest.build) > 0 ||
    (one.newest.build === other.newest.build && one.tag < other.tag)
  );
};

/**
 * Measures a build against the releases of its channel. Nothing is said to be current while the
 * channel was never read; that it is behind Microsoft's history tells all the same. A build above
 * the newest is current: instances get out-of-band updates that never become a base image.
 */
export const standingOf = (
  build: WindowsBuild,
  { channel, flavour }: { readonly channel: Channel; readonly flavour: Flavour },
  { channels, now }: { readonly channels: readonly ChannelState[]; readonly now: Instant },
  waitingFor: (newest: WindowsBuild) => WaitingFor,
): Standing => {
  const state = leadingTag(channels, flavour, channel);
  const { lacked, atLeast } =
    state?.newest === undefined
      ? { lacked: lackedByHistory(build, channel, now), atLeast: true }
      : lackedReleases(build, state);
  const [first] = lacked;
  const newest = state?.newest?.build ?? lacked.at(-1)?.build;
  if (newest === undefined) {
    const detail = `no release of ${baseRepository(flavour)} ${channel} has been read yet`;
    return unknownStanding('ChannelNotYetRead', detail);
  }
  if (first === undefined) return { status: 'current', channel, build };
  return {
    status: 'behind',
    channel,
    build,
    newest,
    releasesBehind: lacked.length,
    since: first.publishedAt,
    hoursBehind: Math.max(0, Math.floor((now - first.publishedAt) / hourMs)),
    atLeast,
    waitingFor: waitingFor(newest),
  };
};

/**
 * Certain and long behind is worst, then what is not known, then what is current. Below zero: `a`
 * is worse.
 */
export const worstFirst = (a: Standing, b: Standing): number => {
  if (a.status === 'behind' && b.status === 'behind') {
    return a.since - b.since || compareBuilds(a.build, b.build);
  }
  return severity[b.status] - severity[a.status];
};

const severity = { behind: 2, unknown: 1, current: 0 } as const;
