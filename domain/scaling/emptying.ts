import type { ObservedInstance, ObservedTask } from '../../events/fleet.ts';
import type { Held } from '../../events/rollout.ts';
import { type FleetView, serviceOfTask, tasksOfService, tasksOn } from '../fleet/fleetView.ts';
import { once } from '../once.ts';
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

/**
 * Tasks on instances that are being drained whose service has as many as it wants elsewhere, on
 * their way or not: nothing more is started for them, though they are still there.
 */
const replacedTasks = once((view: FleetView): ReadonlySet<string> => {
  const isLeaving = ({ containerInstanceArn: on }: ObservedTask) =>
    view.instances.get(on ?? '')?.status === 'DRAINING';
  const replaced = [...view.services.values()].flatMap(({ serviceName, desiredCount }) => {
    const meant = tasksOfService(view, serviceName).filter(
      ({ desiredStatus }) => desiredStatus !== 'STOPPED',
    );
    const leaving = meant.filter(isLeaving);
    const wanted = Math.max(0, desiredCount - (meant.length - leaving.length));
    return leaving.slice(wanted).map(({ taskArn }) => taskArn);
  });
  return new Set(replaced);
});

type Moves = { readonly moving: readonly Homeless[]; readonly stuck: readonly Held[] };

/** Tasks that ECS replaces when an instance is drained, and those nobody can ask about. */
export const movesOff = (view: FleetView, { containerInstanceArn }: ObservedInstance): Moves => {
  const moving: Homeless[] = [];
  const stuck: Held[] = [];
  for (const task of tasksOn(view, containerInstanceArn)) {
    if (!task.group.startsWith('service:') || task.desiredStatus === 'STOPPED') continue;
    if (serviceOfTask(view, task)?.schedulingStrategy === 'DAEMON') continue;
    if (replacedTasks(view).has(task.taskArn)) continue;
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
