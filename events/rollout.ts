import * as z from 'zod';
import { fact } from './fact.ts';
import {
  AmiId,
  Channel,
  ContainerInstanceArn,
  Digest,
  Ec2InstanceId,
  EffectId,
  Instant,
  LeaseId,
  RolloutId,
  ServiceArn,
  TaskArn,
  WindowsBuild,
} from './ids.ts';

import { launchTemplateFacts } from './launchTemplate.ts';
import { PlacementExplanation } from './placement.ts';
import { ImageItem, InstanceItem, ServiceItem, Target } from './rolloutItems.ts';
import { RolloutPolicy } from './rolloutPolicy.ts';
import { surgeFacts } from './surge.ts';

// Stream rollout#<rollout id>: one campaign over (instance build x image build) pairs.

/** Why something is not being done. One list for plans, holds and what is left at the end. */
export const HeldReason = z.enum([
  'AgentSilent',
  'AlarmRaised',
  'AlarmUnknown',
  'AmiNotPublished',
  'AtMaximumSize',
  'AtMinimumSize',
  'BudgetSpent',
  'BuildUnknown',
  'CapacityComing',
  'CapacityUnknown',
  'ClusterNotDriven',
  'ConstraintPending',
  'DeploymentDeadlock',
  'DeploymentFailed',
  'DeploymentInProgress',
  'DeregistrationRefused',
  'DesiredCapacityConflict',
  'DigestPinned',
  'DirectionFlips',
  'DrainOverdue',
  'DrainedBySomeoneElse',
  'ExternalDeployment',
  'FactsStale',
  'FitsNoInstanceType',
  'Frozen',
  'GroupChanging',
  'HeadroomKept',
  'HostVolume',
  'ImagePrefetching',
  'ImageUnknown',
  'IncompatibleBuild',
  'InstanceLeased',
  'InstanceNotActive',
  'InstanceTooNew',
  'LastHealthyTask',
  'LaunchSuspended',
  'LaunchTemplateBehind',
  'LaunchTemplateChanging',
  'LaunchTemplateConflict',
  'LaunchTemplateRefused',
  'ManagedScaling',
  'NoCapacity',
  'NotWorthMoving',
  'PlacementNotEnforceable',
  'PlacementUnreadable',
  'ProofPending',
  'ProtectedFromScaleIn',
  'RebuildOverdue',
  'RebuildPending',
  'ReplacementOverdue',
  'RollbackAmiGone',
  'RollbackAmiUnknown',
  'RolloutAborted',
  'RolloutHalted',
  'RolloutPaused',
  'RolloutUnderway',
  'ScalingCooldown',
  'ScalingOff',
  'ServiceBelowMinimum',
  'ServiceNotActive',
  'SizeRefused',
  'SpotInterruption',
  'StandaloneTask',
  'StepLimit',
  'Superseded',
  'SurplusNotEmptied',
  'TaskNotDescribed',
  'TaskNotInService',
  'TaskProtected',
  'TasksWaiting',
  'WaitsForInstances',
  'WeightedCapacity',
  'WindowClosed',
  'WindowClosing',
]);
export type HeldReason = z.infer<typeof HeldReason>;

/**
 * `subject` is an ARN, a digest or `<repository>:<tag>`; `detail` is a sentence that names the
 * blocker.
 */
export const Held = z.object({ subject: z.string(), reason: HeldReason, detail: z.string() });
export type Held = z.infer<typeof Held>;

export const RolloutEvent = z.discriminatedUnion('type', [
  fact('RolloutPlanned', {
    rolloutId: RolloutId,
    clusterName: z.string(),
    targets: z.array(Target.readonly()).readonly(),
    emergency: z.boolean(),
    policy: RolloutPolicy.readonly(),
    images: z.array(ImageItem.readonly()).readonly(),
    instances: z.array(InstanceItem.readonly()).readonly(),
    services: z.array(ServiceItem.readonly()).readonly(),
    held: z.array(Held.readonly()).readonly(),
    plannedAt: Instant,
    actor: z.string(),
  }),
  fact('RolloutStarted', { startedAt: Instant, actor: z.string() }),
  fact('RolloutPaused', { pausedAt: Instant, actor: z.string(), reason: z.string() }),
  fact('RolloutResumed', { resumedAt: Instant, actor: z.string() }),
  /** Stopped by Tuesday itself. Resumed only by a person. */
  fact('RolloutHalted', { haltedAt: Instant, reason: z.string(), detail: z.string() }),
  /** What is under way is finished or handed back; nothing new begins. */
  fact('RolloutAborted', { abortedAt: Instant, actor: z.string(), reason: z.string() }),
  fact('RolloutCompleted', { completedAt: Instant, left: z.array(Held.readonly()).readonly() }),

  /** Intent: ask for a rebuild on the bus. */
  fact('RebuildRequested', { image: z.string(), effectId: EffectId, requestedAt: Instant }),
  fact('RebuildArrived', {
    image: z.string(),
    digest: Digest,
    build: WindowsBuild,
    arrivedAt: Instant,
  }),
  fact('RebuildOverdue', { image: z.string(), overdueAt: Instant }),

  fact('InstanceTargetLearnt', {
    channel: Channel,
    amiId: AmiId,
    build: WindowsBuild,
    learntAt: Instant,
  }),
  /** Intent: set DRAINING. */
  fact('InstanceDrainIntended', {
    containerInstanceArn: ContainerInstanceArn,
    leaseId: LeaseId,
    effectId: EffectId,
    /** Of the instance as it was seen then. */
    versionBefore: z.int().nonnegative().optional(),
    /** Where ECS was expected to place each of its tasks. */
    foreseen: z.array(PlacementExplanation.readonly()).readonly().optional(),
    intendedAt: Instant,
  }),
  fact('InstanceDrained', { containerInstanceArn: ContainerInstanceArn, drainedAt: Instant }),
  /** Intent: terminate through its Auto Scaling group, which launches the replacement. */
  fact('InstanceTerminationIntended', {
    containerInstanceArn: ContainerInstanceArn,
    effectId: EffectId,
    intendedAt: Instant,
  }),
  fact('InstanceReplaced', {
    containerInstanceArn: ContainerInstanceArn,
    replacementArn: ContainerInstanceArn,
    replacementEc2InstanceId: Ec2InstanceId,
    build: WindowsBuild.optional(),
    replacedAt: Instant,
  }),
  /** Intent: run the canary task on the replacement. */
  fact('InstanceProofIntended', {
    containerInstanceArn: ContainerInstanceArn,
    effectId: EffectId,
    intendedAt: Instant,
  }),
  fact('InstanceProved', {
    containerInstanceArn: ContainerInstanceArn,
    taskArn: TaskArn,
    provedAt: Instant,
  }),
  /** Intent: set ACTIVE again what this rollout had set DRAINING. */
  fact('InstanceRestoreIntended', {
    containerInstanceArn: ContainerInstanceArn,
    reason: HeldReason,
    detail: z.string(),
    effectId: EffectId,
    intendedAt: Instant,
  }),
  /** Its window closed before anything was done to it: it waits for the next one. */
  fact('InstancePutOff', {
    containerInstanceArn: ContainerInstanceArn,
    reason: HeldReason,
    detail: z.string(),
    putOffAt: Instant,
  }),
  /** It waits again where a window had closed; for any other reason it is given up. */
  fact('InstanceRestored', { containerInstanceArn: ContainerInstanceArn, restoredAt: Instant }),
  /** Given up for this rollout, with the reason. */
  fact('InstanceSkipped', {
    containerInstanceArn: ContainerInstanceArn,
    reason: HeldReason,
    detail: z.string(),
    skippedAt: Instant,
  }),

  /** Nothing was changed: the instances wait again. */
  fact('GroupSurgeRefused', {
    groupName: z.string(),
    instances: z.array(ContainerInstanceArn).readonly(),
    reason: HeldReason,
    detail: z.string(),
    refusedAt: Instant,
  }),
  /** Intent: set DRAINING what was launched for it, where that has registered. */
  fact('SurplusReturnIntended', {
    containerInstanceArn: ContainerInstanceArn,
    newcomer: z
      .object({ replacementArn: ContainerInstanceArn, replacementEc2InstanceId: Ec2InstanceId })
      .readonly()
      .optional(),
    reason: HeldReason,
    detail: z.string(),
    effectId: EffectId.optional(),
    intendedAt: Instant,
  }),
  /** Intent: set ACTIVE again what was launched for it; it stays in the group. */
  fact('SurplusKeepIntended', {
    containerInstanceArn: ContainerInstanceArn,
    reason: HeldReason,
    detail: z.string(),
    effectId: EffectId,
    intendedAt: Instant,
  }),
  ...surgeFacts,
  ...launchTemplateFacts,

  /**
   * Intent: `UpdateService` with `forceNewDeployment`. `deploymentBefore` tells our own deployment
   * from a lost answer.
   */
  fact('ServiceDeploymentIntended', {
    serviceArn: ServiceArn,
    leaseId: LeaseId,
    effectId: EffectId,
    deploymentBefore: z.string().optional(),
    intendedAt: Instant,
  }),
  fact('ServiceDeploymentStarted', {
    serviceArn: ServiceArn,
    deploymentId: z.string(),
    startedAt: Instant,
  }),
  fact('ServiceDeployed', { serviceArn: ServiceArn, deployedAt: Instant }),
  /** Its window closed before anyone had deployed it: it waits for the next one. */
  fact('ServicePutOff', {
    serviceArn: ServiceArn,
    reason: HeldReason,
    detail: z.string(),
    putOffAt: Instant,
  }),
  fact('ServiceSkipped', {
    serviceArn: ServiceArn,
    reason: HeldReason,
    detail: z.string(),
    skippedAt: Instant,
  }),

  /**
   * Stored before a call that AWS has no idempotency key for: what is found done afterwards is ours
   * only if it was attempted, and nobody else attempts it meanwhile.
   */
  fact('EffectAttempted', {
    effectId: EffectId,
    /** Who makes the call: one run of a function, or the one process of one machine. */
    executor: z.string(),
    attemptedAt: Instant,
  }),
  fact('EffectSucceeded', { effectId: EffectId, succeededAt: Instant }),
  /** Refused by AWS for a reason that trying again will not cure. */
  fact('EffectFailed', { effectId: EffectId, reason: z.string(), failedAt: Instant }),
  /** What the planner holds back now, recorded when the list changes: the durable "why not". */
  fact('HoldsChanged', {
    held: z.array(Held.readonly()).readonly(),
    /** For holds that are new because a task has no room: what was found, for the first few. */
    placements: z.array(PlacementExplanation.readonly()).readonly().optional(),
    changedAt: Instant,
  }),
]);
export type RolloutEvent = z.infer<typeof RolloutEvent>;
