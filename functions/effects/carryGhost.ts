import { type GhostEffect, ghosts, ghostsStream } from '../../domain/maintenance/ghosts.ts';
import type { ClusterArn, EffectId } from '../../events/ids.ts';
import { type Gateways, isGatewayError } from '../../infra/aws/gateways.ts';
import { send } from '../send.ts';
import type { EffectReport, EffectTools } from './carryOut.ts';
import { driven } from './driven.ts';
import { failure } from './performance.ts';

/**
 * Deregisters one ghost, after ECS and EC2 were asked once more: what is forced out of ECS leaves
 * its containers running where the machine lives after all. To do it twice is to do it once.
 */
export const carryGhost = async (
  { store, gateways, now }: EffectTools,
  { ghostIn, effectId }: { readonly ghostIn: string; readonly effectId: EffectId },
): Promise<EffectReport> => {
  const stream = ghostsStream(ghostIn);
  const { state } = await store.load(stream, ghosts);
  const effect = state.effects[effectId];
  if (effect === undefined) return { status: 'settled' };
  const adopted = await driven(store, ghostIn);
  if ('why' in adopted) return adopted;
  const record = async (refused?: string): Promise<EffectReport> => {
    const outcome = { effectId, ...(refused !== undefined && { refused }), now: now() };
    await send(store, ghosts, stream, { type: 'RecordOutcome', ...outcome }, outcome.now);
    return { status: 'settled' };
  };
  try {
    return await record(await deregister(gateways, adopted.arn, effect));
  } catch (error) {
    if (!isGatewayError(error)) throw error;
    const failed = failure(error);
    return failed.status === 'open' ? failed : record(failed.reason);
  }
};

/** Why it is left registered; `undefined` once ECS has forgotten it. Throws `GatewayError`. */
const deregister = async (
  { ecs, ec2 }: Pick<Gateways, 'ecs' | 'ec2'>,
  clusterArn: ClusterArn,
  { containerInstanceArn, ec2InstanceId }: GhostEffect,
): Promise<string | undefined> => {
  const instance = await ecs.describeInstance(clusterArn, containerInstanceArn);
  if (instance === undefined || instance.status === 'INACTIVE') return undefined;
  if (instance.agentConnected) return 'its agent is connected again';
  if (instance.ec2InstanceId !== ec2InstanceId) return 'it is another EC2 instance than before';
  const [machine] = await ec2.describeInstances([ec2InstanceId]);
  // Terminated is for good; one that EC2 did not know for long, and knows now, was never gone.
  if (machine !== undefined && machine.state !== 'terminated') {
    return `EC2 says ${machine.state}`;
  }
  await ecs.deregisterInstance(clusterArn, containerInstanceArn, { force: true });
  return undefined;
};
