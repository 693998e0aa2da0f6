import type {
  AmiId,
  Channel,
  ContainerInstanceArn,
  Ec2InstanceId,
  EffectId,
  Instant,
  LeaseId,
} from '../../events/ids.ts';
import type { Held, HeldReason, RolloutEvent } from '../../events/rollout.ts';
import type { ImageItem, InstanceItem, ServiceItem } from '../../events/rolloutItems.ts';
import { once } from '../once.ts';

type Planned = Extract<RolloutEvent, { type: 'RolloutPlanned' }>['data'];
type Learnt = Extract<RolloutEvent, { type: 'InstanceTargetLearnt' }>['data'];

export type ImageProgress = ImageItem &
  (
    | { readonly status: 'waiting' }
    | { readonly status: 'requested'; readonly since: Instant }
    | { readonly status: 'arrived'; readonly since: Instant; readonly digest: string }
    | { readonly status: 'overdue'; readonly since: Instant }
  );

/**
 * An instance on its way through; every status but `waiting`, `done` and `skipped` holds a lease.
 */
export type InstanceProgress = InstanceItem & {
  /** How often it was put off or handed back because its window had closed. */
  readonly putOff?: number;
} & (
    | { readonly status: 'waiting' }
    | (InFlight<'surging'> & Surging)
    | (InFlight<'draining'> & { readonly versionBefore?: number | undefined })
    | InFlight<'drained'>
    | InFlight<'terminating'>
    | (InFlight<'replaced'> & Replacement)
    | (InFlight<'proving'> & Replacement & { readonly proofId: EffectId })
    | (InFlight<'proved'> & Replacement & Surging)
    | (InFlight<'restoring'> & { readonly because: Held })
    | (InFlight<'givingBack'> &
        Surging & {
          readonly phase: 'emptying' | 'ending' | 'keeping';
          readonly because: Held;
        })
    | { readonly status: 'done'; readonly since: Instant; readonly replacementArn: string }
    | { readonly status: 'skipped'; readonly since: Instant; readonly because: Held }
  );

type InFlight<Status extends string> = {
  readonly status: Status;
  readonly since: Instant;
  readonly leaseId: LeaseId;
  /** Absent: it is replaced in place of its capacity. */
  readonly surge?: Surge;
};

/** The group was asked for one instance more on its account. */
export type Surge = {
  readonly groupName: string;
  readonly askedAt: Instant;
  /** What the group launched for it, once that has registered. */
  readonly newcomer?: Replacement;
  /** Somebody else has set the desired capacity since: nothing there is surplus any more. */
  readonly isOverruled?: true;
};
type Surging = { readonly surge: Surge };

export type Replacement = {
  readonly replacementArn: ContainerInstanceArn;
  readonly replacementEc2InstanceId: Ec2InstanceId;
};

/** What this rollout has asked of one Auto Scaling group. */
export type GroupProgress = {
  /** How often it was asked to launch: names the next time. */
  readonly surges: number;
  /** What the desired capacity is if nobody else sets it; absent: nothing is surplus there. */
  readonly desired?: number;
  /** Why it did not do as it was asked, the last time. */
  readonly refused?: Refused;
  readonly template?: TemplateProgress;
};

type Refused = { readonly reason: HeldReason; readonly detail: string; readonly at: Instant };

/** What this rollout has made of the launch template of a group. */
export type TemplateProgress = {
  /** How often a version was meant: names the next time. */
  readonly times: number;
  readonly channel: Channel;
  readonly change: TemplateChange;
  /** The version that was made; absent: it is on its way, or was refused. */
  readonly set?: { readonly version: number; readonly at: Instant };
  readonly refused?: Refused;
  /** An instance of its Windows was proved since: the AMI is good, and stays. */
  readonly isProved?: true;
  /** What it launched from before, it launches from again. */
  readonly isReturned?: true;
};

export type TemplateChange = {
  readonly groupName: string;
  readonly launchTemplateId: string;
  readonly launchedFrom: string;
  readonly sourceVersion: number;
  readonly fromAmiId: AmiId;
  readonly amiId: AmiId;
};

export type ServiceProgress = ServiceItem & {
  /** How often it was put off because its window had closed. */
  readonly putOff?: number;
} & (
    | { readonly status: 'waiting' }
    | {
        readonly status: 'deploying';
        readonly since: Instant;
        readonly leaseId: LeaseId;
        readonly deploymentBefore?: string | undefined;
        readonly deploymentId?: string;
        readonly startedAt?: Instant;
      }
    | { readonly status: 'done'; readonly since: Instant }
    | { readonly status: 'skipped'; readonly since: Instant; readonly because: Held }
  );

/** What is to be done on AWS and has no outcome yet. `effectId` is its idempotency key there. */
export type Effect = {
  readonly effectId: EffectId;
  readonly intendedAt: Instant;
  readonly attemptedAt?: Instant;
  readonly executor?: string;
} & (
  | { readonly kind: 'requestRebuild'; readonly image: string }
  | { readonly kind: 'drain'; readonly containerInstanceArn: string }
  | { readonly kind: 'terminate'; readonly containerInstanceArn: string }
  | { readonly kind: 'prove'; readonly containerInstanceArn: string }
  | { readonly kind: 'restore'; readonly containerInstanceArn: string }
  | {
      readonly kind: 'surge';
      readonly groupName: string;
      readonly from: number;
      readonly to: number;
      readonly instances: readonly ContainerInstanceArn[];
    }
  | { readonly kind: 'emptySurplus'; readonly containerInstanceArn: string }
  | {
      readonly kind: 'endSurplus';
      readonly containerInstanceArn: string;
      readonly ec2InstanceId?: Ec2InstanceId | undefined;
    }
  | { readonly kind: 'keepSurplus'; readonly containerInstanceArn: string }
  | ({ readonly kind: 'renewTemplate' } & TemplateChange)
  | ({ readonly kind: 'returnTemplate'; readonly version: number } & TemplateChange)
  | {
      readonly kind: 'deploy';
      readonly serviceArn: string;
      readonly deploymentBefore?: string | undefined;
    }
);

export type Rollout = Pick<
  Planned,
  'rolloutId' | 'clusterName' | 'targets' | 'emergency' | 'policy' | 'plannedAt'
> & {
  readonly status: 'planned' | 'running' | 'paused' | 'halted' | 'aborted' | 'completed';
  readonly images: Readonly<Record<string, ImageProgress>>;
  readonly instances: Readonly<Record<string, InstanceProgress>>;
  readonly services: Readonly<Record<string, ServiceProgress>>;
  /** By channel: the AMI that instances are replaced onto, once AWS has published it. */
  readonly instanceTargets: Readonly<Record<string, Learnt>>;
  readonly effects: Readonly<Record<string, Effect>>;
  /** By name; those alone that were asked for more, or whose launch template was changed. */
  readonly groups: Readonly<Record<string, GroupProgress>>;
  /** Left out of the plan from the beginning. */
  readonly heldByPlan: readonly Held[];
  /** Held back at the last look. */
  readonly heldNow: readonly Held[];
  readonly left: readonly Held[];
  readonly startedAt?: Instant;
  /** Last resumed: someone has looked at what stood still before. */
  readonly resumedAt?: Instant;
  readonly endedAt?: Instant;
  /** Why it is paused, halted or aborted. */
  readonly because?: string;
};

export type RolloutState = { readonly status: 'none' } | Rollout;

/** Over for good: nothing of it will be carried out again. */
export const hasEnded = (rollout: Rollout): boolean =>
  rollout.status === 'aborted' || rollout.status === 'completed';

export const isInFlight = (
  item: InstanceProgress,
): item is Extract<InstanceProgress, { leaseId: LeaseId }> => 'leaseId' in item;

export const isDeploying = (
  item: ServiceProgress,
): item is Extract<ServiceProgress, { status: 'deploying' }> => item.status === 'deploying';

/** Instances and services that the rollout is disturbing at this moment. */
export const inHand = once((rollout: Rollout) => ({
  instances: Object.values(rollout.instances).filter(isInFlight),
  services: Object.values(rollout.services).filter(isDeploying),
}));

export const leasesOf = (rollout: Rollout): readonly LeaseId[] => {
  const { instances, services } = inHand(rollout);
  return [...instances, ...services].map(({ leaseId }) => leaseId);
};

/**
 * Its drain was asked for and no executor has begun it: if it is DRAINING, someone else did that.
 */
export const isUntriedDrain = ({ effects }: Rollout, containerInstanceArn: string): boolean =>
  Object.values(effects).some(
    (effect) =>
      effect.kind === 'drain' &&
      effect.containerInstanceArn === containerInstanceArn &&
      effect.attemptedAt === undefined,
  );

/** Its deployment was asked for and no executor has begun it: there is nothing to wait for. */
export const isUntriedDeployment = ({ effects }: Rollout, serviceArn: string): boolean =>
  Object.values(effects).some(
    (effect) =>
      effect.kind === 'deploy' &&
      effect.serviceArn === serviceArn &&
      effect.attemptedAt === undefined,
  );
