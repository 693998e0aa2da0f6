import type { ObservedInstance } from '../../events/fleet.ts';
import type { InstanceProgress } from './rolloutState.ts';

type Draining = Extract<InstanceProgress, { status: 'draining' }>;

/**
 * It was seen DRAINING after the drain was intended, and ACTIVE after that: somebody else has taken
 * it back. It is theirs, and if it drains again that is theirs too (bottlerocket-ecs-updater#43).
 */
export const isTakenBack = (
  { versionBefore }: Pick<Draining, 'versionBefore'>,
  { status, version, drainingVersion }: ObservedInstance,
): boolean =>
  status === 'ACTIVE' &&
  versionBefore !== undefined &&
  drainingVersion !== undefined &&
  versionBefore < drainingVersion &&
  drainingVersion < version;
