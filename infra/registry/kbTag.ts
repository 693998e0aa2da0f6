import type { Digest } from '../../events/ids.ts';
import { readTagList } from './registryDocuments.ts';
import { RegistryProblem, type RegistryReader } from './registryReader.ts';

const pagesMax = 20;
const pageBytesMax = 4 * 1024 * 1024;
/** Patches are numbered upwards, so the one that was just published is among the highest. */
const triesMax = 3;

/**
 * The KB of what a floating tag holds: the tag `<tag>-KB...` with the same digest. A nicety:
 * whatever goes wrong, and a tag that Microsoft has not made (official-images#18884), leave it out.
 */
export const kbOf = async (
  reader: RegistryReader,
  repository: string,
  tag: string,
  digest: Digest,
): Promise<string | undefined> => {
  try {
    const candidates = (await listTags(reader, repository))
      .flatMap((each) => kbNumber(each, tag))
      .toSorted((a, b) => b - a)
      .slice(0, triesMax);
    for (const number of candidates) {
      const held = await reader.head(`/v2/${repository}/manifests/${tag}-KB${number}`);
      if (held === digest) return `KB${number}`;
    }
    return undefined;
  } catch (error) {
    if (error instanceof RegistryProblem) return undefined;
    throw error;
  }
};

const kbNumber = (candidate: string, tag: string): readonly number[] => {
  const digits = candidate.startsWith(`${tag}-KB`) ? candidate.slice(tag.length + 3) : '';
  return /^\d{6,9}$/.test(digits) ? [Number(digits)] : [];
};

const listTags = async (reader: RegistryReader, repository: string): Promise<readonly string[]> => {
  const tags: string[] = [];
  let path: string | undefined = `/v2/${repository}/tags/list`;
  for (let page = 1; path !== undefined && page <= pagesMax; page += 1) {
    const { text, headers } = await reader.get(path, pageBytesMax);
    tags.push(...readTagList(text, path));
    path = nextPath(headers.get('link'));
  }
  return tags;
};

/**
 * `</v2/.../tags/list?last=x&n=100>; rel="next"`; a link that leads out of the registry's API is
 * not followed.
 */
const nextPath = (link: string | null): string | undefined => {
  const target = /<([^>]+)>\s*;\s*rel="?next"?/.exec(link ?? '')?.[1];
  if (target === undefined) return undefined;
  const { pathname, search } = new URL(target, 'https://registry.invalid');
  return pathname.startsWith('/v2/') ? `${pathname}${search}` : undefined;
};
