import type { Digest, WindowsBuild } from '../../events/ids.ts';
import { identity } from '../identity.ts';
import { compareBuilds } from '../windows/build.ts';
import type { ImageState } from '../windows/image.ts';
import { lineageOf } from '../windows/lineage.ts';
import type { ImageProgress, Rollout } from './rolloutState.ts';
import { type Hold, hold, type Proposal, type Sight } from './sight.ts';
import { whyNotRunning } from './whyNotDrain.ts';

/**
 * Asks for what is stale to be rebuilt, sees it arrive, gives up at the deadline. Needs no lease:
 * nothing moves.
 */
export const stepImages = (
  rollout: Rollout,
  sight: Sight,
): { readonly proposals: readonly Proposal[]; readonly holds: readonly Hold[] } => {
  const proposals: Proposal[] = [];
  const holds: Hold[] = [];
  for (const item of inOrder(rollout)) {
    if (item.status === 'arrived') continue;
    const rebuilt = rebuiltImage(item, sight);
    const { image } = item;
    const { now } = sight;
    if (rebuilt !== undefined) {
      proposals.push({ step: { type: 'RecordRebuild', image, ...rebuilt, now } });
    } else if (item.status === 'waiting') {
      const why = whyNotRunning(rollout, image, sight);
      if (why !== undefined) {
        holds.push(why);
        continue;
      }
      const effectId = identity('rebuild', rollout.rolloutId, image) as never;
      proposals.push({ step: { type: 'RequestRebuild', image, effectId, now } });
    } else if (item.status === 'overdue') {
      holds.push(hold(image, 'RebuildOverdue', `no image on ${item.toBuild} was pushed in time`));
    } else if (item.status === 'requested') {
      if (now - item.since > rollout.policy.rebuildDeadlineMs) {
        proposals.push({ step: { type: 'GiveUpRebuild', image, now } });
      } else {
        holds.push(hold(image, 'RebuildPending', `asked for a rebuild on ${item.toBuild}`));
      }
    }
  }
  return { proposals, holds };
};

const inOrder = (rollout: Rollout): readonly ImageProgress[] =>
  Object.values(rollout.images).toSorted((a, b) => (a.image < b.image ? -1 : 1));

/** The newest push of the same tag whose base is at least what was asked for. */
const rebuiltImage = (
  item: ImageProgress,
  { images, channels }: Sight,
): { readonly digest: Digest; readonly build: WindowsBuild } | undefined => {
  const pushes = [...images.values()]
    .filter((image) => holdsTag(image, item) && image.digest !== item.staleDigest)
    .toSorted((a, b) => (b.pushedAt ?? 0) - (a.pushedAt ?? 0) || (a.digest < b.digest ? -1 : 1));
  for (const image of pushes) {
    const lineage = lineageOf(image, channels);
    if (lineage.status === 'known' && compareBuilds(lineage.build, item.toBuild) >= 0) {
      return { digest: image.digest, build: lineage.build };
    }
  }
  return undefined;
};

const holdsTag = (image: ImageState, item: ImageProgress): boolean =>
  image.repositories.includes(item.repository) && image.tags.includes(item.tag);
