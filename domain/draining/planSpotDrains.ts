import type { ObservedInstance } from '../../events/fleet.ts';
import type { Instant } from '../../events/ids.ts';
import type { FleetView } from '../fleet/fleetView.ts';
import { interruptionOf } from '../fleet/interruption.ts';
import { heldOn } from '../maintenance/whyNoLease.ts';
import type { StartDrain } from './drainCommand.ts';
import type { DrainSight } from './drainSight.ts';
import { type Drain, isUnderWay } from './drainState.ts';

const actor = 'tuesday';

/**
 * A drain for every instance that EC2 has said it will take within two minutes, or recommends to
 * replace where that is heeded, once for each notice: if a person undoes it, it stays undone. What
 * is DRAINING already is left to whoever did that (the agent under
 * ECS_ENABLE_SPOT_INSTANCE_DRAINING, managed instance draining, a rollout), and what somebody
 * disturbs under a lease goes on as it is. One that hibernates has no notice period, and its tasks
 * go on when it wakes up.
 */
export const planSpotDrains = (
  drains: readonly Drain[],
  { fleet: { view }, ledger, mode, now }: Pick<DrainSight, 'fleet' | 'ledger' | 'mode' | 'now'>,
): readonly StartDrain[] => {
  if (mode !== 'drive') return [];
  const lastOf = new Map(drains.map((each) => [each.containerInstanceArn, each]));
  return [...view.instances.values()].flatMap((instance) => {
    const { containerInstanceArn, ec2InstanceId, status } = instance;
    const taken = takenOf(view, instance, ledger, now);
    if (taken === undefined || ec2InstanceId === undefined || !mayBeDrained(instance)) return [];
    const { reason, because, noticedAt, deadlineAt } = taken;
    const last = lastOf.get(containerInstanceArn);
    const isHeeded = last?.reason === reason && last.intendedAt >= noticedAt;
    if (isHeeded || (last !== undefined && isUnderWay(last))) return [];
    if (heldOn(ledger, { kind: 'instance', id: containerInstanceArn }) !== undefined) return [];
    return [
      {
        type: 'StartDrain',
        clusterName: view.clusterName,
        containerInstanceArn,
        ec2InstanceId,
        reason,
        actor,
        because,
        deadlineAt,
        atDeadline: 'restore',
        standalone: { type: 'wait' },
        andThen: 'keepDrained',
        mode,
        instanceStatus: status,
        lasting: [],
        now,
      },
    ];
  });
};

type Taken = Pick<StartDrain, 'reason' | 'because' | 'deadlineAt'> & {
  readonly noticedAt: Instant;
};

const takenOf = (
  view: FleetView,
  instance: ObservedInstance,
  ledger: DrainSight['ledger'],
  now: Instant,
): Taken | undefined => {
  const interruption = interruptionOf(view, instance, now);
  if (interruption === undefined) return recommended(view, instance, ledger, now);
  const { action, noticedAt, takenAt, by } = interruption;
  if (action === 'hibernate' || now >= takenAt) return undefined;
  const because =
    by === 'Spot'
      ? `EC2 interrupts it: ${action}`
      : 'its Auto Scaling group terminates it, and waits in a lifecycle hook';
  return { reason: 'spot', because, noticedAt, deadlineAt: takenAt };
};

/** EC2 says nothing of how long a recommendation holds; after so long the instance works on. */
const recommendationMs = 2 * 3_600_000;

/**
 * A rebalance recommendation is no announcement: it may come for half of a fleet, or for nothing.
 * So it is heeded only where the budget lists the reason `rebalancing`, within that share and the
 * windows.
 */
const recommended = (
  { notices }: FleetView,
  { ec2InstanceId }: ObservedInstance,
  { budget }: DrainSight['ledger'],
  now: Instant,
): Taken | undefined => {
  const told = ec2InstanceId === undefined ? undefined : notices.get(ec2InstanceId)?.rebalance;
  if (told === undefined || !budget.reasons.some(({ reason }) => reason === 'rebalancing')) {
    return undefined;
  }
  const deadlineAt = (told.at + recommendationMs) as Instant;
  if (now >= deadlineAt) return undefined;
  const because = 'EC2 recommends to rebalance: it is likelier than others to be interrupted';
  return { reason: 'rebalancing', because, noticedAt: told.at, deadlineAt };
};

const mayBeDrained = ({ status, agentConnected }: ObservedInstance): boolean =>
  status === 'ACTIVE' && agentConnected;
