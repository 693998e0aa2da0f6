import { isStopped } from '../../../domain/fleet/fleetShard.ts';
import { compareBuilds } from '../../../domain/windows/build.ts';
import type { ChannelState } from '../../../domain/windows/channel.ts';
import type { ImageState } from '../../../domain/windows/image.ts';
import { lineageOf } from '../../../domain/windows/lineage.ts';
import type { Channel, WindowsBuild } from '../../../events/ids.ts';
import type { Views } from '../../../infra/views/views.ts';
import type { FollowedTag, listReleases } from '../contract/releases.ts';
import { ProblemError } from '../problem.ts';
import type { Handle } from '../route.ts';
import { decidedOf } from './anomalies.ts';

export const list: Handle<typeof listReleases> = async ({ query }, _caller, tools) => {
  const views = await tools.views.catchUp();
  const { tag } = query;
  const chosen = views.channels.filter((each) => tag === undefined || nameOf(each).includes(tag));
  if (tag !== undefined && chosen.length === 0) {
    const known = views.channels.map(nameOf).join(', ') || 'none';
    throw new ProblemError('TagNotFound', `no tag holds ${tag}; it is one of: ${known}`);
  }
  const images = imagesInUse(views);
  return { items: chosen.map((state) => shown(state, views, images)) };
};

const nameOf = ({ repository, tag }: ChannelState): string => `${repository}:${tag}`;

const shown = (state: ChannelState, views: Views, images: readonly ImageState[]): FollowedTag => {
  const { repository, tag, channel, newest, releases, unreadable } = state;
  return {
    repository,
    tag,
    channel,
    ...(newest && { newest, followed: followedBy(views, images, channel, newest.build) }),
    releases,
    anomalies: decidedOf(state),
    ...(unreadable && { unreadable }),
  };
};

/** What came after a release on its way to what runs: the AMI that has it, and the images on it. */
const followedBy = (
  views: Views,
  inUse: readonly ImageState[],
  channel: Channel,
  build: WindowsBuild,
): NonNullable<FollowedTag['followed']> => {
  const [first] = views.amis
    .filter((family) => family.channel === channel)
    .flatMap((family) => family.amis)
    .filter((each) => each.build !== undefined && compareBuilds(each.build, build) >= 0)
    .toSorted((a, b) => a.publishedAt - b.publishedAt || (a.name < b.name ? -1 : 1));
  const standing = inUse.flatMap((image) => {
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
