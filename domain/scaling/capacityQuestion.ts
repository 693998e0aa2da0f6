import type { ContainerInstanceArn, EffectId, Instant, LeaseId } from '../../events/ids.ts';
import type { Held, HeldReason } from '../../events/rollout.ts';
import type { GrantLease, LedgerState } from '../maintenance/lease.ts';
import type { Maintenance } from '../maintenance/leave.ts';
import type { KnownFleet } from '../placement/fleetKnowledge.ts';
import type { CapacityState } from './clusterCapacity.ts';
import type { ScalingPolicy } from './scalingPolicy.ts';

/**
 * What Tuesday itself meant the desired capacity of a group to be: each `SetDesiredCapacity`, and
 * each termination with decrement as the capacity that it leads to.
 */
export type DesiredIntent = {
  readonly groupName: string;
  readonly desiredCapacity: number;
  readonly at: Instant;
};

/** What a rollout is about to empty. */
export type WaveToCome = {
  readonly rolloutId: string;
  /** Those that wait for their turn. */
  readonly instances: readonly ContainerInstanceArn[];
  /** How many of them its budget would let it empty together. */
  readonly atOnce: number;
  /** How many more may be launched on its account; absent: as many as it empties together. */
  readonly headroomMost?: number;
};

export type CapacityQuestion = {
  readonly fleet: KnownFleet;
  readonly capacity: CapacityState;
  readonly ledger: LedgerState;
  readonly maintenance: Maintenance;
  readonly intents: readonly DesiredIntent[];
  readonly waves: readonly WaveToCome[];
  readonly osReserveMiB: number;
  readonly policy: ScalingPolicy;
  readonly now: Instant;
};

export type ScalingCommand =
  | {
      readonly type: 'SetDesiredCapacity';
      readonly groupName: string;
      /** What it was when this was decided: another value since then makes it void. */
      readonly from: number;
      readonly desiredCapacity: number;
      /** Instances for tasks that wait, and for the next wave of a rollout. */
      readonly forTasks: number;
      readonly forWave: number;
      readonly effectId: EffectId;
      readonly now: Instant;
    }
  | {
      /** Drained first, then terminated with decrement. */
      readonly type: 'DrainForScaleIn';
      readonly containerInstanceArn: ContainerInstanceArn;
      readonly groupName: string;
      readonly leaseId: LeaseId;
      /** Share of the savings over share of the disruption. */
      readonly score: number;
      readonly tasksToMove: number;
      readonly effectId: EffectId;
      readonly now: Instant;
    };

/** One command, with the lease it must be granted first. */
export type ScalingProposal = { readonly lease?: GrantLease; readonly command: ScalingCommand };

export type CapacityPlan = {
  readonly proposals: readonly ScalingProposal[];
  /** By subject: a group, an instance, a service, a task or a rollout. */
  readonly held: readonly Held[];
};

export const held = (subject: string, reason: HeldReason, detail: string): Held => ({
  subject,
  reason,
  detail,
});
