import type { ImageState } from '../image.ts';
import { imageName } from '../imageName.ts';
import type { ImageFacts } from './imageFacts.ts';
import { documentOf, type Json, textAt } from './taskDefinition/document.ts';

/** Every image that a task definition names, each once. */
export const imagesIn = (json: Json): readonly string[] => [
  ...new Set(documentOf(json).containers.flatMap((each) => textAt(each.json, 'image') ?? [])),
];

/** What the record knows of an image: by its digest, or by who was last pushed under its tag. */
export const recordedFacts = (
  image: string,
  images: ReadonlyMap<string, ImageState>,
): ImageFacts | undefined => {
  const { repository, tag = '', digest } = imageName(image);
  const key = `${repository}:${tag}`;
  const known =
    digest === undefined
      ? [...images.values()]
          .filter(({ pushes, deletedAt }) => pushes[key] !== undefined && deletedAt === undefined)
          .toSorted(
            (a, b) => (b.pushes[key] ?? 0) - (a.pushes[key] ?? 0) || (a.digest < b.digest ? -1 : 1),
          )[0]
      : images.get(digest);
  const osVersion = known?.config?.osVersion;
  return osVersion === undefined ? undefined : { osVersion };
};
