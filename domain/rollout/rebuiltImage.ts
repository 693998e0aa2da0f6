import type { Digest, WindowsBuild } from '../../events/ids.ts';
import type { ImageItem } from '../../events/rolloutItems.ts';
import { once } from '../once.ts';
import { compareBuilds } from '../windows/build.ts';
import type { ImageState } from '../windows/image.ts';
import { lineageOf } from '../windows/lineage.ts';
import type { Sight } from './sight.ts';

type Images = Sight['images'];

/**
 * Every image that holds `<repository>:<tag>`, the last push first. The images of a cluster change
 * seldom and are looked through for every stale one.
 */
const byTag = once((images: Images): ReadonlyMap<string, readonly ImageState[]> => {
  const holders = [...images.values()].flatMap((image) =>
    image.repositories.flatMap((repository) =>
      image.tags.map((tag) => ({ name: `${repository}:${tag}`, image })),
    ),
  );
  const grouped = Map.groupBy(holders, ({ name }) => name);
  return new Map(
    [...grouped].map(([name, held]) => [
      name,
      held
        .map(({ image }) => image)
        .toSorted(
          (a, b) => (b.pushedAt ?? 0) - (a.pushedAt ?? 0) || (a.digest < b.digest ? -1 : 1),
        ),
    ]),
  );
});

/** The newest push of the same tag whose base is at least what was asked for. */
export const rebuiltImage = (
  item: ImageItem,
  { images, channels }: Pick<Sight, 'images' | 'channels'>,
): { readonly digest: Digest; readonly build: WindowsBuild } | undefined => {
  for (const image of byTag(images).get(`${item.repository}:${item.tag}`) ?? []) {
    if (image.digest === item.staleDigest) continue;
    const lineage = lineageOf(image, channels);
    if (lineage.status === 'known' && compareBuilds(lineage.build, item.toBuild) >= 0) {
      return { digest: image.digest, build: lineage.build };
    }
  }
  return undefined;
};
