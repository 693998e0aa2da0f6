import { headroomOf } from '../rollout/awaitHeadroom.ts';
import { templateDesk } from '../rollout/launchTemplates.ts';
import { leaseDesk } from '../rollout/leases.ts';
import { type InstanceProgress, inHand, type Rollout } from '../rollout/rolloutState.ts';
import type { Sight } from '../rollout/sight.ts';
import { whyNotReplace } from '../rollout/stepInstances.ts';
import type { WaveToCome } from './capacityQuestion.ts';
import type { DesiredState } from './desiredCapacity.ts';

/**
 * What a rollout that replaces in place would empty now if there were room for it. `undefined`
 * where it surges, which brings its own room, and where something other than room stands against
 * it: an instance launched for a window of next week would be paid for until then.
 */
export const waveToCome = (
  rollout: Rollout,
  sight: Sight,
  { meant }: Pick<DesiredState, 'meant'>,
): WaveToCome | undefined => {
  if (rollout.status !== 'running' || rollout.policy.replacement === 'surge') return undefined;
  const desk = leaseDesk(rollout, sight.view, sight.ledger, sight.now);
  if (desk.isSpent('instance')) return undefined;
  const instances = Object.values(rollout.instances)
    .filter(waitsForRoomAlone(rollout, sight))
    .map(({ containerInstanceArn }) => containerInstanceArn);
  let atOnce = 0;
  for (const id of instances) {
    if (desk.isSpent('instance')) break;
    if ('leaseId' in desk.ask({ kind: 'instance', id })) atOnce += 1;
  }
  if (atOnce === 0) return undefined;
  const launched = headroomOf(rollout, meant).reduce((sum, { forWave = 0 }) => sum + forWave, 0);
  const largest = atOnce + inHand(rollout).instances.length;
  const headroomMost = Math.max(0, largest - launched);
  return { rolloutId: rollout.rolloutId, instances, atOnce, headroomMost };
};

const waitsForRoomAlone = (rollout: Rollout, sight: Sight) => {
  const templates = templateDesk(rollout, sight);
  return (item: InstanceProgress): boolean => {
    const instance = sight.view.instances.get(item.containerInstanceArn);
    if (item.status !== 'waiting' || instance === undefined) return false;
    return whyNotReplace(rollout, item, instance, sight, templates) === undefined;
  };
};
