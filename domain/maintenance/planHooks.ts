import type { Mode } from '../../events/cluster.ts';
import type { ObservedInstance } from '../../events/fleet.ts';
import type { Instant } from '../../events/ids.ts';
import { countedTasks } from '../fleet/countedTasks.ts';
import { type FleetView, tasksOn } from '../fleet/fleetView.ts';
import { hookWaitMs, isOurHook } from '../fleet/interruption.ts';
import { type HookCommand, type HooksState, hookEffectId, waitsMostMs } from './hooks.ts';

/**
 * Hooks to be answered now, in mode `drive`: those of our name, of instances that are empty, and
 * those whose time is nearly over, because an instance that Auto Scaling ends after all is not to
 * be given back. Hooks of others are theirs: in what order several run nobody knows.
 */
export const planHooks = (
  view: FleetView,
  state: HooksState,
  mode: Mode,
  now: Instant,
): readonly HookCommand[] => {
  if (mode !== 'drive') return [];
  return [...view.instances.values()].flatMap((instance): readonly HookCommand[] => {
    const { containerInstanceArn, ec2InstanceId } = instance;
    const hook = ec2InstanceId && view.notices.get(ec2InstanceId)?.terminationHook;
    if (hook === undefined || ec2InstanceId === undefined || !isOurHook(hook)) return [];
    const { autoScalingGroupName, lifecycleHookName, lifecycleActionToken } = hook;
    const effectId = hookEffectId(lifecycleActionToken);
    const isInHand = state.effects[effectId] !== undefined || state.done[effectId] !== undefined;
    if (isInHand || now - hook.at > waitsMostMs) return [];
    const answerBy = (hook.at + hookWaitMs) as Instant;
    const because = whyNow(view, instance, answerBy, now);
    if (because === undefined) return [];
    const waiting = { autoScalingGroupName, lifecycleHookName, lifecycleActionToken };
    const about = { containerInstanceArn, ec2InstanceId, ...waiting, because, answerBy, effectId };
    return [{ type: 'AnswerHook', ...about, now }];
  });
};

const whyNow = (
  view: FleetView,
  instance: ObservedInstance,
  answerBy: Instant,
  now: Instant,
): string | undefined => {
  const left = tasksOn(view, instance.containerInstanceArn).length;
  if (instance.status === 'DRAINING' && left + countedTasks(instance) === 0) return 'it is empty';
  return now >= answerBy ? `${left} tasks are left, and its time is nearly over` : undefined;
};
