import {
  type Prefetch,
  type PrefetchCommand,
  prefetch,
  prefetchStream,
} from '../../domain/rollout/prefetch.ts';
import { rollout, rolloutStream } from '../../domain/rollout/rollout.ts';
import type { ClusterArn, EffectId, TaskArn } from '../../events/ids.ts';
import { type EcsGateway, isGatewayError } from '../../infra/aws/gateways.ts';
import { send } from '../send.ts';
import type { EffectReport, EffectTools } from './carryOut.ts';
import { driven } from './driven.ts';
import { failure } from './performance.ts';

/**
 * Runs the one task that pulls an image onto an instance, while its rollout runs. Called twice it
 * is the same task, by its `clientToken`; what AWS refuses ends this pull, and nothing else of the
 * rollout.
 */
export const carryPrefetch = async (
  { store, gateways: { ecs }, now }: EffectTools,
  { prefetchOf, effectId }: { readonly prefetchOf: string; readonly effectId: EffectId },
): Promise<EffectReport> => {
  const stream = prefetchStream(prefetchOf);
  const { state } = await store.load(stream, prefetch);
  const intended = state.prefetches[effectId];
  if (intended?.status !== 'intended') return { status: 'settled' };
  const adopted = await driven(store, intended.clusterName);
  if ('why' in adopted) return adopted;
  const record = async (command: PrefetchCommand): Promise<EffectReport> => {
    await send(store, prefetch, stream, command, command.now);
    return { status: 'settled' };
  };
  const { state: rolling } = await store.load(rolloutStream(prefetchOf), rollout);
  if (rolling.status !== 'running') {
    const detail = `the rollout was ${rolling.status} before it was begun`;
    return record({ type: 'EndPrefetch', effectId, outcome: 'givenUp', detail, now: now() });
  }
  try {
    const started = await run(ecs, adopted.arn, intended);
    if ('why' in started) return { status: 'open', why: started.why };
    const taskArn = started.taskArn as TaskArn;
    return await record({ type: 'RecordStart', effectId, taskArn, now: now() });
  } catch (error) {
    if (!isGatewayError(error)) throw error;
    const failed = failure(error);
    if (failed.status === 'open') return failed;
    const detail = failed.reason;
    return record({ type: 'EndPrefetch', effectId, outcome: 'failed', detail, now: now() });
  }
};

const run = async (
  ecs: EcsGateway,
  clusterArn: ClusterArn,
  { containerInstanceArn, ec2InstanceId, effectId, ...image }: Prefetch,
) => {
  const instance = await ecs.describeInstance(clusterArn, containerInstanceArn);
  if (instance?.status !== 'ACTIVE' || !instance.agentConnected) {
    return { why: 'the instance is not ACTIVE with its agent connected' };
  }
  const family = await ecs.prefetchDefinition(image);
  const pinned = {
    ec2InstanceId,
    containerInstanceArn,
    clientToken: effectId,
    startedBy: effectId,
  };
  return ecs.runPinnedTask({ cluster: clusterArn, family, ...pinned });
};
