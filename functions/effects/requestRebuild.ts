import type { Rollout } from '../../domain/rollout/rolloutState.ts';
import type { Instant } from '../../events/ids.ts';
import type { ImageItem } from '../../events/rolloutItems.ts';
import type { Gateways } from '../../infra/aws/gateways.ts';
import {
  type Attempt,
  attempted,
  type Of,
  open,
  type Performance,
  refused,
  succeeded,
} from './performance.ts';

/**
 * A fact on our bus: whoever builds images answers by pushing. Sent twice it carries the same id.
 * Where the policy names a CodeBuild project for the repository its build is started too. CodeBuild
 * knows our token for five minutes: after that a build is looked for before another is started.
 */
export const requestRebuild = async (
  { bus, codeBuild }: Pick<Gateways, 'bus' | 'codeBuild'>,
  rollout: Rollout,
  effect: Of<'requestRebuild'>,
  now: Instant,
  attempt: Attempt,
): Promise<Performance> => {
  const item = rollout.images[effect.image];
  if (item === undefined) return refused('the image is no part of this rollout');
  const { image, repository, tag, staleDigest, channel, fromBuild, toBuild } = item;
  const { rolloutId, clusterName, emergency } = rollout;
  const what = { image, repository, tag, staleDigest, channel, fromBuild, toBuild };
  const { effectId, intendedAt } = effect;
  await bus.put({
    id: effectId,
    detailType: 'Image Rebuild Requested',
    detail: { effectId, ...what, rolloutId, clusterName, emergency },
    at: now,
  });
  const named = projectFor(rollout, item);
  if (named === undefined) return succeeded(effect, now);
  const { project, sourceVersion } = named;
  if (effect.attemptedAt !== undefined) {
    const found = await codeBuild.findBuild({ project, effectId, since: intendedAt });
    if (found !== undefined) return succeeded(effect, now);
  }
  if (!(await attempt())) return open(attempted);
  const environment = {
    TUESDAY_IMAGE: image,
    TUESDAY_BASE_BUILD: toBuild,
    TUESDAY_CHANNEL: channel,
  };
  await codeBuild.startBuild({ project, effectId, sourceVersion, environment });
  return succeeded(effect, now);
};

/** `image` is `<registry>/<path>:<tag>`, and a registry may have a port. */
const projectFor = ({ policy }: Rollout, { image }: ImageItem) =>
  policy.rebuildProjects?.find(
    ({ repository }) => repository === image.slice(0, image.lastIndexOf(':')),
  );
