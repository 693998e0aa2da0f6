import { servicesOn } from '../fleet/servicesOn.ts';
import { foreseePlacements } from '../placement/roomElsewhere.ts';
import { whyNotQuiet } from './alarms.ts';
import { instanceEffectId } from './effectIds.ts';
import { expectationOf } from './expectedDuration.ts';
import { followInstance } from './followInstance.ts';
import type { leaseDesk } from './leases.ts';
import { leaseIdOf } from './leases.ts';
import { type InstanceProgress, isInFlight, type Rollout } from './rolloutState.ts';
import { type Hold, hold, type Proposal, type Sight } from './sight.ts';
import { whyNoRoom, whyNotDrain } from './whyNotDrain.ts';
import { whyNotNow } from './whyNotNow.ts';

/**
 * What to do about each instance now. What is under way is followed first; then new instances are
 * begun, those that may be expected to take longest before the others: a long one begun last would
 * be waited for alone (design decision 14).
 */
export const stepInstances = (
  rollout: Rollout,
  sight: Sight,
  desk: ReturnType<typeof leaseDesk>,
): { readonly proposals: readonly Proposal[]; readonly holds: readonly Hold[] } => {
  const proposals: Proposal[] = [];
  const holds: Hold[] = [];
  const leaving = new Set(Object.values(rollout.instances).filter(isLeaving).map(arnOf));
  for (const item of inFlightFirst(rollout, sight)) {
    if (item.status === 'done' || item.status === 'skipped') continue;
    if (isInFlight(item)) {
      proposals.push(...followInstance(rollout, item, sight).map((step) => ({ step })));
    } else {
      const begun = begin(rollout, item, sight, desk, leaving);
      if ('reason' in begun) {
        holds.push(begun);
        continue;
      }
      proposals.push(begun);
      if (begun.step.type === 'DrainInstance') leaving.add(item.containerInstanceArn);
    }
  }
  return { proposals, holds };
};

const arnOf = ({ containerInstanceArn }: InstanceProgress): string => containerInstanceArn;

/** What it runs must find room elsewhere, and nothing finds room on it. */
const isLeaving = ({ status }: InstanceProgress): boolean =>
  status === 'draining' || status === 'drained' || status === 'terminating';

const inFlightFirst = (rollout: Rollout, sight: Sight): readonly InstanceProgress[] => {
  const expected = expectationOf(rollout, sight);
  return Object.values(rollout.instances)
    .map((item) => ({ item, expectedMs: item.status === 'waiting' ? expected(item) : 0 }))
    .toSorted(
      (a, b) =>
        Number(isInFlight(b.item)) - Number(isInFlight(a.item)) ||
        (isInFlight(a.item) && isInFlight(b.item) ? a.item.since - b.item.since : 0) ||
        b.expectedMs - a.expectedMs ||
        (a.item.containerInstanceArn < b.item.containerInstanceArn ? -1 : 1),
    )
    .map(({ item }) => item);
};

const begin = (
  rollout: Rollout,
  item: InstanceProgress,
  sight: Sight,
  desk: ReturnType<typeof leaseDesk>,
  leaving: ReadonlySet<string>,
): Proposal | Hold => {
  const { containerInstanceArn } = item;
  const { now, view, osReserveMiB } = sight;
  const instance = view.instances.get(containerInstanceArn);
  if (instance === undefined) {
    const detail = 'it is no longer registered with the cluster';
    return {
      step: {
        type: 'SkipInstance',
        containerInstanceArn,
        reason: 'InstanceNotActive',
        detail,
        now,
      },
    };
  }
  const why = whyNotDrain(rollout, item, instance, sight);
  if (why !== undefined) return why;
  const closed = whyNotNow(containerInstanceArn, servicesOn(view, containerInstanceArn), sight);
  if (closed !== undefined) return closed;
  const alarmed = whyNotQuiet(rollout, containerInstanceArn, sight);
  if (alarmed !== undefined) return alarmed;
  const subject = { kind: 'instance' as const, id: containerInstanceArn };
  if (desk.isSpent('instance')) {
    const spent = desk.ask(subject);
    if ('why' in spent) return hold(subject.id, 'BudgetSpent', spent.why);
  }
  const noRoom = whyNoRoom(instance, sight, leaving);
  if (noRoom !== undefined) return noRoom;
  const lease = desk.ask(subject);
  if ('why' in lease) return hold(subject.id, 'BudgetSpent', lease.why);
  return {
    lease,
    step: {
      type: 'DrainInstance',
      containerInstanceArn,
      versionBefore: instance.version,
      leaseId: leaseIdOf(rollout, subject),
      foreseen: foreseePlacements({ view, instance, osReserveMiB, leaving }),
      effectId: instanceEffectId('drain', rollout, item),
      now,
    },
  };
};
