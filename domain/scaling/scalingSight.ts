import type { Mode } from '../../events/cluster.ts';
import type { Instant } from '../../events/ids.ts';
import type { Drain } from '../draining/drainState.ts';
import { isUnderWay } from '../draining/drainState.ts';
import type { LedgerState } from '../maintenance/lease.ts';
import type { Maintenance } from '../maintenance/leave.ts';
import type { KnownFleet } from '../placement/fleetKnowledge.ts';
import type { CapacityQuestion, WaveToCome } from './capacityQuestion.ts';
import type { CapacityState } from './clusterCapacity.ts';
import type { DesiredState } from './desiredCapacity.ts';
import { defaultScalingPolicy } from './scalingPolicy.ts';

/** What the planner of sizes sees of one cluster at one moment. */
export type ScalingSight = {
  readonly fleet: KnownFleet;
  readonly capacity: CapacityState;
  readonly desired: DesiredState;
  readonly ledger: LedgerState;
  readonly maintenance: Maintenance;
  /** Of this cluster, those that no rollout asked for. */
  readonly drains: readonly Drain[];
  readonly rollouts: readonly RolloutNow[];
  /** Of rollouts that replace in place: one that surges brings its own room. */
  readonly waves: readonly WaveToCome[];
  readonly mode: Mode;
  readonly osReserveMiB: number;
  readonly now: Instant;
};

/** A rollout of this cluster that has not ended, and the groups that it surges. */
export type RolloutNow = { readonly rolloutId: string; readonly groups: readonly string[] };

export const questionOf = (sight: ScalingSight): CapacityQuestion => ({
  fleet: sight.fleet,
  capacity: sight.capacity,
  ledger: sight.ledger,
  maintenance: sight.maintenance,
  intents: sight.desired.meant,
  waves: sight.waves,
  osReserveMiB: sight.osReserveMiB,
  policy: defaultScalingPolicy,
  now: sight.now,
});

export const scaleInDrains = ({ drains }: Pick<ScalingSight, 'drains'>): readonly Drain[] =>
  drains.filter((each) => each.reason === 'scaleIn' && isUnderWay(each));
