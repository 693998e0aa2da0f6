import type { Channel } from '../../events/ids.ts';

/**
 * One canary family for each Windows, because a task definition names its operating system:
 * `tuesday-canary-2022`.
 */
export const canaryFamilyOf = (prefix: string, channel: Channel): string =>
  `${prefix}-${channel.replace('ltsc', '')}`;
