import type { Mode } from '../../events/cluster.ts';
import type { DrainEvent, DrainOutcome } from '../../events/drain.ts';
import type {
  ContainerInstanceArn,
  EffectId,
  Instant,
  LeaseId,
  TaskArn,
} from '../../events/ids.ts';
import type { Held } from '../../events/rollout.ts';
import type { AttemptCommand } from '../attempt.ts';

type Intended = Extract<DrainEvent, { type: 'DrainIntended' }>['data'];
type Proof = Extract<DrainEvent, { type: 'DrainProofIntended' }>['data'];
type Now = { readonly now: Instant };

export type StartDrain = { readonly type: 'StartDrain' } & Omit<Intended, 'intendedAt'> &
  Now & {
    readonly mode: Mode;
    /** As it was last seen. */
    readonly instanceStatus: string;
    /** What stands against it and does not pass, from `planDrain`. */
    readonly lasting: readonly Held[];
  };

/** Which drain of the instance is meant: one instance may be drained again and again. */
type Of = { readonly count: number };

type Step =
  | ({ readonly type: 'HoldDrain'; readonly held: readonly Held[] } & Now)
  | ({
      readonly type: 'BeginDrain';
      readonly leaseId: LeaseId;
      readonly effectId: EffectId;
    } & Now)
  | ({
      readonly type: 'StopTask';
      readonly taskArn: TaskArn;
      readonly effectId: EffectId;
    } & Now)
  | ({ readonly type: 'RecordSeen' } & Now)
  | ({ readonly type: 'RecordDrained' } & Now)
  | ({ readonly type: 'RecordGone' } & Now)
  | ({ readonly type: 'TerminateInstance'; readonly effectId: EffectId } & Now)
  | ({
      readonly type: 'RestoreInstance';
      readonly because: string;
      readonly blockers: readonly Held[];
      readonly actor: string;
      readonly effectId: EffectId;
    } & Now)
  | ({
      readonly type: 'EscalateDrain';
      readonly because: string;
      readonly blockers: readonly Held[];
    } & Now)
  | ({ readonly type: 'ProveSuccessor' } & Omit<Proof, 'intendedAt'> & Now)
  | ({ readonly type: 'RecordRestored' } & Now)
  | ({
      readonly type: 'EndDrain';
      readonly outcome: DrainOutcome;
      readonly detail: string;
      readonly successorArn?: ContainerInstanceArn;
    } & Now);

/**
 * Steps of a drain that is under way; one that it is past does nothing, and neither does one that
 * was meant for a drain before it and comes late.
 */
export type DrainStep = Step & Of;

export type DrainCommand =
  | StartDrain
  | ({ readonly type: 'UndoDrain'; readonly actor: string; readonly because: string } & Now)
  | DrainStep
  | AttemptCommand
  | ({
      readonly type: 'RecordOutcome';
      readonly effectId: EffectId;
      /** Absent: it was done. */
      readonly refused?: string;
      /** A refusal that counts only while nobody has attempted it: whoever has knows better. */
      readonly unlessAttempted?: true;
    } & Now);
