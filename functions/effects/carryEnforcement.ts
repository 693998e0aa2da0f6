import { allowedBuilds, constrainedTo } from '../../domain/enforcement/buildConstraint.ts';
import {
  type EnforcementEffect,
  enforcement,
  enforcementStream,
} from '../../domain/enforcement/enforcement.ts';
import type { ClusterArn, EffectId } from '../../events/ids.ts';
import { isGatewayError } from '../../infra/aws/gateways.ts';
import { send } from '../send.ts';
import { storeAttempt } from './attempt.ts';
import type { EffectReport, EffectTools } from './carryOut.ts';
import { driven } from './driven.ts';
import { failure } from './performance.ts';

/**
 * Writes an attribute or a constraint, and records what became of it. Both are the same however
 * often they are written, so nobody has to be kept from a second attempt; each is recorded, because
 * one whose answer was lost may land after a later one.
 */
export const carryEnforcement = async (
  tools: EffectTools,
  { clusterName, effectId }: { readonly clusterName: string; readonly effectId: EffectId },
): Promise<EffectReport> => {
  const { store, now } = tools;
  const stream = enforcementStream(clusterName);
  const { state } = await store.load(stream, enforcement);
  const effect = state.effects[effectId];
  if (effect === undefined) return { status: 'settled' };
  const adopted = await driven(store, clusterName);
  if ('why' in adopted) return adopted;
  const record = async (refused?: string): Promise<EffectReport> => {
    const outcome = { effectId, ...(refused !== undefined && { refused }), now: now() };
    await send(store, enforcement, stream, { type: 'RecordOutcome', ...outcome }, outcome.now);
    return { status: 'settled' };
  };
  const attempt = async () => {
    const { state: after } = await storeAttempt(tools, enforcement, stream, effectId);
    return after.effects[effectId] !== undefined;
  };
  try {
    return await record(await write(tools, effect, adopted.arn, attempt));
  } catch (error) {
    if (!isGatewayError(error)) throw error;
    const failed = failure(error);
    return failed.status === 'open' ? failed : record(failed.reason);
  }
};

/** Answers with why it may not be, if it may not. Throws `GatewayError`. */
const write = async (
  { gateways: { ecs }, now }: EffectTools,
  effect: EnforcementEffect,
  clusterArn: ClusterArn,
  /** False where somebody else has just done it. */
  attempt: () => Promise<boolean>,
): Promise<string | undefined> => {
  if (effect.kind === 'label') {
    if (await attempt()) {
      await ecs.labelInstance(clusterArn, effect.containerInstanceArn, effect.build);
    }
    return undefined;
  }
  const { serviceArn, builds } = effect;
  const service = await ecs.describeService(clusterArn, serviceArn, now());
  if (service?.status !== 'ACTIVE') return `the service is ${service?.status ?? 'not found'}`;
  const { placementConstraints } = service;
  if (allowedBuilds(placementConstraints)?.join() === builds.join()) return undefined;
  if (!(await attempt())) return undefined;
  const constraints = constrainedTo(placementConstraints, builds);
  await ecs.setPlacementConstraints(clusterArn, serviceArn, constraints);
  return undefined;
};
