import type { Rollout } from './rolloutState.ts';
import type { Hold, MeantFor, Sight } from './sight.ts';
import { groupNames } from './surgeGroups.ts';

/**
 * A wave that finds no room, in the words of the headroom that it has: on its way, or why there is
 * none. What has not registered within the deadline of a replacement is no longer waited for by
 * name: its group cannot launch, and the hold says what it said before.
 */
export const awaitHeadroom = (rollout: Rollout, why: Hold, sight: Sight): Hold => {
  const { sizes } = sight;
  if (why.reason !== 'NoCapacity' || !sizes?.policy.scaleOut) return why;
  const coming = comingFor(rollout, sight);
  if (coming.length > 0) {
    const detail = `${coming.join(', ')}; until then: ${why.detail}`;
    return { ...why, reason: 'CapacityComing', detail };
  }
  const refused = sizes.held.find(({ subject }) => subject === rollout.rolloutId);
  if (refused === undefined) return why;
  return { ...why, detail: `${why.detail}; no headroom for it: ${refused.reason}` };
};

const comingFor = (rollout: Rollout, sight: Sight): readonly string[] => {
  const { view, capacity, sizes, now } = sight;
  const groupOf = groupNames(capacity);
  return headroomOf(rollout, sizes?.meant ?? [])
    .filter(({ at }) => now - at <= rollout.policy.replacementDeadlineMs)
    .flatMap(({ groupName, at, forWave = 0 }) => {
      const arrived = [...view.instances.values()].filter(
        (each) => (each.registeredAt ?? 0) > at && groupOf(each) === groupName,
      );
      const missing = forWave - arrived.length;
      return missing > 0 ? [`${groupName} launches ${missing} as headroom`] : [];
    });
};

/** What its waves have made Tuesday ask of the groups so far, but for what was not set. */
export const headroomOf = ({ startedAt }: Rollout, meant: readonly MeantFor[]) =>
  meant.filter(({ forWave = 0, at }) => forWave > 0 && startedAt !== undefined && at >= startedAt);
