const minute = 60_000;

/** How readily Tuesday scales the groups that ECS does not. */
export type ScalingPolicy = {
  /**
   * Nothing is done by what was described longer ago. `SetDesiredCapacity` is an absolute number:
   * by an old one it would terminate what has been launched since.
   */
  readonly staleAfterMs: number;
  /** Instances asked for in one look, for each group. */
  readonly launchesMost: number;
  /** No scale-in for so long after the group has grown, whoever made it grow. */
  readonly scaleInCooldownMs: number;
  /** No scale-in, and no headroom, for so long after someone else has set the desired capacity. */
  readonly yieldMs: number;
  /** Changes of direction of the desired capacity within `flipWindowMs`, for each group. */
  readonly flipsMost: number;
  readonly flipWindowMs: number;
  /** An instance is not judged before it has been there for so long. */
  readonly settledMs: number;
  /** Of a group in one look; rounded down, at least one instance. */
  readonly scaleInMostPercent: number;
  /** What stays free, of CPU and of memory of the whole cluster, when an instance goes. */
  readonly keepFreePercent: number;
  /** A move is worth its while if its share of the savings is a k-th of its share of disruption. */
  readonly worthK: number;
  /** Instances tried in one look: each asks the whole fleet for room. */
  readonly triesMost: number;
};

export const defaultScalingPolicy: ScalingPolicy = {
  staleAfterMs: 30 * minute,
  launchesMost: 10,
  scaleInCooldownMs: 30 * minute,
  yieldMs: 60 * minute,
  flipsMost: 4,
  flipWindowMs: 360 * minute,
  settledMs: 60 * minute,
  scaleInMostPercent: 10,
  keepFreePercent: 10,
  worthK: 2,
  triesMost: 20,
};
