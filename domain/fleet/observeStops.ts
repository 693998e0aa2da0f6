import type { FleetEvent } from '../../events/fleet.ts';
import type { Instant } from '../../events/ids.ts';
import { valueIn } from './buckets.ts';
import type { FleetShardState } from './fleetShardState.ts';
import type { Observation } from './observation.ts';

// What decides when and whether a task stops. AWS gives neither a version: what was described last
// holds, and what is as it was is no news.

type Seen<Kind extends Observation['kind']> = Extract<Observation, { kind: Kind }>;

export const observeTargetGroup = (
  { targetGroupArn, deregistrationDelaySeconds }: Seen<'targetGroup'>,
  { targetGroups }: FleetShardState,
  observedAt: Instant,
): readonly FleetEvent[] => {
  const known = valueIn(targetGroups, targetGroupArn)?.deregistrationDelaySeconds;
  if (known === deregistrationDelaySeconds) return [];
  const data = { targetGroupArn, deregistrationDelaySeconds, observedAt };
  return [{ type: 'TargetGroupObserved', data }];
};

/** A task is not protected until ECS says so. */
export const observeProtection = (
  { taskArn, protected: isProtected, expiresAt }: Seen<'taskProtection'>,
  { protections }: FleetShardState,
  observedAt: Instant,
): readonly FleetEvent[] => {
  const known = valueIn(protections, taskArn);
  const isKnown = known !== undefined;
  if (isKnown === isProtected && (!isKnown || known.expiresAt === expiresAt)) return [];
  const until = isProtected && expiresAt !== undefined ? { expiresAt } : {};
  const data = { taskArn, protected: isProtected, ...until, observedAt };
  return [{ type: 'TaskProtectionObserved', data }];
};
