import type { ObservedService } from '../../events/fleet.ts';
import { judgeService } from '../enforcement/allowed.ts';
import { rebuiltBuilds } from './imagesToCome.ts';
import type { ImageProgress, ServiceProgress } from './rolloutState.ts';
import { type Hold, hold, type Sight } from './sight.ts';
import { whyNotCompatible } from './whyNotCompatible.ts';

/**
 * ECS places a task on any instance of the family that the constraints of the service let it have.
 * So before the rebuilt images are deployed it must be seen to be constrained to builds on which
 * both they and the images that still run may run (design decision 7).
 */
export const whyNotEnforced = (
  item: ServiceProgress,
  service: ObservedService,
  images: readonly ImageProgress[],
  sight: Sight,
): Hold | undefined => {
  const judged = judgeService(service, rebuiltBuilds(images, sight), sight);
  if (judged === undefined) return whyNotCompatible(item, images, sight);
  const { isSafe, wanted } = judged;
  const whyNot = judged.whyNot();
  if (whyNot !== undefined) {
    const incompatible = whyNotCompatible(item, images, sight);
    return incompatible ?? hold(item.serviceArn, 'PlacementNotEnforceable', whyNot);
  }
  if (isSafe && !sight.constraintsInDoubt.has(item.serviceArn)) return undefined;
  const detail = `ECS is told first to place it on ${wanted.join(', ')} alone`;
  return hold(item.serviceArn, 'ConstraintPending', detail);
};
