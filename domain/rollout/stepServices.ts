import { deployEffectId } from './effectIds.ts';
import { followService } from './followService.ts';
import { type leaseDesk, leaseIdOf } from './leases.ts';
import { type PrefetchProposal, pullBeforehand } from './pullBeforehand.ts';
import type { Rollout, ServiceProgress } from './rolloutState.ts';
import { type Hold, hold, type Proposal, type Sight } from './sight.ts';
import { runsOnlyRebuilt, whyNotDeploy } from './whyNotDeploy.ts';

/**
 * What to do about each service now. `instancesComing` names the channels whose instances are still
 * to be replaced: an image waits for them, because a patched instance brings the layers and is the
 * safe order (design decision 7).
 */
export const stepServices = (
  rollout: Rollout,
  sight: Sight,
  desk: ReturnType<typeof leaseDesk>,
  instancesComing: ReadonlySet<string>,
): {
  readonly proposals: readonly Proposal[];
  readonly holds: readonly Hold[];
  readonly prefetches: readonly PrefetchProposal[];
} => {
  const proposals: Proposal[] = [];
  const holds: Hold[] = [];
  const pulls = pullBeforehand(rollout, sight, desk);
  for (const item of smallestFirst(rollout, sight)) {
    if (item.status === 'deploying') {
      proposals.push(...followService(rollout, item, sight).map((step) => ({ step })));
    } else if (item.status === 'waiting') {
      const begun = begin(rollout, item, sight, desk, instancesComing, pulls);
      if ('reason' in begun) holds.push(begun);
      else proposals.push(begun);
    }
  }
  return { proposals, holds, prefetches: pulls.proposals };
};

/** Small services first: what is wrong with a base image shows where it hurts least. */
const smallestFirst = (rollout: Rollout, { view }: Sight): readonly ServiceProgress[] =>
  Object.values(rollout.services).toSorted(
    (a, b) =>
      (view.services.get(a.serviceArn)?.desiredCount ?? 0) -
        (view.services.get(b.serviceArn)?.desiredCount ?? 0) ||
      (a.serviceArn < b.serviceArn ? -1 : 1),
  );

const begin = (
  rollout: Rollout,
  item: ServiceProgress,
  sight: Sight,
  desk: ReturnType<typeof leaseDesk>,
  instancesComing: ReadonlySet<string>,
  pulls: ReturnType<typeof pullBeforehand>,
): Proposal | Hold => {
  const { serviceArn } = item;
  const { now, view } = sight;
  const service = view.services.get(serviceArn);
  if (service === undefined || service.status !== 'ACTIVE') {
    const detail = service === undefined ? 'it is not in the fleet' : `it is ${service.status}`;
    return { step: { type: 'SkipService', serviceArn, reason: 'ServiceNotActive', detail, now } };
  }
  if (runsOnlyRebuilt(rollout, item, sight)) {
    return { step: { type: 'RecordDeployed', serviceArn, now } };
  }
  const why = whyNotDeploy(rollout, item, service, sight, instancesComing);
  const subject = { kind: 'service' as const, id: serviceArn };
  // A constraint is narrowed for the deployment alone, so not before there is a lease to be had.
  if (why?.reason === 'ConstraintPending' && desk.isSpent('service')) {
    const spent = desk.ask(subject);
    if ('why' in spent) return hold(serviceArn, 'BudgetSpent', spent.why);
  }
  const pulling = why ?? pulls.whyNotYet(item);
  if (pulling !== undefined) return pulling;
  const lease = desk.ask(subject);
  if ('why' in lease) return hold(serviceArn, 'BudgetSpent', lease.why);
  const primary = service.deployments.find(({ status }) => status === 'PRIMARY');
  return {
    lease,
    step: {
      type: 'DeployService',
      serviceArn,
      leaseId: leaseIdOf(rollout, subject),
      effectId: deployEffectId(rollout, item),
      deploymentBefore: primary?.id,
      now,
    },
  };
};
