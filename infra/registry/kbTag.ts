import type { Digest } from '../../events/ids.ts';
import { RegistryProblem, type RegistryReader } from './registryReader.ts';
import { listTags } from './tagList.ts';

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
