import * as z from 'zod';
import { DisruptionReason } from './disruption.ts';
import { fact } from './fact.ts';
import { ContainerInstanceArn, Ec2InstanceId, EffectId, Instant, LeaseId, TaskArn } from './ids.ts';
import { Held } from './rollout.ts';

// Stream drain#<cluster name>/<container instance id>: an instance that is emptied for a reason
// other than a rollout, which drains its own.

export const DrainReason = DisruptionReason.extract(['manual', 'spot', 'rebalancing', 'scaleIn']);
export type DrainReason = z.infer<typeof DrainReason>;

/** What becomes of tasks that no service replaces, as in domain/draining/drainQuestion.ts. */
export const Standalone = z.discriminatedUnion('type', [
  z.object({ type: z.literal('wait') }).readonly(),
  z.object({ type: z.literal('stopAfter'), afterMs: z.int().nonnegative() }).readonly(),
  z.object({ type: z.literal('protect') }).readonly(),
]);
export type Standalone = z.infer<typeof Standalone>;

/** Of an empty instance: it is left DRAINING, ended, or set ACTIVE again. */
export const AfterDrain = z.enum(['keepDrained', 'terminate', 'restore']);
export type AfterDrain = z.infer<typeof AfterDrain>;

/** Of what has not left by then. */
export const AtDeadline = z.enum(['restore', 'escalate']);
export type AtDeadline = z.infer<typeof AtDeadline>;

export const DrainOutcome = z.enum([
  /** It was deregistered, and where it is to have a successor, that is proved, or none has come. */
  'gone',
  /** It was deregistered, and what has come for it was not proved in time: a person looks at it. */
  'unproved',
  /** ACTIVE again, by us. */
  'restored',
  /** Called off before anything was done to it. */
  'calledOff',
  /** Someone else set it ACTIVE, or had set it DRAINING before us: it is theirs. */
  'yielded',
  /** AWS refused to drain it. */
  'refused',
]);
export type DrainOutcome = z.infer<typeof DrainOutcome>;

export const DrainEvent = z.discriminatedUnion('type', [
  /** Asked for, and nothing done yet: the lease, windows and freezes come first. */
  fact('DrainIntended', {
    clusterName: z.string(),
    containerInstanceArn: ContainerInstanceArn,
    ec2InstanceId: Ec2InstanceId,
    reason: DrainReason,
    actor: z.string(),
    /** In the words of whoever asked. */
    because: z.string().optional(),
    deadlineAt: Instant,
    atDeadline: AtDeadline,
    standalone: Standalone,
    andThen: AfterDrain,
    /** Why it is to go on although something stands against it that does not pass. */
    forcedBecause: z.string().optional(),
    intendedAt: Instant,
  }),
  /** What it waits for, recorded when the list changes. */
  fact('DrainHoldsChanged', {
    held: z.array(Held.readonly()).readonly(),
    changedAt: Instant,
  }),
  /** Intent: DRAINING, under this lease. */
  fact('DrainBegun', { leaseId: LeaseId, effectId: EffectId, begunAt: Instant }),
  /** ECS says that it is DRAINING: if it is ACTIVE from here on, someone else has done that. */
  fact('DrainSeen', { seenAt: Instant }),
  /** Intent: `StopTask` of a task that stands alone and has had its time. */
  fact('DrainTaskStopIntended', { taskArn: TaskArn, effectId: EffectId, intendedAt: Instant }),
  fact('Drained', { drainedAt: Instant }),
  /** Intent: the emptied instance is ended by its Auto Scaling group. */
  fact('DrainTerminationIntended', { effectId: EffectId, intendedAt: Instant }),
  /** No longer registered, while it was drained, ended or handed back: its successor is due. */
  fact('DrainInstanceGone', { goneAt: Instant }),
  /**
   * Intent: `RunTask` of the canary on what has come for it. Until one has run there the fleet has
   * one instance less by our doing.
   */
  fact('DrainProofIntended', {
    successorArn: ContainerInstanceArn,
    successorEc2InstanceId: Ec2InstanceId,
    family: z.string(),
    effectId: EffectId,
    intendedAt: Instant,
  }),
  /** Intent: ACTIVE again. */
  fact('DrainRestoreIntended', {
    because: z.string(),
    /** What had not left. */
    blockers: z.array(Held.readonly()).readonly(),
    /** A person, or `tuesday`. */
    actor: z.string(),
    effectId: EffectId,
    intendedAt: Instant,
  }),
  fact('DrainRestored', { restoredAt: Instant }),
  /** A person has to look: it stays DRAINING and keeps its lease until it empties or is undone. */
  fact('DrainEscalated', {
    because: z.string(),
    blockers: z.array(Held.readonly()).readonly(),
    escalatedAt: Instant,
  }),
  fact('DrainEnded', {
    outcome: DrainOutcome,
    detail: z.string(),
    /** The person who called it off. */
    actor: z.string().optional(),
    /** What has come for an instance that is gone: it comes for no other. */
    successorArn: ContainerInstanceArn.optional(),
    endedAt: Instant,
  }),

  /** Stored before the call, as for the effects of a rollout. */
  fact('DrainEffectAttempted', { effectId: EffectId, executor: z.string(), attemptedAt: Instant }),
  fact('DrainEffectSucceeded', { effectId: EffectId, succeededAt: Instant }),
  /** Refused by AWS for a reason that trying again will not cure. */
  fact('DrainEffectFailed', { effectId: EffectId, reason: z.string(), failedAt: Instant }),
]);
export type DrainEvent = z.infer<typeof DrainEvent>;
