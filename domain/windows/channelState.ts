import type { Channel, Digest, Instant, WindowsBuild } from '../../events/ids.ts';
import type { ChannelEvent, ReleaseKind } from '../../events/windows.ts';
import { assert } from '../assert.ts';
import { compareBuilds } from './build.ts';
import { channelOfTag } from './tag.ts';

/** A base image that Microsoft put behind a floating tag, under the build that counts. */
export type Release = {
  readonly build: WindowsBuild;
  /** Of the index behind the tag, the last one under this build. */
  readonly digest: Digest;
  readonly kb?: string;
  readonly kind: ReleaseKind;
  readonly rebaseline?: boolean;
  readonly publishedAt: Instant;
};

/** What the tag did that is no release. */
export type Anomaly =
  | {
      readonly kind: 'movedBack';
      readonly from: WindowsBuild;
      readonly to: WindowsBuild;
      readonly digest: Digest;
      readonly at: Instant;
    }
  | {
      readonly kind: 'respun';
      readonly build: WindowsBuild;
      readonly digest: Digest;
      readonly at: Instant;
    }
  | {
      readonly kind: 'refused';
      readonly reason: string;
      readonly digest: Digest;
      readonly at: Instant;
    }
  | {
      /** The tag stayed behind a build that has a tag of its own. */
      readonly kind: 'newerListed';
      readonly build: WindowsBuild;
      readonly newest: WindowsBuild;
      readonly at: Instant;
    }
  | {
      readonly kind: 'downgradeAccepted';
      readonly to: WindowsBuild;
      readonly digest: Digest;
      readonly actor: string;
      readonly reason: string;
      readonly at: Instant;
    };

/** One floating tag of Microsoft's registry, as far as Tuesday has followed it. Plain JSON. */
export type ChannelState = {
  readonly repository: string;
  readonly tag: string;
  readonly channel: Channel;
  /** What counts as newest: the last of `releases`. Absent until the tag could be read once. */
  readonly newest?: Release;
  /** Oldest first. */
  readonly releases: readonly Release[];
  /** Oldest first, the last hundred. */
  readonly anomalies: readonly Anomaly[];
  /** The tag cannot be read since then; what it holds now is unknown. */
  readonly unreadable?: { readonly reason: string; readonly since: Instant };
  /**
   * Uncompressed layers of each build, base first; a build that was spun again has several lists.
   */
  readonly diffIdsByBuild: Readonly<Record<string, readonly (readonly Digest[])[]>>;
};

const anomaliesMax = 100;

/** The state after `event`. Remembers and never judges. */
export const evolveChannel = (
  state: ChannelState | undefined,
  event: ChannelEvent,
): ChannelState => {
  const known = state ?? opened(event.data);
  switch (event.type) {
    case 'ReleasePublished':
      return published(known, event.data);
    case 'TagMovedBack': {
      const { from, to, digest, observedAt: at } = event.data;
      return withAnomaly(known, { kind: 'movedBack', from, to, digest, at });
    }
    case 'ReleaseRespun':
      return respun(known, event.data);
    case 'TagContentRefused': {
      const { reason, digest, observedAt: at } = event.data;
      return withAnomaly(known, { kind: 'refused', reason, digest, at });
    }
    case 'NewerBuildListed': {
      const { build, newest, observedAt: at } = event.data;
      return withAnomaly(known, { kind: 'newerListed', build, newest, at });
    }
    case 'ChannelBecameUnreadable': {
      const { reason, since } = event.data;
      return { ...known, unreadable: { reason, since } };
    }
    case 'ChannelBecameReadable': {
      const { unreadable: _unreadable, ...readable } = known;
      return readable;
    }
    case 'DowngradeAccepted':
      return downgraded(known, event.data);
    default:
      return event satisfies never;
  }
};

const opened = ({ repository, tag }: ChannelEvent['data']): ChannelState => {
  const channel = channelOfTag(tag);
  assert(channel !== undefined, `a tag that names no channel is not followed: ${tag}`);
  return { repository, tag, channel, releases: [], anomalies: [], diffIdsByBuild: {} };
};

type DataOf<Type extends ChannelEvent['type']> = Extract<ChannelEvent, { type: Type }>['data'];

const published = (state: ChannelState, data: DataOf<'ReleasePublished'>): ChannelState => {
  const { build, digest, kb, kind, rebaseline, diffIds, publishedAt } = data;
  const newest: Release = {
    build,
    digest,
    ...(kb === undefined ? {} : { kb }),
    kind,
    ...(rebaseline === undefined ? {} : { rebaseline }),
    publishedAt,
  };
  const releases = [...state.releases, newest];
  return { ...withDiffIds(state, build, diffIds), newest, releases };
};

const respun = (state: ChannelState, data: DataOf<'ReleaseRespun'>): ChannelState => {
  const { build, digest, diffIds = [], observedAt: at } = data;
  const noted = withAnomaly(state, { kind: 'respun', build, digest, at });
  const releases = state.releases.map((each) =>
    each.build === build ? { ...each, digest } : each,
  );
  return withNewest(withDiffIds(noted, build, diffIds), releases);
};

/** Later releases no longer count: the operator took them back. */
const downgraded = (state: ChannelState, data: DataOf<'DowngradeAccepted'>): ChannelState => {
  const { to, digest, actor, reason, acceptedAt: at } = data;
  const noted = withAnomaly(state, {
    kind: 'downgradeAccepted',
    to,
    digest,
    actor,
    reason,
    at,
  });
  const earlier = state.releases.filter(({ build }) => compareBuilds(build, to) < 0);
  const known = state.releases.find(({ build }) => build === to);
  const release: Release = { kind: 'B', publishedAt: at, ...known, build: to, digest };
  return withNewest(noted, [...earlier, release]);
};

const withNewest = (state: ChannelState, releases: readonly Release[]): ChannelState => {
  const newest = releases.at(-1);
  return { ...state, releases, ...(newest === undefined ? {} : { newest }) };
};

const withAnomaly = (state: ChannelState, anomaly: Anomaly): ChannelState => ({
  ...state,
  anomalies: [...state.anomalies, anomaly].slice(-anomaliesMax),
});

const withDiffIds = (
  state: ChannelState,
  build: WindowsBuild,
  diffIds: readonly Digest[],
): ChannelState => {
  if (diffIds.length === 0) return state;
  const lists = [...(state.diffIdsByBuild[build] ?? []), diffIds];
  return { ...state, diffIdsByBuild: { ...state.diffIdsByBuild, [build]: lists } };
};
