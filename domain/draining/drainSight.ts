import type { Mode } from '../../events/cluster.ts';
import type { ContainerInstanceArn, Instant } from '../../events/ids.ts';
import type { Held } from '../../events/rollout.ts';
import type { LedgerState } from '../maintenance/lease.ts';
import type { Maintenance } from '../maintenance/leave.ts';
import type { KnownFleet } from '../placement/fleetKnowledge.ts';
import type { Replacements } from './countSubjects.ts';
import type { DrainPlan } from './drainPlan.ts';
import type { StandalonePolicy } from './drainQuestion.ts';
import { planDrain } from './planDrain.ts';

/** What the planner of drains sees of one cluster at one moment. */
export type DrainSight = {
  readonly fleet: KnownFleet;
  readonly ledger: LedgerState;
  readonly maintenance: Maintenance;
  readonly mode: Mode;
  readonly osReserveMiB: number;
  /** What rollouts have proved, and what they have lost and nobody holds a lease for. */
  readonly replacements?: Replacements;
  /** Newcomers that a rollout has as the replacements of its own. */
  readonly claimed?: ReadonlySet<string>;
  /** By the instance that is gone, the one that came for it. */
  readonly successors: ReadonlyMap<string, ContainerInstanceArn>;
  /** Of the cluster's policy, as for rollouts: what proves an instance that has come. */
  readonly canaryFamily?: string;
  readonly now: Instant;
};

type Asked = {
  readonly containerInstanceArn: ContainerInstanceArn;
  readonly standalone: StandalonePolicy;
};

export const planOf = (
  { containerInstanceArn, standalone }: Asked,
  { fleet, osReserveMiB, now }: Pick<DrainSight, 'fleet' | 'osReserveMiB' | 'now'>,
): DrainPlan =>
  planDrain({
    fleet,
    instances: [containerInstanceArn],
    osReserveMiB,
    now,
    standalone,
    lastHealthyTask: 'hold',
    drainedByUs: new Set([containerInstanceArn]),
  });

/** What stands against it: the service where there is one, the task, and the rule. */
export const blockersOf = ({ blockers }: Pick<DrainPlan, 'blockers'>): readonly Held[] =>
  blockers.map(({ containerInstanceArn, taskArn, serviceName, reason, detail }) => ({
    subject: taskArn ?? containerInstanceArn,
    reason,
    detail: serviceName === null ? detail : `${serviceName}: ${detail}`,
  }));

/**
 * What no waiting cures. A task that stands alone ends by itself, unless it is protected; the last
 * healthy task of a service is not the last for ever, unless the service wants but one.
 */
export const lastingOf = (plan: DrainPlan, { type }: StandalonePolicy): readonly Held[] => {
  const single = new Set(
    plan.services.flatMap((each) => (each.desiredCount === 1 ? [each.serviceName] : [])),
  );
  const blockers = plan.blockers.filter(
    ({ reason, serviceName }) =>
      reason === 'DeploymentDeadlock' ||
      reason === 'HostVolume' ||
      reason === 'PlacementUnreadable' ||
      (reason === 'LastHealthyTask' && serviceName !== null && single.has(serviceName)) ||
      (reason === 'StandaloneTask' && type === 'protect'),
  );
  return blockersOf({ blockers });
};
