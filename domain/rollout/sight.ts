import type { Mode } from '../../events/cluster.ts';
import type { Instant } from '../../events/ids.ts';
import type { PlacementExplanation } from '../../events/placement.ts';
import type { Held, HeldReason } from '../../events/rollout.ts';
import type { ObservedAutoScalingGroup, ObservedCapacityProvider } from '../../events/scaling.ts';
import type { FleetView } from '../fleet/fleetView.ts';
import type { GrantLease, LedgerState } from '../maintenance/lease.ts';
import type { Maintenance } from '../maintenance/leave.ts';
import type { AmiState } from '../windows/ami.ts';
import type { ChannelState } from '../windows/channel.ts';
import type { ImageState } from '../windows/image.ts';
import type { Alarms } from './alarms.ts';
import type { PrefetchState } from './prefetch.ts';
import type { StepCommand } from './rolloutCommand.ts';

export type SeenGroup = {
  readonly group: ObservedAutoScalingGroup;
  readonly observedAt: Instant;
};

/** By name. */
export type SeenCapacity = {
  readonly groups: Readonly<Record<string, SeenGroup>>;
  readonly providers: Readonly<Record<string, { readonly provider: ObservedCapacityProvider }>>;
};

/** What Tuesday may ask of groups for room, has asked, and what stood against it. */
export type SeenSizes = {
  readonly policy: { readonly scaleOut: boolean };
  readonly meant: readonly MeantFor[];
  readonly held: readonly Held[];
};

/** `forWave` instances of it are room for a wave of a rollout. */
export type MeantFor = {
  readonly groupName: string;
  readonly at: Instant;
  readonly forWave?: number;
};

/** What a planner sees: the whole fleet at one moment, and what is known of releases and images. */
export type Sight = {
  readonly view: FleetView;
  readonly ledger: LedgerState;
  readonly amis: readonly AmiState[];
  readonly channels: readonly ChannelState[];
  readonly images: ReadonlyMap<string, ImageState>;
  /** Memory on every instance that the operating system needs and no task may have. */
  readonly osReserveMiB: number;
  /** What Tuesday may do to this cluster; below `drive` nothing begins. */
  readonly mode: Mode;
  /** When something may be disturbed: windows, freezes and what goes over them. */
  readonly maintenance: Maintenance;
  /** Services whose placement constraint may be another in a moment than the one in the view. */
  readonly constraintsInDoubt: ReadonlySet<string>;
  /** Those that the policies of running rollouts name. */
  readonly alarms: Alarms;
  /** By rollout id: what it pulls beforehand. */
  readonly prefetches: ReadonlyMap<string, PrefetchState>;
  /** By AMI id, for rollouts that ask: instances can be launched from it. Absent: not known. */
  readonly amisAvailable: ReadonlyMap<string, boolean>;
  /** Auto Scaling groups and capacity providers, as they were last described. */
  readonly capacity: SeenCapacity;
  /** What Tuesday asks of those groups for room. Absent: not known. */
  readonly sizes?: SeenSizes;
  readonly now: Instant;
};

/** One step, with what it must be granted first. Without all of it the step is not taken. */
export type Proposal = {
  readonly lease?: GrantLease;
  /** Where it begins with several instances at once. */
  readonly leases?: readonly GrantLease[];
  readonly step: StepCommand;
};

/**
 * Something not done now. `lasting` says that time alone will not cure it, so that a rollout may
 * end with it on its list instead of waiting for ever.
 */
export type Hold = {
  readonly subject: string;
  readonly reason: HeldReason;
  readonly detail: string;
  readonly lasting: boolean;
  /** What was found for the task that has no room. */
  readonly placement?: PlacementExplanation;
};

const lastingReasons: ReadonlySet<HeldReason> = new Set([
  'BuildUnknown',
  'DeploymentDeadlock',
  'DigestPinned',
  'ExternalDeployment',
  'HostVolume',
  'ImageUnknown',
  'PlacementUnreadable',
  'RebuildOverdue',
  'RollbackAmiGone',
  'StandaloneTask',
]);

export const hold = (subject: string, reason: HeldReason, detail: string): Hold => ({
  subject,
  reason,
  detail,
  lasting: lastingReasons.has(reason),
});
