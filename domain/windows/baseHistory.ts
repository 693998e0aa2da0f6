import type { WindowsBuild } from '../../events/ids.ts';
import { buildOf } from './build.ts';

/**
 * What the history of an image says of its base: `Apply image 10.0.20348.4294` made the base layer,
 * and `Install update 10.0.20348.4405` the patch layer on it, if there is one (as in
 * docker-library/repo-info). Only the first two entries can: what an application's build added
 * comes after them.
 */
export const baseHistory = (
  history: readonly string[],
): { readonly applied?: WindowsBuild; readonly installed?: WindowsBuild } => {
  const applied = buildAfter('Apply image', history[0]);
  const installed = buildAfter('Install update', history[1]);
  return {
    ...(applied === undefined ? {} : { applied }),
    ...(installed === undefined ? {} : { installed }),
  };
};

const buildAfter = (words: string, entry = ''): WindowsBuild | undefined =>
  entry.startsWith(`${words} `) ? buildOf(entry.slice(words.length)) : undefined;
