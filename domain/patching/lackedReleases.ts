import type { Channel, Instant, WindowsBuild } from '../../events/ids.ts';
import { compareBuilds } from '../windows/build.ts';
import type { ChannelState, Release } from '../windows/channelState.ts';
import { dateOf, dayMs } from '../windows/civilDate.ts';
import { patchTuesday } from '../windows/patchTuesday.ts';
import { type DatedRelease, historyEndsAt, releaseHistory } from '../windows/releaseHistory.ts';

/**
 * The releases of a channel that a build lacks, oldest first. What was published before Tuesday's
 * first look at the tag comes from Microsoft's history, so that the first day already says since
 * when; of that only Patch Tuesday's releases count, because hardly any other became an image.
 * `atLeast`: there may be more, between the history and the first look or before the history.
 */
export const lackedReleases = (
  build: WindowsBuild,
  { channel, releases }: Pick<ChannelState, 'channel' | 'releases'>,
): { readonly lacked: readonly DatedRelease[]; readonly atLeast: boolean } => {
  const [first, ...later] = releases;
  if (first === undefined) return { lacked: [], atLeast: false };
  const isLacked = (each: DatedRelease) => compareBuilds(each.build, build) > 0;
  const watched = later.filter(isLacked);
  if (!isLacked(first)) return { lacked: watched, atLeast: false };
  const history = releaseHistory(channel);
  const dated = history.find((each) => each.build === first.build);
  const before = history
    .filter((each) => isLacked(each) && compareBuilds(each.build, first.build) < 0)
    .filter((each) => each.publishedAt < first.publishedAt)
    .flatMap(regularRelease);
  const reachesBack = history.some((each) => compareBuilds(each.build, build) <= 0);
  const reachesFirst = dated !== undefined || first.publishedAt <= historyEndsAt;
  return {
    lacked: [...before, asPublished(first, dated), ...watched],
    atLeast: !reachesBack || !reachesFirst,
  };
};

/**
 * The same for a channel whose tag was never read, as far as Microsoft's history goes: enough to
 * say that something is behind, never enough to say that it is not.
 */
export const lackedByHistory = (
  build: WindowsBuild,
  channel: Channel,
  now: Instant,
): readonly DatedRelease[] =>
  releaseHistory(channel)
    .filter((each) => compareBuilds(each.build, build) > 0)
    .flatMap(regularRelease)
    .filter(({ publishedAt }) => publishedAt <= now);

const regularRelease = ({ build, publishedAt }: DatedRelease): readonly DatedRelease[] => {
  const regular = patchTuesday(dateOf(publishedAt));
  return isOn(publishedAt, regular) ? [{ build, publishedAt: regular }] : [];
};

/** The first look came some time after the release itself: the history knows the day. */
const asPublished = (first: Release, dated: DatedRelease | undefined): DatedRelease => {
  if (dated === undefined) return first;
  const regular = patchTuesday(dateOf(dated.publishedAt));
  const endOfDay = (dated.publishedAt + dayMs) as Instant;
  const publishedAt = isOn(dated.publishedAt, regular) ? regular : endOfDay;
  return publishedAt < first.publishedAt ? { build: first.build, publishedAt } : first;
};

const isOn = (day: Instant, moment: Instant): boolean => moment >= day && moment < day + dayMs;
