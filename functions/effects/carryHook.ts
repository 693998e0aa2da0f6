import { isCountedEmpty } from '../../domain/fleet/countedTasks.ts';
import {
  type HookCommand,
  type HookEffect,
  hooks,
  hooksStream,
} from '../../domain/maintenance/hooks.ts';
import type { ClusterArn, EffectId } from '../../events/ids.ts';
import { type EcsGateway, isGatewayError } from '../../infra/aws/gateways.ts';
import { send } from '../send.ts';
import type { EffectReport, EffectTools } from './carryOut.ts';
import { driven } from './driven.ts';
import { failure } from './performance.ts';

/** Lets Auto Scaling go on with an instance that waits in a hook. */
export const carryHook = async (
  { store, gateways: { autoScaling, ecs }, now }: EffectTools,
  { hookIn, effectId }: { readonly hookIn: string; readonly effectId: EffectId },
): Promise<EffectReport> => {
  const stream = hooksStream(hookIn);
  const { state } = await store.load(stream, hooks);
  const effect = state.effects[effectId];
  if (effect === undefined) return { status: 'settled' };
  const adopted = await driven(store, hookIn);
  if ('why' in adopted) return adopted;
  const record = async (
    outcome: Extract<HookCommand, { type: 'RecordOutcome' }>['outcome'],
  ): Promise<EffectReport> => {
    const command = { type: 'RecordOutcome', effectId, outcome, now: now() } as const;
    await send(store, hooks, stream, command, command.now);
    return { status: 'settled' };
  };
  const action = {
    groupName: effect.autoScalingGroupName,
    hookName: effect.lifecycleHookName,
    ec2InstanceId: effect.ec2InstanceId,
    token: effect.lifecycleActionToken,
  };
  try {
    if (now() < effect.answerBy && !(await isEmpty(ecs, adopted.arn, effect))) {
      return { status: 'open', why: 'ECS still counts tasks on it' };
    }
    return await record(await autoScaling.completeLifecycleAction(action, 'CONTINUE'));
  } catch (error) {
    if (!isGatewayError(error)) throw error;
    const failed = failure(error);
    return failed.status === 'open' ? failed : record({ refused: failed.reason });
  }
};

/** Asked once more, because a task may have come to it since. */
const isEmpty = async (
  ecs: EcsGateway,
  clusterArn: ClusterArn,
  { containerInstanceArn }: HookEffect,
): Promise<boolean> => {
  const instance = await ecs.describeInstance(clusterArn, containerInstanceArn);
  if (instance?.status === 'INACTIVE') return true;
  return instance?.status === 'DRAINING' && isCountedEmpty(instance);
};
