import { identity } from '../identity.ts';
import { rebuiltImage } from './rebuiltImage.ts';
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
