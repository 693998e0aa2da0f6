import type { ObservedInstance } from '../../events/fleet.ts';
import type { Digest, Ec2InstanceId, EffectId, LeaseId } from '../../events/ids.ts';
import type { PrefetchOutcome } from '../../events/prefetch.ts';
import { freeOn } from '../fleet/capacity.ts';
import { taskStartedBy, tasksOfService, tasksOn } from '../fleet/fleetView.ts';
import { servicesOn } from '../fleet/servicesOn.ts';
import type { GrantLease } from '../maintenance/lease.ts';
import { whyNoLeave } from '../maintenance/leave.ts';
import type { LedgerCommand } from '../maintenance/ledger.ts';
import { mayRun } from '../windows/compatibility.ts';
import { imageName } from '../windows/imageName.ts';
import { instanceBuild } from '../windows/instanceBuild.ts';
import { type leaseDesk, unusedLeaseMs } from './leases.ts';
import {
  isUnderWay,
  leasesOfPrefetch,
  type Prefetch,
  type PrefetchCommand,
  prefetch,
  prefetchId,
  prefetchStream,
} from './prefetch.ts';
import {
  hasEnded,
  type ImageProgress,
  type Rollout,
  type ServiceProgress,
} from './rolloutState.ts';
import { type Hold, hold, type Sight } from './sight.ts';

export type PrefetchProposal = { readonly lease?: GrantLease; readonly step: PrefetchCommand };

export type PrefetchPlan = {
  readonly ledger: readonly LedgerCommand[];
  readonly proposals: readonly PrefetchProposal[];
};

type Arrived = Extract<ImageProgress, { status: 'arrived' }>;
type Candidate = ObservedInstance & { readonly ec2InstanceId: Ec2InstanceId };

const stateOf = ({ rolloutId }: Rollout, { prefetches }: Sight) =>
  prefetches.get(rolloutId) ?? prefetch.initialState;

/**
 * Pulls a rebuilt image onto the instances where its service runs now, before the service is
 * deployed: while the old tasks still serve, and not while ECS waits for the new ones (design
 * decision 14). Only by policy, within the budget and the windows of the reason `prefetch`, onto
 * instances that stay and have the room. A service waits for pulls that are under way and for no
 * others: a pull that may not be, or failed, keeps nothing from being patched.
 */
export const pullBeforehand = (
  rollout: Rollout,
  sight: Sight,
  desk: ReturnType<typeof leaseDesk>,
) => {
  const proposals: PrefetchProposal[] = [];
  const { prefetches } = stateOf(rollout, sight);
  const isPulling = (instance: Candidate, image: Arrived): boolean => {
    const { containerInstanceArn: arn } = instance;
    const id = prefetchId('prefetch', rollout.rolloutId, arn, image.digest);
    const known = prefetches[id] ?? proposals.find(({ step }) => step.effectId === id);
    if (known !== undefined) return !('status' in known) || isUnderWay(known);
    const begun = begin(rollout, image, instance, sight, desk);
    if (begun !== undefined) proposals.push(begun);
    return begun !== undefined;
  };
  return {
    proposals,
    /** Why `item` is not deployed yet; asks for what may be pulled now. */
    whyNotYet: (item: ServiceProgress): Hold | undefined => {
      if (rollout.policy.prefetch === undefined) return undefined;
      const images = item.images.flatMap((name) => rollout.images[name] ?? []).filter(hasArrived);
      const pulls = images.flatMap((image) =>
        candidates(rollout, item, image, sight).map((instance) => isPulling(instance, image)),
      );
      const underWay = pulls.filter(Boolean).length;
      if (underWay === 0) return undefined;
      const detail = `its new images are being pulled: ${underWay} of ${pulls.length} under way`;
      return hold(item.serviceArn, 'ImagePrefetching', detail);
    },
  };
};

const hasArrived = (image: ImageProgress): image is Arrived => image.status === 'arrived';

/** Where tasks of the service run, and are likely to run again, without the image. */
const candidates = (
  rollout: Rollout,
  { serviceName }: ServiceProgress,
  image: Arrived,
  { view, amis, channels }: Sight,
): readonly Candidate[] => {
  const arns = new Set(
    tasksOfService(view, serviceName).map(({ containerInstanceArn = '' }) => containerInstanceArn),
  );
  return [...arns].toSorted().flatMap((arn) => {
    const instance = view.instances.get(arn);
    const item = rollout.instances[arn];
    const stays = item === undefined || item.status === 'skipped';
    if (instance?.ec2InstanceId === undefined || !stays) return [];
    if (instance.status !== 'ACTIVE' || !instance.agentConnected) return [];
    const build = instanceBuild(instance, amis, channels);
    if (build.status !== 'known' || !mayRun(image.toBuild, build.build).allowed) return [];
    const isThere = tasksOn(view, arn).some(({ containers }) =>
      containers.some(({ imageDigest }) => imageDigest === image.digest),
    );
    return isThere ? [] : [{ ...instance, ec2InstanceId: instance.ec2InstanceId }];
  });
};

const begin = (
  rollout: Rollout,
  { image, digest }: Arrived,
  instance: Candidate,
  { view, maintenance, osReserveMiB, now }: Sight,
  desk: ReturnType<typeof leaseDesk>,
): PrefetchProposal | undefined => {
  const { rolloutId, clusterName, policy } = rollout;
  const { containerInstanceArn, ec2InstanceId, attributes } = instance;
  const operatingSystemFamily = attributes['ecs.os-family'];
  if (policy.prefetch === undefined || !operatingSystemFamily) return undefined;
  const { memoryMiB } = policy.prefetch;
  if (freeOn(view, instance, { osReserveMiB }).memoryMiB < memoryMiB) return undefined;
  const serviceNames = servicesOn(view, containerInstanceArn);
  if (whyNoLeave(maintenance, { reason: 'prefetch', serviceNames }, now)) return undefined;
  const named = (kind: 'prefetch' | 'lease') =>
    prefetchId(kind, rolloutId, containerInstanceArn, digest);
  const leaseId = named('lease') as LeaseId;
  const holder = prefetchStream(rolloutId);
  const as = { leaseId, reason: 'prefetch', holder } as const;
  const lease = desk.ask({ kind: 'instance', id: containerInstanceArn }, as);
  if ('why' in lease) return undefined;
  const step = {
    type: 'PrefetchImage' as const,
    rolloutId,
    clusterName,
    containerInstanceArn,
    ec2InstanceId,
    operatingSystemFamily,
    repository: imageName(image).repository,
    digest: digest as Digest,
    memoryMiB,
    leaseId,
    effectId: named('prefetch') as EffectId,
    now,
  };
  return { lease, step };
};

/** What has become of pulls that are under way, and leases that go back. */
export const followPrefetches = (rollout: Rollout, sight: Sight): PrefetchPlan => {
  const state = stateOf(rollout, sight);
  const { now, ledger } = sight;
  const proposals = Object.values(state.prefetches)
    .filter(isUnderWay)
    .flatMap((each): readonly PrefetchProposal[] => {
      const ended = endOf(rollout, each, sight);
      if (ended === undefined) return [];
      return [{ step: { type: 'EndPrefetch', effectId: each.effectId, ...ended, now } }];
    });
  const needed = leasesOfPrefetch(state);
  const used = new Set(Object.values(state.prefetches).map(({ leaseId }) => leaseId));
  const holder = prefetchStream(rollout.rolloutId);
  const returns = Object.values(ledger.leases)
    .filter((lease) => lease.holder === holder && !needed.has(lease.leaseId))
    .filter(({ leaseId, grantedAt }) => used.has(leaseId) || now - grantedAt > unusedLeaseMs)
    .map(({ leaseId }) => ({ type: 'ReturnLease' as const, leaseId, now }));
  return { ledger: returns, proposals };
};

const endOf = (
  rollout: Rollout,
  each: Exclude<Prefetch, { status: 'ended' }>,
  { view, now }: Sight,
): { readonly outcome: PrefetchOutcome; readonly detail: string } | undefined => {
  const task = taskStartedBy(view, each.effectId);
  if (task?.lastStatus === 'STOPPED') {
    const { containers, stoppedReason = 'it stopped' } = task;
    const isDone = containers.length > 0 && containers.every(({ exitCode }) => exitCode === 0);
    return { outcome: isDone ? 'pulled' : 'failed', detail: isDone ? task.taskArn : stoppedReason };
  }
  const givenUp = (detail: string) => ({ outcome: 'givenUp', detail }) as const;
  if (!view.instances.has(each.containerInstanceArn)) return givenUp('the instance is gone');
  if (each.status === 'intended' && (hasEnded(rollout) || rollout.status === 'halted')) {
    return givenUp(`the rollout was ${rollout.status}`);
  }
  const deadlineMs = rollout.policy.prefetch?.deadlineMs ?? 0;
  return now - each.intendedAt > deadlineMs ? givenUp('it took too long') : undefined;
};
