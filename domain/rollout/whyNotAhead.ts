import { mayRun } from '../windows/compatibility.ts';
import { instanceBuild } from '../windows/instanceBuild.ts';
import { rebuiltBuilds } from './imagesToCome.ts';
import type { ImageProgress, Rollout, ServiceProgress } from './rolloutState.ts';
import { type Hold, hold, type Sight } from './sight.ts';

/**
 * An image waits for the instances of its channel, but no longer than the policy says; in an
 * emergency not at all, unless it does not run on those that are still to be replaced: deployed
 * onto the few that are new, its tasks would take the room that the old ones need to be emptied,
 * and both would wait for ever (replay of April 2025, the image of the 16th on instances of March).
 */
export const whyNotAhead = (
  rollout: Rollout,
  item: ServiceProgress,
  images: readonly ImageProgress[],
  sight: Sight,
  instancesComing: ReadonlySet<string>,
): Hold | undefined => {
  if (!instancesComing.has(item.channel)) return undefined;
  const { now } = sight;
  const atOnce = rollout.emergency && runsOnAll(rollout, item, images, sight);
  const patience = atOnce ? 0 : rollout.policy.imageAheadAfterMs;
  const newest = Math.max(0, ...images.map((each) => ('since' in each ? each.since : 0)));
  if (now - newest >= patience) return undefined;
  const detail = `its image is rebuilt and waits for the ${item.channel} instances to be replaced`;
  return hold(item.serviceArn, 'WaitsForInstances', detail);
};

/** As far as is known, on every instance of the channel that waits to be replaced. */
const runsOnAll = (
  rollout: Rollout,
  { channel }: ServiceProgress,
  images: readonly ImageProgress[],
  sight: Sight,
): boolean => {
  const builds = rebuiltBuilds(images, sight);
  const waiting = Object.values(rollout.instances).filter(
    (each) => each.channel === channel && each.status === 'waiting',
  );
  return waiting.every(({ containerInstanceArn }) => {
    const instance = sight.view.instances.get(containerInstanceArn);
    const found = instance && instanceBuild(instance, sight.amis, sight.channels);
    if (found?.status !== 'known') return true;
    return builds.every((build) => mayRun(build, found.build).allowed);
  });
};
