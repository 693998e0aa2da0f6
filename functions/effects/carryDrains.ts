import { randomUUID } from 'node:crypto';
import { rollout, rolloutStream } from '../../domain/rollout/rollout.ts';
import type { Rollout } from '../../domain/rollout/rolloutState.ts';
import type { ClusterArn, EffectId } from '../../events/ids.ts';
import { isGatewayError } from '../../infra/aws/gateways.ts';
import { send } from '../send.ts';
import { attempt } from './attempt.ts';
import type { EffectReport, EffectTools } from './carryOut.ts';
import { drainTogether } from './drainTogether.ts';
import { commandsOf, type Of, type Performance } from './performance.ts';

type Drain = Of<'drain'>;

/** Drains of one rollout, at most ten: done together, and recorded each for itself. */
export const carryDrains = async (
  tools: EffectTools,
  state: Rollout,
  drains: readonly Drain[],
  clusterArn: ClusterArn,
): Promise<ReadonlyMap<EffectId, EffectReport>> => {
  if (drains.length === 0) return new Map();
  const { store, gateways, now, executor = randomUUID() } = tools;
  const place = {
    describeInstances: gateways.ecs.describeInstances,
    drainInstances: gateways.ecs.drainInstances,
    cluster: clusterArn,
  };
  const performances = await drainTogether(place, state, drains, now, (effectId) =>
    attempt({ store, now, executor }, state.rolloutId, effectId),
  );
  const stream = rolloutStream(state.rolloutId);
  const reports = new Map<EffectId, EffectReport>();
  for (const [effectId, performance] of performances) {
    if (performance.status === 'open') {
      reports.set(effectId, performance);
      continue;
    }
    const commands = commandsOf(performance, effectId, now());
    for (const command of commands) await send(store, rollout, stream, command, now());
    reports.set(effectId, { status: 'settled' });
  }
  const drained = drains.filter(({ effectId }) => isDone(performances.get(effectId)));
  const taken = await takeBackDrains(tools, stream, drained, clusterArn);
  return new Map([...reports, ...taken]);
};

const isDone = (performance: Performance | undefined) => performance?.status === 'done';

/**
 * A drain that arrives after its instance was handed back would leave it DRAINING with nobody to
 * see to it. So whoever has drained looks at the record again, and undoes what was overtaken
 * meanwhile.
 */
const takeBackDrains = async (
  { store, gateways }: EffectTools,
  stream: string,
  drained: readonly Drain[],
  clusterArn: ClusterArn,
): Promise<ReadonlyMap<EffectId, EffectReport>> => {
  const taken = new Map<EffectId, EffectReport>();
  if (drained.length === 0) return taken;
  const { state } = await store.load(stream, rollout);
  for (const { effectId, containerInstanceArn } of drained) {
    const item = state.status === 'none' ? undefined : state.instances[containerInstanceArn];
    if (item?.status !== 'restoring' && item?.status !== 'skipped') continue;
    try {
      await gateways.ecs.setInstanceStatus(clusterArn, containerInstanceArn, 'ACTIVE');
    } catch (error) {
      if (!isGatewayError(error)) throw error;
      taken.set(effectId, { status: 'open', why: `${error.kind}: ${error.message}` });
    }
  }
  return taken;
};
