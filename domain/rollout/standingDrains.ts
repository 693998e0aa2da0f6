import type { Instant } from '../../events/ids.ts';
import { type Drain, isUnderWay, isUntried } from '../draining/drainState.ts';
import type { FleetView } from '../fleet/fleetView.ts';
import { type Drain as Listed, tasksLeft } from './drainsNow.ts';
import type { DrainWait, standingWaits } from './drainWaits.ts';

/** One instance in the list of drains. */
export type StandingDrain = Omit<Listed, 'waitsFor'> & {
  readonly waitsFor: DrainWait | (typeof standingWaits)[number];
  /** Absent where a rollout drains it, or someone else. */
  readonly asked?: Drain;
};

/** How long it is told how a drain has ended. */
export const toldForMs = 24 * 60 * 60_000;

/**
 * What rollouts and others drain (`drainsNow`), together with what was asked for beside them: under
 * way, or ended within the last day where nothing else has become of the instance. In the order of
 * their ARNs.
 */
export const standingDrains = (
  view: FleetView,
  others: readonly Listed[],
  drains: readonly Drain[],
  now: Instant,
): readonly StandingDrain[] => {
  const standing = new Map<string, StandingDrain>(
    others.map((each) => [each.containerInstanceArn, each]),
  );
  for (const asked of drains) {
    const { containerInstanceArn, ec2InstanceId } = asked;
    const known = standing.get(containerInstanceArn);
    if (known?.rollout !== undefined) continue;
    if (!isUnderWay(asked) && (known !== undefined || now - asked.since > toldForMs)) continue;
    standing.set(containerInstanceArn, {
      containerInstanceArn,
      ec2InstanceId,
      status: view.instances.get(containerInstanceArn)?.status ?? null,
      waitsFor: waitOf(asked),
      tasksLeft: isUnderWay(asked) ? tasksLeft(view, containerInstanceArn, now) : [],
      asked,
    });
  }
  return [...standing.values()].toSorted((a, b) =>
    a.containerInstanceArn < b.containerInstanceArn ? -1 : 1,
  );
};

const waitOf = (drain: Drain): StandingDrain['waitsFor'] => {
  switch (drain.status) {
    case 'waiting':
      return 'DrainToBegin';
    case 'draining':
      return isUntried(drain) ? 'DrainToBegin' : 'TasksToLeave';
    case 'drained':
      return drain.andThen === 'keepDrained' ? 'Person' : afterwards[drain.andThen];
    case 'escalated':
      return 'Person';
    case 'terminating':
      return 'Termination';
    case 'gone':
      return drain.held.some(({ reason }) => reason === 'ProofPending') ? 'Proof' : 'Replacement';
    case 'restoring':
      return 'HandingBack';
    case 'ended':
      return 'Nothing';
    default:
      return drain satisfies never;
  }
};

const afterwards = { terminate: 'Termination', restore: 'HandingBack' } as const;
