import type { Instant } from '../../events/ids.ts';
import type { Held } from '../../events/rollout.ts';
import { type CapacityQuestion, held } from './capacityQuestion.ts';
import type { DesiredChange, KnownGroup } from './clusterCapacity.ts';
import { type InstanceGroup, managedScalingOf } from './instanceGroups.ts';

type Restrained = Pick<CapacityQuestion, 'intents' | 'policy' | 'now'>;

/** Why Tuesday leaves a whole group alone; `undefined`: it is Tuesday's to scale. */
export const whyNotOurs = (
  each: InstanceGroup & { readonly group: KnownGroup },
  { policy, now }: Restrained,
): Held | undefined => {
  const { group, observedAt } = each.group;
  const { name } = group;
  const managed = managedScalingOf(each);
  if (managed === 'on') {
    return held(name, 'ManagedScaling', `ECS scales it for ${each.capacityProviderName}`);
  }
  if (managed === 'unknown') {
    const detail = `whether ECS scales it for ${each.capacityProviderName} is not known`;
    return held(name, 'CapacityUnknown', detail);
  }
  if (now - observedAt > policy.staleAfterMs) {
    const minutes = Math.floor((now - observedAt) / 60_000);
    return held(name, 'FactsStale', `it was last described ${minutes} min ago`);
  }
  if (group.status !== undefined) return held(name, 'GroupChanging', `it is: ${group.status}`);
  if (group.instanceRefreshUnderway) {
    return held(name, 'GroupChanging', 'an instance refresh replaces its instances');
  }
  if (group.weighted) {
    const detail = 'one instance counts for more than one unit: capacity providers know no weights';
    return held(name, 'WeightedCapacity', detail);
  }
  return undefined;
};

/** What the desired capacity is, or is about to be: what was asked for last counts. */
export const desiredOf = (known: KnownGroup, { intents }: Pick<Restrained, 'intents'>): number => {
  const last = intents.findLast(({ groupName }) => groupName === known.group.name);
  // Described and decided in one moment, it was decided over what was described.
  return last !== undefined && last.at >= known.observedAt
    ? last.desiredCapacity
    : known.group.desiredCapacity;
};

/** A change is ours if it leads to what we meant, soon after we meant it. */
const isOurs = (change: DesiredChange, name: string, { intents, policy }: Restrained): boolean =>
  intents.some(
    ({ groupName, desiredCapacity, at }) =>
      groupName === name &&
      desiredCapacity === change.to &&
      at <= change.at &&
      change.at - at <= policy.staleAfterMs,
  );

/** Someone else has set the desired capacity not long ago: two that set it would fight. */
export const whyYield = (known: KnownGroup, question: Restrained): Held | undefined => {
  const { policy, now } = question;
  const { name } = known.group;
  const foreign = known.desiredChanges.findLast((change) => !isOurs(change, name, question));
  if (foreign === undefined || now - foreign.at > policy.yieldMs) return undefined;
  const { from, to } = foreign;
  const detail = `someone else has set its desired capacity from ${from} to ${to}`;
  return held(name, 'DesiredCapacityConflict', detail);
};

/** Every change of the desired capacity that is known, the newest last. */
const changesOf = (known: KnownGroup, { intents }: Restrained): readonly DesiredChange[] => {
  const changes = [...known.desiredChanges];
  let from = known.group.desiredCapacity;
  for (const { groupName, desiredCapacity: to, at } of intents) {
    if (groupName !== known.group.name || at < known.observedAt || to === from) continue;
    changes.push({ at, from, to });
    from = to;
  }
  return changes;
};

/** Why a group may not be made smaller now, whatever runs there. */
export const whyNoScaleIn = (known: KnownGroup, question: Restrained): Held | undefined => {
  const { policy, now } = question;
  const { name, minSize } = known.group;
  const desired = desiredOf(known, question);
  if (desired <= minSize) {
    return held(
      name,
      'AtMinimumSize',
      `${desired} instances are wanted, its minimum is ${minSize}`,
    );
  }
  const yielded = whyYield(known, question);
  if (yielded !== undefined) return yielded;
  const changes = changesOf(known, question);
  const grown = changes.findLast(({ from, to }) => to > from);
  if (grown !== undefined && now - grown.at < policy.scaleInCooldownMs) {
    const until = Math.ceil((grown.at + policy.scaleInCooldownMs - now) / 60_000);
    return held(name, 'ScalingCooldown', `it has grown not long ago: ${until} min remain`);
  }
  // The one to come, and the way back that it may make necessary.
  const flips = flipsIn([...changes, { at: now, from: desired, to: desired - 1 }], question) + 1;
  if (flips <= policy.flipsMost) return undefined;
  const hours = Math.round(policy.flipWindowMs / 3_600_000);
  const detail = `its desired capacity has gone up and down too often in ${hours} h`;
  return held(name, 'DirectionFlips', detail);
};

/** How often the direction changed within the window; a change counts when it turned. */
const flipsIn = (changes: readonly DesiredChange[], { policy, now }: Restrained): number => {
  const isUp = ({ from, to }: DesiredChange) => to > from;
  const isRecent = (at: Instant) => now - at <= policy.flipWindowMs;
  return changes.filter((change, index) => {
    const before = changes[index - 1];
    return before !== undefined && isUp(before) !== isUp(change) && isRecent(change.at);
  }).length;
};
