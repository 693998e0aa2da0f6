import { buildOf, channelOfBuild, compareBuilds } from '../../domain/windows/build.ts';
import type { Channel, WindowsBuild } from '../../events/ids.ts';
import { readTagList } from './registryDocuments.ts';
import { RegistryProblem, type RegistryReader } from './registryReader.ts';

const pagesMax = 20;
const pageBytesMax = 4 * 1024 * 1024;

/** Every tag of a repository, page by page. Throws `RegistryProblem`. */
export const listTags = async (
  reader: RegistryReader,
  repository: string,
): Promise<readonly string[]> => {
  const tags: string[] = [];
  let path: string | undefined = `/v2/${repository}/tags/list`;
  for (let page = 1; path !== undefined && page <= pagesMax; page += 1) {
    const { text, headers } = await reader.get(path, pageBytesMax);
    tags.push(...readTagList(text, path));
    path = nextPath(headers.get('link'));
  }
  if (path !== undefined) {
    throw new RegistryProblem(`GET /v2/${repository}/tags/list: more than ${pagesMax} pages`);
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

/** `10.0.20348.4294`, which never moves, and not `10.0.20348.4294-amd64` or `ltsc2022`. */
const ownBuild = (tag: string): readonly WindowsBuild[] => {
  const build = tag.startsWith('10.0.') ? buildOf(tag) : undefined;
  return build === undefined ? [] : [build];
};

/** The newest build of each channel that has a tag of its own, in the order of the channels. */
export const newestListed = (tags: readonly string[]): readonly WindowsBuild[] => {
  const newest = new Map<Channel, WindowsBuild>();
  for (const build of tags.flatMap(ownBuild)) {
    const channel = channelOfBuild(build);
    if (channel === undefined) continue;
    const known = newest.get(channel);
    if (known === undefined || compareBuilds(build, known) > 0) newest.set(channel, build);
  }
  return [...newest.values()].toSorted(compareBuilds);
};
