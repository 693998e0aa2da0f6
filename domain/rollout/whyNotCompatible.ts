import { osFamilyChannel } from '../windows/build.ts';
import { mayRun } from '../windows/compatibility.ts';
import { instanceBuild } from '../windows/instanceBuild.ts';
import type { ImageProgress, ServiceProgress } from './rolloutState.ts';
import { type Hold, hold, type Sight } from './sight.ts';

/**
 * For a service that cannot be kept off any instance of its family: the rebuilt images must run on
 * every one of them, so a revision floor or a known bad pair on one holds the service until that
 * instance is patched (Windows-Containers#591: newer images failed with 0xc0370106 on older
 * instances). An instance whose revision is not known is held to its family alone, which ECS itself
 * matches.
 */
export const whyNotCompatible = (
  item: ServiceProgress,
  images: readonly ImageProgress[],
  { view, amis, channels }: Sight,
): Hold | undefined => {
  for (const instance of view.instances.values()) {
    if (osFamilyChannel(instance.attributes['ecs.os-family'] ?? '') !== item.channel) continue;
    const on = instanceBuild(instance, amis, channels);
    if (on.status === 'unknown') continue;
    for (const { toBuild } of images) {
      const verdict = mayRun(toBuild, on.build);
      if (verdict.allowed) continue;
      const detail = `${instance.containerInstanceArn}: ${verdict.reason}, ${verdict.detail}`;
      return hold(item.serviceArn, 'IncompatibleBuild', detail);
    }
  }
  return undefined;
};
