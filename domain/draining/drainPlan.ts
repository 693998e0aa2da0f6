import type { ContainerInstanceArn, Instant } from '../../events/ids.ts';
import type { NearMiss } from '../../events/placement.ts';
import type { HeldReason } from '../../events/rollout.ts';

/** Milliseconds: not sooner, and not later as far as is known. */
export type Span = { readonly low: number; readonly high: number };

export const drainReasons = [
  'DeploymentDeadlock',
  'DrainedBySomeoneElse',
  'HostVolume',
  'IncompatibleBuild',
  'InstanceNotActive',
  'LastHealthyTask',
  'NoCapacity',
  'PlacementUnreadable',
  'ServiceBelowMinimum',
  'StandaloneTask',
  'TaskNotDescribed',
  'TaskNotInService',
  'TaskProtected',
] as const satisfies readonly HeldReason[];
export type DrainReason = (typeof drainReasons)[number];

export type Blocker = {
  readonly containerInstanceArn: ContainerInstanceArn;
  /** `null`: the whole instance. */
  readonly taskArn: string | null;
  /** `null`: the task stands alone, or it is the whole instance. */
  readonly serviceName: string | null;
  readonly reason: DrainReason;
  /** A sentence that names what stands against it, and what would help where that is known. */
  readonly detail: string;
  /** What comes nearest to taking a task that has no room. */
  readonly nearest?: NearMiss;
  /** Until when a task is protected; absent where that is not known. */
  readonly until?: Instant;
};

/** Why a task ends without being placed anew. */
export const endings = [
  'Daemon',
  'NoCapacity',
  'NotReplaced',
  'Stopping',
  'StoppedByPolicy',
] as const;
export type Ending = (typeof endings)[number];

/** What becomes of one task on the instances. */
export type TaskFate = {
  readonly taskArn: string;
  readonly containerInstanceArn: ContainerInstanceArn;
  readonly group: string;
} & (
  | {
      readonly outcome: 'moved';
      readonly to: ContainerInstanceArn;
      /** Waves of its service, from 1. */
      readonly startsInWave: number;
      readonly stopsInWave: number;
      /** Compressed bytes that its destination lacks; `null`: layers of the image not known. */
      readonly bytesToPull: number | null;
      readonly leavesAfter: Span;
    }
  | {
      readonly outcome: 'ends';
      readonly because: Ending;
      /** `null` for a daemon: after all others have left. */
      readonly leavesAfter: Span | null;
    }
  | { readonly outcome: 'stays'; readonly reason: DrainReason; readonly detail: string }
);

export type InstanceOutcome = {
  readonly containerInstanceArn: ContainerInstanceArn;
  readonly moved: number;
  readonly ends: number;
  readonly stays: number;
  /** `null`: something stays on it. */
  readonly emptyAfter: Span | null;
};

/** What a service goes through. */
export type ServiceOutcome = {
  readonly serviceArn: string;
  readonly serviceName: string;
  readonly desiredCount: number;
  readonly running: number;
  /** Fewest that run at any moment of the drain. */
  readonly lowest: number;
  /** `lowest` of the desired count, rounded down. */
  readonly lowestPercent: number;
  /** Tasks that must stay healthy, and that may exist at once. */
  readonly lowerBound: number;
  readonly upperBound: number;
  readonly waves: number;
  /** Tasks that it goes without afterwards, until there is room for them. */
  readonly short: number;
  /** Until all replacements that find room are healthy. */
  readonly wholeAfter: Span;
};

/**
 * `empties`: nothing stands against it. `emptiesShort`: a task goes for which there is no room, and
 * its service runs with fewer. `blocked`: something stays, or the drain is not ours to begin.
 */
export const verdicts = ['empties', 'emptiesShort', 'blocked'] as const;
export type Verdict = (typeof verdicts)[number];

export type DrainPlan = {
  readonly verdict: Verdict;
  readonly instances: readonly InstanceOutcome[];
  /** Every task that has not stopped on them, once, in the order of the ARNs. */
  readonly tasks: readonly TaskFate[];
  /** Services that lose a task here, in the order of their names. */
  readonly services: readonly ServiceOutcome[];
  readonly blockers: readonly Blocker[];
  /** `null`: not all of them empty. */
  readonly emptyAfter: Span | null;
  /** Sentences: what the times rest on that nobody has measured here. */
  readonly assumed: readonly string[];
};
