import { compareBuilds } from '../../domain/windows/build.ts';
import type { Release } from '../../domain/windows/channel.ts';
import type { Channel, Instant, WindowsBuild } from '../../events/ids.ts';
import type { FollowedTag } from '../../functions/api/contract/releases.ts';

export type ReleaseRow = Release & {
  readonly repository: string;
  readonly tag: string;
  readonly channel: Channel;
  /** The release that took its place. */
  readonly until?: Instant;
};

/**
 * The newest release of a channel over all its tags, as the first of them had it, and the build
 * before it. Derived repositories follow hours later and name no KB.
 */
export const newestOf = (
  states: readonly FollowedTag[],
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

/** Every release of a tag, newest first. */
export const historyOf = ({
  repository,
  tag,
  channel,
  releases,
}: FollowedTag): readonly ReleaseRow[] =>
  releases
    .map((release, index): ReleaseRow => {
      const next = releases[index + 1];
      const about = { repository, tag, channel };
      return { ...release, ...about, ...(next && { until: next.publishedAt }) };
    })
    .toReversed();
