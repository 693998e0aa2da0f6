import type { ObservedInstance } from '../../events/fleet.ts';
import { servicesOn } from '../fleet/servicesOn.ts';
import { foreseePlacements } from '../placement/roomElsewhere.ts';
import { whyNotQuiet } from './alarms.ts';
import { awaitHeadroom } from './awaitHeadroom.ts';
import { instanceEffectId } from './effectIds.ts';
import { expectationOf } from './expectedDuration.ts';
import { followInstance, goesForward } from './followInstance.ts';
import { followSurge, returnSurplus } from './followSurge.ts';
import { templateDesk } from './launchTemplates.ts';
import type { leaseDesk } from './leases.ts';
import { leaseIdOf } from './leases.ts';
import { isForLater } from './moveItem.ts';
import { whyNoWayBack } from './rollbackAmi.ts';
import type { StepCommand } from './rolloutCommand.ts';
import { type InstanceProgress, isInFlight, type Rollout } from './rolloutState.ts';
import { type Hold, hold, type Proposal, type Sight } from './sight.ts';
import { surgeDesk } from './surgeDesk.ts';
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
  const surges = surgeDesk(rollout, sight);
  const templates = templateDesk(rollout, sight);
  const leaving = new Set(Object.values(rollout.instances).flatMap(leavingWith));
  for (const item of inFlightFirst(rollout, sight)) {
    if (item.status === 'done' || item.status === 'skipped') continue;
    if (isInFlight(item) && (item.status !== 'proved' || !goesForward(rollout))) {
      const steps =
        item.surge === undefined
          ? followInstance(rollout, item, sight)
          : followSurge(rollout, { ...item, surge: item.surge }, sight);
      proposals.push(...steps.map((step) => ({ step })));
      continue;
    }
    const begun =
      item.status === 'proved'
        ? beginEnding(rollout, item, sight, leaving)
        : begin(rollout, item, sight, { desk, leaving, surges, templates });
    if (begun === undefined) continue;
    if ('reason' in begun) {
      holds.push(begun);
      continue;
    }
    proposals.push(begun);
    if (begun.step.type === 'DrainInstance') leaving.add(item.containerInstanceArn);
  }
  const asked = [...templates.proposals(), ...surges.proposals()];
  return { proposals: [...proposals, ...asked], holds };
};

/** What it runs must find room elsewhere, and nothing finds room on it. */
const leavingWith = (item: InstanceProgress): readonly string[] => {
  const { containerInstanceArn, status } = item;
  if (status === 'givingBack')
    return item.surge.newcomer ? [item.surge.newcomer.replacementArn] : [];
  const isLeaving = status === 'draining' || status === 'drained' || status === 'terminating';
  return isLeaving ? [containerInstanceArn] : [];
};

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
  {
    desk,
    leaving,
    surges,
    templates,
  }: {
    readonly desk: ReturnType<typeof leaseDesk>;
    readonly leaving: ReadonlySet<string>;
    readonly surges: ReturnType<typeof surgeDesk>;
    readonly templates: ReturnType<typeof templateDesk>;
  },
): Proposal | Hold | undefined => {
  const { containerInstanceArn } = item;
  const { now, view } = sight;
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
  const why = whyNotReplace(rollout, item, instance, sight, templates);
  if (why !== undefined) return why;
  const subject = { kind: 'instance' as const, id: containerInstanceArn };
  if (desk.isSpent('instance')) {
    const spent = desk.ask(subject);
    if ('why' in spent) return hold(subject.id, 'BudgetSpent', spent.why);
  }
  const isSurge = rollout.policy.replacement === 'surge';
  const noRoom = isSurge ? surges.whyNot(instance) : whyNoRoom(instance, sight, leaving);
  if (noRoom !== undefined) return isSurge ? noRoom : awaitHeadroom(rollout, noRoom, sight);
  const lease = desk.ask(subject);
  if ('why' in lease) return hold(subject.id, 'BudgetSpent', lease.why);
  if (isSurge) {
    surges.join(instance, lease);
    return undefined;
  }
  return { lease, step: drainStep(rollout, item, instance, sight, leaving) };
};

/** What stands against replacing it now, but for room and budget. */
export const whyNotReplace = (
  rollout: Rollout,
  item: InstanceProgress,
  instance: ObservedInstance,
  sight: Sight,
  templates: ReturnType<typeof templateDesk>,
): Hold | undefined =>
  whyNotBegin(rollout, item, instance, sight) ??
  whyNoWayBack(rollout, instance, sight) ??
  templates.whyNot(item, instance);

/** What stands against disturbing it now, but for room and budget. */
const whyNotBegin = (
  rollout: Rollout,
  item: InstanceProgress,
  instance: ObservedInstance,
  sight: Sight,
): Hold | undefined => {
  const { containerInstanceArn } = item;
  return (
    whyNotDrain(rollout, item, instance, sight) ??
    whyNotNow(containerInstanceArn, servicesOn(sight.view, containerInstanceArn), sight) ??
    whyNotQuiet(rollout, containerInstanceArn, sight)
  );
};

const drainStep = (
  rollout: Rollout,
  item: InstanceProgress,
  instance: ObservedInstance,
  { view, osReserveMiB, now }: Sight,
  leaving: ReadonlySet<string>,
): StepCommand => {
  const { containerInstanceArn } = item;
  return {
    type: 'DrainInstance',
    containerInstanceArn,
    versionBefore: instance.version,
    leaseId: leaseIdOf(rollout, { kind: 'instance', id: containerInstanceArn }),
    foreseen: foreseePlacements({ view, instance, osReserveMiB, leaving }),
    effectId: instanceEffectId('drain', rollout, item),
    now,
  };
};

/**
 * Its newcomer is proved: now the old one is drained. What stands against that is waited for as
 * long as a drain may take, and what comes in another window is not waited for at all: a newcomer
 * that stands there costs money and hides that nothing was patched.
 */
const beginEnding = (
  rollout: Rollout,
  item: Extract<InstanceProgress, { status: 'proved' }>,
  sight: Sight,
  leaving: ReadonlySet<string>,
): Proposal | Hold | undefined => {
  const { containerInstanceArn, surge, since } = item;
  const { view, now } = sight;
  const instance = view.instances.get(containerInstanceArn);
  const isWhole = view.instances.has(surge.newcomer?.replacementArn ?? '');
  if (instance === undefined || !isWhole) {
    const detail = `${instance ? 'its newcomer' : 'it'} was deregistered before it was to be ended`;
    return { step: returnSurplus(rollout, item, 'InstanceNotActive', detail, sight) };
  }
  const why = whyNotBegin(rollout, item, instance, sight) ?? whyNoRoom(instance, sight, leaving);
  if (why === undefined) return { step: drainStep(rollout, item, instance, sight, leaving) };
  const from = Math.max(since, rollout.resumedAt ?? 0);
  const isLate = rollout.status === 'running' && now - from > rollout.policy.drainDeadlineMs;
  if (!isForLater(why.reason) && !isLate) return why;
  return { step: returnSurplus(rollout, item, why.reason, why.detail, sight) };
};
