import { drain } from '../../domain/draining/drain.ts';
import type { Drain, DrainEffect } from '../../domain/draining/drainState.ts';
import { isCountedEmpty } from '../../domain/fleet/countedTasks.ts';
import type { ClusterArn, EffectId } from '../../events/ids.ts';
import { send } from '../send.ts';
import { storeAttempt } from './attempt.ts';
import type { EffectReport, EffectTools } from './carryOut.ts';
import { driven } from './driven.ts';
import { attempted, notFound, orFailure } from './performance.ts';

type Of<Kind extends DrainEffect['kind']> = Extract<DrainEffect, { kind: Kind }>;

type Done =
  | { readonly status: 'done' }
  | { readonly status: 'refused'; readonly reason: string; readonly unlessAttempted?: true }
  | { readonly status: 'open'; readonly why: string };

const done: Done = { status: 'done' };
const open = (why: string): Done => ({ status: 'open', why });
const refused = (reason: string): Done => ({ status: 'refused', reason });

/** ECS may answer MISSING for a task that it has only just made, as functions/ticks/sweep.ts. */
const settledMs = 10 * 60_000;

/** Carries out one step of a drain, and records what became of it. */
export const carryDrain = async (
  tools: EffectTools,
  { drain: name, effectId }: { readonly drain: string; readonly effectId: EffectId },
): Promise<EffectReport> => {
  const { store, now } = tools;
  const stream = `drain#${name}`;
  const { state } = await store.load(stream, drain);
  const effect = state.status === 'none' ? undefined : state.effects[effectId];
  if (state.status === 'none' || effect === undefined) return { status: 'settled' };
  const adopted = await driven(store, state.clusterName);
  if ('why' in adopted) return adopted;
  const attempt = async () => {
    const { state: after, executor } = await storeAttempt(tools, drain, stream, effectId);
    const tried = after.status === 'none' ? undefined : after.effects[effectId]?.attempt;
    return tried?.executor === executor;
  };
  const result: Done = await orFailure(() => perform(tools, state, effect, adopted.arn, attempt));
  if (result.status === 'open') return result;
  const at = now();
  const outcome =
    result.status === 'done'
      ? {}
      : {
          refused: result.reason,
          ...(result.unlessAttempted && { unlessAttempted: true as const }),
        };
  const command = { type: 'RecordOutcome', effectId, ...outcome, now: at } as const;
  await send(store, drain, stream, command, at);
  return { status: 'settled' };
};

/** Looks before it leaps, as for the effects of a rollout. Throws `GatewayError`. */
const perform = async (
  { gateways: { ecs, autoScaling }, now }: EffectTools,
  { containerInstanceArn, ec2InstanceId, reason }: Drain,
  effect: DrainEffect,
  clusterArn: ClusterArn,
  attempt: () => Promise<boolean>,
): Promise<Done> => {
  if (effect.kind === 'stopTask') {
    const [task] = await ecs.describeTasks(clusterArn, [effect.taskArn]);
    // It was seen before its stop was intended, so by then it is not new any more.
    if (task === undefined) return now() - effect.intendedAt > settledMs ? done : open(notFound);
    if (task.desiredStatus === 'STOPPED') return done;
    await ecs.stopTask(clusterArn, effect.taskArn, `Tuesday ${effect.effectId}: drained`);
    return done;
  }
  if (effect.kind === 'prove') return prove(ecs, effect, clusterArn);
  const instance = await ecs.describeInstance(clusterArn, containerInstanceArn);
  if (instance === undefined) return open(notFound);
  const { status } = instance;
  switch (effect.kind) {
    case 'drain':
      if (status === 'DRAINING') {
        if (effect.attempt !== undefined) return done;
        const reason = 'someone else has set it DRAINING';
        return { status: 'refused', reason, unlessAttempted: true };
      }
      // No refusal: another executor may have drained it before it was gone.
      if (status !== 'ACTIVE') return open(`the instance is ${status}`);
      if (!(await attempt())) return open(attempted);
      await ecs.setInstanceStatus(clusterArn, containerInstanceArn, 'DRAINING');
      return done;
    case 'restore':
      if (now() < (effect.notBefore ?? 0)) return open('a call that drains it may still land');
      if (status === 'DRAINING') {
        await ecs.setInstanceStatus(clusterArn, containerInstanceArn, 'ACTIVE');
      }
      return done;
    case 'terminate':
      if (status === 'INACTIVE') return done;
      if (status !== 'DRAINING') return refused(`the instance is ${status} again`);
      if (!isCountedEmpty(instance)) return open('ECS still counts tasks on it');
      // What scale-in takes away is not to come back.
      if (reason === 'scaleIn') await autoScaling.terminateForScaleIn(ec2InstanceId);
      else await autoScaling.terminateForReplacement(ec2InstanceId);
      return done;
    default:
      return effect satisfies never;
  }
};

/** ECS knows the effect's id as the token: a lost answer makes no second canary. */
const prove = async (
  ecs: EffectTools['gateways']['ecs'],
  { successorArn, successorEc2InstanceId, family, effectId }: Of<'prove'>,
  cluster: ClusterArn,
): Promise<Done> => {
  const successor = await ecs.describeInstance(cluster, successorArn);
  if (successor?.status !== 'ACTIVE' || !successor.agentConnected) {
    return open('its successor is not ACTIVE with its agent connected');
  }
  await ecs.runPinnedTask({
    cluster,
    family,
    ec2InstanceId: successorEc2InstanceId,
    containerInstanceArn: successorArn,
    clientToken: effectId,
    startedBy: effectId,
  });
  return done;
};
