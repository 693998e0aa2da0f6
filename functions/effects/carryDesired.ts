import { type DesiredEffect, desiredCapacity } from '../../domain/scaling/desiredCapacity.ts';
import { desiredStream } from '../../domain/scaling/evolveDesired.ts';
import type { ClusterArn, EffectId } from '../../events/ids.ts';
import type { Held, HeldReason } from '../../events/rollout.ts';
import type { AutoScalingGroup } from '../../infra/aws/autoScalingPort.ts';
import type { Gateways } from '../../infra/aws/gateways.ts';
import { send } from '../send.ts';
import { storeAttempt } from './attempt.ts';
import type { EffectReport, EffectTools } from './carryOut.ts';
import { driven } from './driven.ts';
import { attempted, orFailure } from './performance.ts';

type Result =
  | { readonly status: 'done' }
  | { readonly status: 'refused'; readonly reason: string; readonly held?: Held }
  | { readonly status: 'open'; readonly why: string };

/** Sets the desired capacity of one group, and records what became of it. */
export const carryDesired = async (
  tools: EffectTools,
  { desiredIn, effectId }: { readonly desiredIn: string; readonly effectId: EffectId },
): Promise<EffectReport> => {
  const { store, now } = tools;
  const stream = desiredStream(desiredIn);
  const { state } = await store.load(stream, desiredCapacity);
  const effect = state.effects[effectId];
  if (effect === undefined) return { status: 'settled' };
  const adopted = await driven(store, desiredIn);
  if ('why' in adopted) return adopted;
  const attempt = async () => {
    const tried = await storeAttempt(tools, desiredCapacity, stream, effectId);
    const { state: after, executor } = tried;
    return after.effects[effectId]?.attempt?.executor === executor;
  };
  const isOff = effect.attempt === undefined && !state.policy.scaleOut;
  const result: Result = isOff
    ? failed(effect, 'ScalingOff', 'the policy was switched off before it was set')
    : await orFailure(() => perform(tools.gateways, effect, adopted.arn, attempt));
  if (result.status === 'open') return result;
  const at = now();
  const { reason, held } = result.status === 'refused' ? result : {};
  const outcome = reason === undefined ? {} : { failed: { reason, ...(held && { held }) } };
  await send(
    store,
    desiredCapacity,
    stream,
    { type: 'RecordOutcome', effectId, ...outcome, now: at },
    at,
  );
  return { status: 'settled' };
};

const failed = ({ groupName }: DesiredEffect, reason: HeldReason, detail: string): Result => ({
  status: 'refused',
  reason: detail,
  held: { subject: groupName, reason, detail },
});

/**
 * `SetDesiredCapacity` is absolute and knows no token, so the group is looked at first: it is only
 * ever set from the number that the intent names. Throws `GatewayError`.
 */
const perform = async (
  { ecs, autoScaling }: Pick<Gateways, 'ecs' | 'autoScaling'>,
  effect: DesiredEffect,
  clusterArn: ClusterArn,
  attempt: () => Promise<boolean>,
): Promise<Result> => {
  const { groupName, to } = effect;
  const [group] = await autoScaling.describeGroups([groupName]);
  if (group === undefined) return failed(effect, 'GroupChanging', 'there is no such group');
  if (group.desiredCapacity === to && effect.attempt !== undefined) return { status: 'done' };
  const why = whyNot(group, effect);
  if (why !== undefined) return why;
  if (await isScaledByEcs(ecs, clusterArn, group)) {
    return failed(effect, 'ManagedScaling', 'ECS scales it by now');
  }
  if (!(await attempt())) return { status: 'open', why: attempted };
  await autoScaling.setDesiredCapacity(groupName, to);
  return { status: 'done' };
};

const whyNot = (group: AutoScalingGroup, effect: DesiredEffect): Result | undefined => {
  const { from, to } = effect;
  const { desiredCapacity: wants, minSize, maxSize, status, activeRefresh } = group;
  if (wants !== from) {
    const detail = `someone else has set it to ${wants}: it was to go from ${from} to ${to}`;
    return failed(effect, 'DesiredCapacityConflict', detail);
  }
  if (to > maxSize) return failed(effect, 'AtMaximumSize', `its maximum is ${maxSize}, not ${to}`);
  if (to < minSize) return failed(effect, 'AtMinimumSize', `its minimum is ${minSize}, not ${to}`);
  if (status !== undefined) return failed(effect, 'GroupChanging', `it is: ${status}`);
  if (activeRefresh === undefined) return undefined;
  return failed(effect, 'GroupChanging', 'an instance refresh replaces its instances');
};

/** Asked of ECS itself: managed scaling may have been switched on since the sweep. */
const isScaledByEcs = async (
  ecs: Gateways['ecs'],
  clusterArn: ClusterArn,
  { arn }: AutoScalingGroup,
): Promise<boolean> => {
  const found = await ecs.describeCluster(clusterArn);
  const names = (found?.capacityProviders ?? []).filter((name) => !name.startsWith('FARGATE'));
  const providers = names.length === 0 ? [] : await ecs.describeCapacityProviders(names);
  return providers.some(
    ({ group }) => group?.managedScaling === true && group.autoScalingGroupArn === arn,
  );
};
