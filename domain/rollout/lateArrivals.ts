import { compareBuilds } from '../windows/build.ts';
import type { ChannelState } from '../windows/channel.ts';
import { rebuiltImage } from './rebuiltImage.ts';
import type { ImageProgress, Rollout } from './rolloutState.ts';
import type { Sight } from './sight.ts';

/**
 * Whether something that a completed rollout had given up on can be had now: the image was pushed
 * after all, or Microsoft has published since what it is built on. In April 2025 .NET followed the
 * out-of-band release of Server Core eight days later: without a second look its images would stay
 * behind until the next Patch Tuesday.
 */
export const hasArrivedLate = (last: Rollout, sight: Pick<Sight, 'channels' | 'images'>): boolean =>
  last.status === 'completed' &&
  Object.values(last.images).some(
    (item) =>
      item.status !== 'arrived' &&
      (rebuiltImage(item, sight) !== undefined || hasNewGround(last, item, sight.channels)),
  );

/**
 * Tuesday knows which channel of Windows an image stands on and not which repository it is built
 * from, so any that came to the build since counts. The next rollout is planned after it, so that
 * one publication brings one rollout and not one a tick.
 */
const hasNewGround = (
  { endedAt }: Rollout,
  { channel, toBuild }: ImageProgress,
  channels: readonly ChannelState[],
): boolean =>
  endedAt !== undefined &&
  channels.some(
    (each) =>
      each.channel === channel &&
      each.newest !== undefined &&
      each.newest.publishedAt > endedAt &&
      compareBuilds(each.newest.build, toBuild) >= 0,
  );
