import type { ObservedInstance } from '../../events/fleet.ts';
import { interruptionOf } from '../fleet/interruption.ts';
import { heldOn } from '../maintenance/whyNoLease.ts';
import type { StartDrain } from './drainCommand.ts';
import type { DrainSight } from './drainSight.ts';
import { type Drain, isUnderWay } from './drainState.ts';

const actor = 'tuesday';

/**
 * A drain for every instance that EC2 has said it will take within two minutes, once for each
 * notice: if a person undoes it, it stays undone. What is DRAINING already is left to whoever did
 * that (the agent under ECS_ENABLE_SPOT_INSTANCE_DRAINING, managed instance draining, a rollout),
 * and what somebody disturbs under a lease goes on as it is. One that hibernates has no notice
 * period, and its tasks go on when it wakes up.
 */
export const planSpotDrains = (
  drains: readonly Drain[],
  { fleet: { view }, ledger, mode, now }: Pick<DrainSight, 'fleet' | 'ledger' | 'mode' | 'now'>,
): readonly StartDrain[] => {
  if (mode !== 'drive') return [];
  const lastOf = new Map(drains.map((each) => [each.containerInstanceArn, each]));
  return [...view.instances.values()].flatMap((instance) => {
    const { containerInstanceArn, ec2InstanceId, status } = instance;
    const interruption = interruptionOf(view, instance, now);
    if (interruption === undefined || ec2InstanceId === undefined) return [];
    const { action, noticedAt, takenAt, by } = interruption;
    if (action === 'hibernate' || now >= takenAt || !mayBeDrained(instance)) return [];
    const last = lastOf.get(containerInstanceArn);
    const isHeeded = last?.reason === 'spot' && last.intendedAt >= noticedAt;
    if (isHeeded || (last !== undefined && isUnderWay(last))) return [];
    if (heldOn(ledger, { kind: 'instance', id: containerInstanceArn }) !== undefined) return [];
    return [
      {
        type: 'StartDrain',
        clusterName: view.clusterName,
        containerInstanceArn,
        ec2InstanceId,
        reason: 'spot',
        actor,
        because:
          by === 'Spot'
            ? `EC2 interrupts it: ${action}`
            : 'its Auto Scaling group terminates it, and waits in a lifecycle hook',
        deadlineAt: takenAt,
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

const mayBeDrained = ({ status, agentConnected }: ObservedInstance): boolean =>
  status === 'ACTIVE' && agentConnected;
