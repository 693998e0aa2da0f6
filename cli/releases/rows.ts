import { isStopped } from '../../domain/fleet/fleetShard.ts';
import { compareBuilds } from '../../domain/windows/build.ts';
import type { Anomaly, ChannelState, Release } from '../../domain/windows/channel.ts';
import type { ImageState } from '../../domain/windows/image.ts';
import { lineageOf } from '../../domain/windows/lineage.ts';
import type { Channel, Instant, WindowsBuild } from '../../events/ids.ts';
import type { Views } from '../../infra/views/views.ts';

/** What came after a release on its way to what runs: the AMI that has it, and the images on it. */
export type Followed = {
  /** The first AMI of the channel whose build is at least the release. */
  readonly ami?: { readonly name: string; readonly at: Instant };
  /** Images that tasks run, of this channel: on the release or a newer one, of how many. */
  readonly images: { readonly on: number; readonly of: number };
};

export type ReleaseRow = Release & {
  readonly repository: string;
  readonly tag: string;
  readonly channel: Channel;
  /** The release that took its place. */
  readonly until?: Instant;
};

/** What the channel's anomaly came to, in a sentence. */
export type Decided = Anomaly & { readonly decided: string };

export const followedBy = (views: Views, channel: Channel, build: WindowsBuild): Followed => {
  const amis = views.amis
    .filter((family) => family.channel === channel)
    .flatMap((family) => family.amis)
    .filter((each) => each.build !== undefined && compareBuilds(each.build, build) >= 0)
    .toSorted((a, b) => a.publishedAt - b.publishedAt || (a.name < b.name ? -1 : 1));
  const [first] = amis;
  const standing = imagesInUse(views).flatMap((image) => {
    const lineage = lineageOf(image, views.channels);
    return lineage.status === 'known' && lineage.channel === channel ? [lineage.build] : [];
  });
  return {
    ...(first && { ami: { name: first.name, at: first.publishedAt } }),
    images: {
      on: standing.filter((each) => compareBuilds(each, build) >= 0).length,
      of: standing.length,
    },
  };
};

/**
 * The newest release of a channel over all its tags, as the first of them had it, and the build
 * before it. Derived repositories follow hours later and name no KB.
 */
export const newestOf = (
  states: readonly ChannelState[],
): { readonly newest: Release; readonly before?: WindowsBuild } | undefined => {
  const releases = states
    .flatMap((state) => state.releases)
    .toSorted((a, b) => compareBuilds(b.build, a.build) || a.publishedAt - b.publishedAt);
  const [first] = releases;
  if (first === undefined) return undefined;
  const same = releases.filter(({ build }) => build === first.build);
  const kb = same.find((each) => each.kb !== undefined)?.kb;
  const rebaseline = same.some((each) => each.rebaseline);
  const before = releases[same.length]?.build;
  return {
    newest: { ...first, rebaseline, ...(kb === undefined ? {} : { kb }) },
    ...(before === undefined ? {} : { before }),
  };
};

/** Every image that a task of any cluster runs, as far as it is known. */
const imagesInUse = (views: Views): readonly ImageState[] => {
  const digests = new Set(
    [...views.clusters.keys()]
      .flatMap((name) => [...views.fleet(name).tasks.values()])
      .filter((task) => !isStopped(task))
      .flatMap(({ containers }) => containers)
      .flatMap(({ imageDigest }) => imageDigest ?? []),
  );
  return [...digests].toSorted().flatMap((digest) => views.images.get(digest) ?? []);
};

/** Every release of a tag, newest first. */
export const historyOf = ({
  repository,
  tag,
  channel,
  releases,
}: ChannelState): readonly ReleaseRow[] =>
  releases
    .map((release, index): ReleaseRow => {
      const next = releases[index + 1];
      const about = { repository, tag, channel };
      return { ...release, ...about, ...(next && { until: next.publishedAt }) };
    })
    .toReversed();

export const decidedOf = (state: ChannelState): readonly Decided[] =>
  state.anomalies.map((each) => ({ ...each, decided: decisionOn(each, state) }));

const decisionOn = (anomaly: Anomaly, { anomalies, releases, newest }: ChannelState): string => {
  switch (anomaly.kind) {
    case 'movedBack': {
      const accepted = anomalies.find(
        (each) =>
          each.kind === 'downgradeAccepted' && each.to === anomaly.to && each.at >= anomaly.at,
      );
      if (accepted?.kind === 'downgradeAccepted') return `accepted by ${accepted.actor}`;
      const next = releases.find(({ publishedAt }) => publishedAt > anomaly.at);
      const since = next === undefined ? '' : `; ${next.build} came after it`;
      return `not followed: ${anomaly.from} went on counting${since}`;
    }
    case 'respun':
      return `followed: ${anomaly.build} goes by the new digest and is told by either's layers`;
    case 'refused':
      return `not followed: ${newest === undefined ? 'nothing' : newest.build} went on counting`;
    case 'newerListed': {
      const next = releases.find(({ build }) => compareBuilds(build, anomaly.build) >= 0);
      if (next !== undefined) return `waited for: the tag held ${next.build} later`;
      return 'waited for: what no floating tag holds moves nothing';
    }
    case 'downgradeAccepted':
      return `${anomaly.to} counts from then on`;
    default:
      return anomaly satisfies never;
  }
};
