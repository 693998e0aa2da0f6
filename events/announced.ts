import * as z from 'zod';
import type { EventType } from './catalogue.ts';

// What a person, or a pipeline, may want to hear of is told on our own bus: every decision about a
// rollout or a drain, what is held back, what Microsoft published or took back, and who changed
// what Tuesday may do. The rest stays in the record; an event that was parked may carry what is
// secret.

export const announcedTypes = [
  'AmiPublished',
  'BudgetSet',
  'ChannelBecameReadable',
  'ChannelBecameUnreadable',
  'ClusterAdopted',
  'DowngradeAccepted',
  'DrainBegun',
  'DrainEffectFailed',
  'DrainEnded',
  'DrainEscalated',
  'DrainHoldsChanged',
  'DrainIntended',
  'DrainRestoreIntended',
  'Drained',
  'EffectFailed',
  'EnforcementFailed',
  'EnforcementHoldsChanged',
  'FreezeBegun',
  'FreezeLifted',
  'GhostDeregistered',
  'GhostDeregistrationFailed',
  'HoldsChanged',
  'ImageExpiryForeseen',
  'ImageExpiryLifted',
  'InstanceReplaced',
  'InstanceSkipped',
  'ModeSet',
  'NewerBuildListed',
  'OverrideBegun',
  'OverrideEnded',
  'PolicySet',
  'RebuildArrived',
  'RebuildOverdue',
  'ReleasePublished',
  'ReleaseRespun',
  'RolloutAborted',
  'RolloutCompleted',
  'RolloutHalted',
  'RolloutPaused',
  'RolloutPlanned',
  'RolloutResumed',
  'RolloutStarted',
  'ServiceDeployed',
  'ServiceSkipped',
  'TagContentRefused',
  'TagMovedBack',
  'WindowsSet',
] as const satisfies readonly EventType[];

export type AnnouncedType = (typeof announcedTypes)[number];

/** `detail` of an event on our bus, but for `data`, whose schema is that of the fact itself. */
export const Announcement = z.object({
  /** The same each time that it is sent; it may be sent twice. */
  id: z.string(),
  type: z.enum(announcedTypes),
  /** Where the fact stands in the record. */
  stream: z.string(),
  version: z.int().positive(),
  /** The fact, moments in milliseconds since 1970, UTC. Absent where the bus could not take it. */
  data: z.unknown().optional(),
  dataLeftOut: z.literal(true).optional(),
});
