import type { GroundTruth } from '../../domain/simulation/groundTruth.ts';
import type { Budget } from '../../events/disruption.ts';
import type { SequencedCommit } from '../../infra/eventStore/eventStore.ts';
import type { DrainMeeting } from './auditDrains.ts';
import type { GhostMeeting } from './auditGhosts.ts';
import type { HookMeeting } from './auditHooks.ts';
import type { LimitMeeting } from './auditLimits.ts';
import type { PrefetchMeeting } from './auditPrefetch.ts';
import type { ProtectionMeeting } from './auditProtection.ts';
import type { SurgeMeeting } from './auditSurge.ts';
import type { TemplateMeeting } from './auditTemplates.ts';
import type { WindowMeeting } from './auditWindows.ts';

// What the fault simulation tells its auditor. The auditor shares nothing with the engine but
// types: it is written from AWS's and Microsoft's pages and from the shapes in events/.

/** What a full run must have met. */
export type Meeting =
  | WindowMeeting
  | LimitMeeting
  | DrainMeeting
  | PrefetchMeeting
  | GhostMeeting
  | HookMeeting
  | ProtectionMeeting
  | TemplateMeeting
  | SurgeMeeting;

/** What was agreed before the first step. */
export type AuditSetup = {
  readonly clusterName: string;
  /**
   * In force until the first `BudgetSet` of `disruption#<cluster>`; where nobody sets one it is
   * 10 percent of the instances and 20 percent of the services, for `patch` and `manual`.
   */
  readonly budget: Budget;
  readonly services: readonly {
    readonly name: string;
    readonly desired: number;
    readonly minimumHealthyPercent: number;
    readonly maximumPercent: number;
  }[];
  /** Instances that ought to exist; where absent, as many as are true at the first step. */
  readonly instances?: number;
  /**
   * For how many steps an involuntary loss, or somebody else's deployment or drain, excuses a
   * service that falls below its minimum. 3 where absent.
   */
  readonly excuseSteps?: number;
};

/** One call of ours to AWS that changes something; reads need not be told. */
export type AuditedCall = {
  /** The moment it was sent, on the virtual clock. */
  readonly at: number;
  /** `ecs`, `autoscaling` and so on; upper and lower case are one. */
  readonly service: string;
  /** As the API names it: `UpdateContainerInstancesState`. */
  readonly operation: string;
  /** As the API takes it: `containerInstances`, `InstanceId` ... */
  readonly input: unknown;
  /** The world changed by it, whether or not its answer arrived. */
  readonly took: boolean;
  /**
   * `sequence` of the last commit in the store when the handler that calls last read or wrote it:
   * of what came later it could not know. Absent: it knew what was stored before this step.
   */
  readonly afterSequence?: number;
  /** What was true just before it. Absent: the truth of the step before stands in, with doubt. */
  readonly before?: GroundTruth;
  /** What the world answered, even where the answer was lost: tells the tasks of a `RunTask`. */
  readonly answer?: unknown;
};

export type AuditStep = {
  readonly now: number;
  /** True at the end of the step. */
  readonly truth: GroundTruth;
  /** New since the step before, in the order of `sequence`. */
  readonly commits: readonly SequencedCommit[];
  /** Sent since the step before, in order. */
  readonly calls: readonly AuditedCall[];
  /** Involuntary, since the step before. */
  readonly losses: {
    /** EC2 ids or container instance ARNs that died or lost their agent. */
    readonly instances: readonly string[];
    /** Names or ARNs of services that lost a task in another way. */
    readonly services: readonly string[];
  };
  /** Done by somebody else since the step before. */
  readonly byOthers: {
    /** Container instance ARNs set DRAINING. */
    readonly drained: readonly string[];
    /** Names or ARNs of services deployed or changed. */
    readonly deployed: readonly string[];
    /** Names of services of which more tasks, or fewer, were asked for. */
    readonly scaled: readonly string[];
    /** EC2 ids of instances for which EC2 gave notice that it takes them. */
    readonly interrupted?: readonly string[];
  };
};

/** Violations, each a sentence that begins with its invariant: `I8: ...`. Empty: none. */
export type Auditor = {
  readonly afterStep: (step: AuditStep) => readonly string[];
  /** Once faults have stopped and all is still; judges a step that `afterStep` has seen. */
  readonly atRest: (step: AuditStep) => readonly string[];
  /** How often windows, freezes, limits and Spot notices came into play. */
  readonly met: () => Readonly<Record<Meeting, number>>;
};
