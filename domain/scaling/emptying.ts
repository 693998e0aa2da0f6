import type { ObservedInstance } from '../../events/fleet.ts';
import type { Held } from '../../events/rollout.ts';
import { type FleetView, serviceOfTask, tasksOn } from '../fleet/fleetView.ts';
import { placementTaskOf } from '../placement/roomElsewhere.ts';
import { held } from './capacityQuestion.ts';
import { type Ground, type Homeless, placeHomeless, takeOut } from './ground.ts';

/** Empties an instance in `ground`; `left` are tasks for which there is no room. */
export const emptyInstance = (
  ground: Ground,
  view: FleetView,
  instance: ObservedInstance,
): { readonly left: readonly Homeless[]; readonly stuck: readonly Held[] } => {
  const { moving, stuck } = movesOff(view, instance);
  const leaving = takeOut(ground, instance.containerInstanceArn, moving);
  return { left: placeHomeless(ground, leaving), stuck };
};

type Moves = { readonly moving: readonly Homeless[]; readonly stuck: readonly Held[] };

/** Tasks that ECS replaces when an instance is drained, and those nobody can ask about. */
export const movesOff = (view: FleetView, { containerInstanceArn }: ObservedInstance): Moves => {
  const moving: Homeless[] = [];
  const stuck: Held[] = [];
  for (const task of tasksOn(view, containerInstanceArn)) {
    if (!task.group.startsWith('service:') || task.desiredStatus === 'STOPPED') continue;
    if (serviceOfTask(view, task)?.schedulingStrategy === 'DAEMON') continue;
    const found = placementTaskOf(view, task, containerInstanceArn);
    if ('reason' in found) stuck.push(held(containerInstanceArn, found.reason, found.detail));
    else if (found.hostVolumeInstanceId === null)
      moving.push({ placement: found, capacityProviderName: task.capacityProviderName ?? null });
    else {
      const detail = `${task.taskArn} works on a directory of it: no capacity helps`;
      stuck.push(held(containerInstanceArn, 'HostVolume', detail));
    }
  }
  return { moving, stuck };
};
