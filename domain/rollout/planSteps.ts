import type { Held, HeldReason } from '../../events/rollout.ts';
import { openSpan, whyNoLeave } from '../maintenance/leave.ts';
import type { LedgerCommand } from '../maintenance/ledger.ts';
import { once } from '../once.ts';
import { haltOnAlarms } from './alarms.ts';
import { amiReaching } from './amiTarget.ts';
import { returnTemplates } from './launchTemplates.ts';
import { leaseDesk, settleLeases } from './leases.ts';
import { followPrefetches, type PrefetchProposal } from './pullBeforehand.ts';
import type { StepCommand } from './rolloutCommand.ts';
import { hasEnded, isInFlight, leasesOf, type Rollout } from './rolloutState.ts';
import type { Hold, Proposal, Sight } from './sight.ts';
import { haltOnStartFailures } from './startFailures.ts';
import { stepImages } from './stepImages.ts';
import { stepInstances } from './stepInstances.ts';
import { stepServices } from './stepServices.ts';

export type StepPlan = {
  /** Leases that go back, and leases that work under way lacks. */
  readonly ledger: readonly LedgerCommand[];
  readonly proposals: readonly Proposal[];
  readonly holds: readonly Hold[];
  /** Of the stream of what is pulled beforehand. */
  readonly prefetches: readonly PrefetchProposal[];
};

/**
 * Everything that one rollout may do now, and everything it may not with the reason. Two calls with
 * one sight give one answer; calling again after some of it was done gives the rest.
 */
export const planSteps = (rollout: Rollout, sight: Sight): StepPlan => {
  const pulled = followPrefetches(rollout, sight);
  const settled = settleLeases(rollout, sight.view, sight.ledger, sight.now);
  const ledger = [...settled, ...pulled.ledger];
  if (rollout.status === 'planned' || rollout.status === 'completed') {
    return { ledger, proposals: [], holds: [], prefetches: pulled.proposals };
  }
  const desk = leaseDesk(rollout, sight.view, sight.ledger, sight.now);
  const images = stepImages(rollout, sight);
  const instances = stepInstances(rollout, sight, desk);
  const services = stepServices(rollout, sight, desk, channelsComing(rollout, instances.holds));
  const holds = [...images.holds, ...instances.holds, ...services.holds];
  const halting = [...haltOnStartFailures(rollout, sight), ...haltOnAlarms(rollout, sight)];
  const halts = halting.slice(0, 1).map((step) => ({ step }));
  const steps = [...images.proposals, ...instances.proposals, ...services.proposals];
  const isHalting = steps.some(({ step }) => step.type === 'HaltRollout');
  const taken = isHalting ? steps.filter((each) => !begins(each)) : steps;
  const proposals = [
    ...targets(rollout, sight),
    ...returnTemplates(rollout, sight),
    ...halts,
    ...(halts.length ? [] : taken),
  ];
  const prefetches = [
    ...pulled.proposals,
    ...(isHalting || halts.length ? [] : services.prefetches),
  ];
  const all = [...proposals, ...closing(rollout, sight, proposals, holds)];
  return { ledger, proposals: all, holds, prefetches };
};

/** In a pass that halts nothing new is begun: not even a lease is asked for. */
const begins = ({ lease, leases, step }: Proposal): boolean =>
  lease !== undefined ||
  leases !== undefined ||
  step.type === 'DrainInstance' ||
  step.type === 'RequestRebuild';

/** Channels in which an instance is being replaced, or waits for something that time will bring. */
const channelsComing = (rollout: Rollout, holds: readonly Hold[]): ReadonlySet<string> => {
  const lasting = new Set(holds.filter((each) => each.lasting).map(({ subject }) => subject));
  const coming = Object.values(rollout.instances).filter(
    (item) =>
      isInFlight(item) || (item.status === 'waiting' && !lasting.has(item.containerInstanceArn)),
  );
  return new Set(coming.map(({ channel }) => channel));
};

/**
 * The first AMI whose build reaches the target is what instances of the channel are replaced onto.
 */
const targets = (rollout: Rollout, { amis, now }: Sight): readonly Proposal[] => {
  if (hasEnded(rollout)) return [];
  return rollout.targets.flatMap(({ channel, build }): readonly Proposal[] => {
    if (rollout.instanceTargets[channel] !== undefined) return [];
    const found = amiReaching(amis, channel, build);
    if (found === undefined) return [];
    return [{ step: { type: 'LearnInstanceTarget', channel, ...found, now } }];
  });
};

/** Holds are written down when they change; the rollout ends when only what lasts is left. */
const closing = (
  rollout: Rollout,
  sight: Sight,
  proposals: readonly Proposal[],
  holds: readonly Hold[],
): readonly Proposal[] => {
  if (hasEnded(rollout)) return [];
  const { now } = sight;
  const held = holds.map(asHeld).toSorted(bySubject);
  const placements = new Map(
    holds.flatMap(({ subject, placement }) => (placement ? [[subject, placement]] : [])),
  );
  const recorded: Proposal = { step: { type: 'RecordHolds', held, placements, now } };
  if (proposals.length > 0 || rollout.status !== 'running') return [recorded];
  const stoodMs = stoodFor(rollout, sight);
  const busy = leftToDo(rollout) || holds.some((each) => !isSpent(rollout, each, stoodMs));
  if (busy) return [recorded];
  const completed: StepCommand = { type: 'CompleteRollout', left: whatIsLeft(rollout, held), now };
  return [recorded, { step: completed }];
};

const leftToDo = (rollout: Rollout): boolean =>
  leasesOf(rollout).length > 0 ||
  Object.values(rollout.images).some(({ status }) => status === 'requested');

const waitedFor: ReadonlySet<HeldReason> = new Set([
  'AlarmRaised',
  'AlarmUnknown',
  'AmiNotPublished',
  'ClusterNotDriven',
  'Frozen',
  'WaitsForInstances',
  'WindowClosed',
  'WindowClosing',
]);

/**
 * Given up on: it lasts, or nothing has moved for too long. A standalone task
 * may be a job that ends within the hour, so it too is given that long. An AMI is waited for, and
 * so is an operator's leave to write.
 */
const isSpent = ({ policy }: Rollout, { reason, lasting }: Hold, stoodMs: number): boolean => {
  if (lasting && reason !== 'StandaloneTask') return true;
  if (waitedFor.has(reason)) return false;
  const { drainDeadlineMs, standstillDeadlineMs = drainDeadlineMs } = policy;
  return stoodMs > (lasting ? drainDeadlineMs : standstillDeadlineMs);
};

/**
 * How long nothing has moved although it might have: while no window is open, and before this one
 * opened, nothing could.
 */
const stoodFor = (rollout: Rollout, { maintenance, now }: Sight): number => {
  const closed = whyNoLeave(maintenance, { reason: 'patch', serviceNames: [] }, now);
  if (closed !== undefined) return 0;
  const opensAt = openSpan(maintenance.own, 'patch', now)?.opensAt ?? now;
  return now - Math.max(opensAt, lastMoveAt(rollout));
};

const lastMoveAt = once((rollout: Rollout): number =>
  Math.max(
    rollout.startedAt ?? 0,
    rollout.resumedAt ?? 0,
    ...[rollout.images, rollout.instances, rollout.services].flatMap((items) =>
      Object.values(items).map((item) => ('since' in item ? (item.since as number) : 0)),
    ),
    ...Object.values(rollout.instanceTargets).map(({ learntAt }) => learntAt),
  ),
);

/**
 * What stays as it was, each with its reason: held from the beginning, given up, or held to the
 * end.
 */
export const whatIsLeft = (rollout: Rollout, heldNow: readonly Held[]): readonly Held[] => {
  const skipped = [...Object.values(rollout.instances), ...Object.values(rollout.services)].flatMap(
    (item) => (item.status === 'skipped' ? [item.because] : []),
  );
  return [...rollout.heldByPlan, ...skipped, ...heldNow].toSorted(bySubject);
};

const asHeld = ({ subject, reason, detail }: Hold): Held => ({ subject, reason, detail });

const bySubject = (a: Held, b: Held) =>
  a.subject === b.subject ? (a.reason < b.reason ? -1 : 1) : a.subject < b.subject ? -1 : 1;
