import type { EffectId, Instant } from '../../events/ids.ts';
import type { PlacementExplanation } from '../../events/placement.ts';
import type { Held, HeldReason, RolloutEvent } from '../../events/rollout.ts';
import type { AttemptCommand } from '../attempt.ts';

type Data<Type extends RolloutEvent['type']> = Extract<RolloutEvent, { type: Type }>['data'];
/** A command carries what its event will say, but for the moment, which arrives as `now`. */
type Asking<Name extends string, Event extends RolloutEvent['type'], Moment extends string> = {
  readonly type: Name;
  readonly now: Instant;
} & Omit<Data<Event>, Moment>;

/** What a person or the API may ask for. */
export type OperatorCommand =
  | Asking<'PlanRollout', 'RolloutPlanned', 'plannedAt'>
  | Asking<'StartRollout', 'RolloutStarted', 'startedAt'>
  | Asking<'PauseRollout', 'RolloutPaused', 'pausedAt'>
  | Asking<'ResumeRollout', 'RolloutResumed', 'resumedAt'>
  | Asking<'AbortRollout', 'RolloutAborted', 'abortedAt'>;

/** What the planner proposes, step by step. */
export type StepCommand =
  | Asking<'HaltRollout', 'RolloutHalted', 'haltedAt'>
  | Asking<'CompleteRollout', 'RolloutCompleted', 'completedAt'>
  | Asking<'RequestRebuild', 'RebuildRequested', 'requestedAt'>
  | Asking<'RecordRebuild', 'RebuildArrived', 'arrivedAt'>
  | Asking<'GiveUpRebuild', 'RebuildOverdue', 'overdueAt'>
  | Asking<'LearnInstanceTarget', 'InstanceTargetLearnt', 'learntAt'>
  | Asking<'DrainInstance', 'InstanceDrainIntended', 'intendedAt'>
  | Asking<'RecordDrained', 'InstanceDrained', 'drainedAt'>
  | Asking<'TerminateInstance', 'InstanceTerminationIntended', 'intendedAt'>
  | Asking<'RecordReplacement', 'InstanceReplaced', 'replacedAt'>
  | Asking<'ProveInstance', 'InstanceProofIntended', 'intendedAt'>
  | Asking<'RecordProof', 'InstanceProved', 'provedAt'>
  | Asking<'RestoreInstance', 'InstanceRestoreIntended', 'intendedAt'>
  | Asking<'PutOffInstance', 'InstancePutOff', 'putOffAt'>
  | Asking<'RecordRestored', 'InstanceRestored', 'restoredAt'>
  | Asking<'SkipInstance', 'InstanceSkipped', 'skippedAt'>
  | Asking<'SurgeGroup', 'GroupSurgeIntended', 'intendedAt'>
  | Asking<'OverruleGroup', 'GroupOverruled', 'overruledAt' | 'expected'>
  | Asking<'RetireInstance', 'InstanceRetired', 'retiredAt'>
  | Asking<'ReturnSurplus', 'SurplusReturnIntended', 'intendedAt'>
  | Asking<'EndSurplus', 'SurplusEndIntended', 'intendedAt'>
  | Asking<'KeepSurplus', 'SurplusKeepIntended', 'intendedAt'>
  | Asking<'SettleSurplus', 'SurplusSettled', 'settledAt'>
  | Asking<'RenewLaunchTemplate', 'LaunchTemplateVersionIntended', 'intendedAt'>
  | Asking<'RecordLaunchTemplate', 'LaunchTemplateVersionSet', 'setAt'>
  | Asking<'ReturnLaunchTemplate', 'LaunchTemplateReturnIntended', 'intendedAt'>
  | Asking<'RecordTemplateReturned', 'LaunchTemplateReturned', 'returnedAt'>
  | Asking<'DeployService', 'ServiceDeploymentIntended', 'intendedAt'>
  | Asking<'RecordDeploymentStarted', 'ServiceDeploymentStarted', 'startedAt'>
  | Asking<'RecordDeployed', 'ServiceDeployed', 'deployedAt'>
  | Asking<'PutOffService', 'ServicePutOff', 'putOffAt'>
  | Asking<'SkipService', 'ServiceSkipped', 'skippedAt'>
  | {
      readonly type: 'RecordHolds';
      readonly held: readonly Held[];
      /** By the subject that is held: what was found for a task without room. */
      readonly placements?: ReadonlyMap<string, PlacementExplanation>;
      readonly now: Instant;
    };

/** What became of an effect. `unclear` is no outcome: it stays open until someone has looked. */
export type OutcomeCommand = {
  readonly type: 'RecordOutcome';
  readonly effectId: EffectId;
  readonly outcome:
    | { readonly status: 'succeeded' }
    | {
        readonly status: 'failed';
        readonly reason: string;
        /** Nothing is written where someone has attempted it since: that one knows better. */
        readonly unlessAttempted?: true;
        /** Why a group was not asked for more; absent: AWS refused the call. */
        readonly held?: HeldReason;
      };
  readonly now: Instant;
};

export type RolloutCommand = OperatorCommand | StepCommand | OutcomeCommand | AttemptCommand;

/** What the event of this command will say, but for the moment. */
export const asked = <C extends StepCommand>({ type: _type, now: _now, ...data }: C) => data;
