import { randomUUID } from 'node:crypto';
import { clusterStream } from '../../domain/fleet/shards.ts';
import { cluster } from '../../domain/maintenance/cluster.ts';
import { rollout, rolloutStream } from '../../domain/rollout/rollout.ts';
import type { RolloutCommand } from '../../domain/rollout/rolloutCommand.ts';
import type { Effect, Rollout } from '../../domain/rollout/rolloutState.ts';
import type { ClusterArn, EffectId, Instant } from '../../events/ids.ts';
import { type Gateways, isGatewayError } from '../../infra/aws/gateways.ts';
import type { EventStore } from '../../infra/eventStore/eventStore.ts';
import { handleCommand } from '../../infra/eventStore/handleCommand.ts';
import { send } from '../send.ts';
import type { EffectMessage } from '../streams/relay.ts';
import { carryDrain } from './carryDrain.ts';
import { perform } from './perform.ts';

export type EffectTools = {
  readonly store: EventStore;
  readonly gateways: Gateways;
  readonly now: () => Instant;
  /**
   * Names whoever carries out effects alone, such as the one process of one machine, which may go
   * on with its own attempt after a crash. Absent: every call is someone of its own.
   */
  readonly executor?: string;
};

/**
 * `settled`: nothing open under this name any more. `open`: not done or not known; the sweep brings
 * it again.
 */
export type EffectReport =
  | { readonly status: 'settled' }
  | { readonly status: 'open'; readonly why: string };

/**
 * Carries out one intended effect and records what became of it. Reads the rollout first, so that
 * an effect that was overtaken does nothing, and the cluster's mode, so that nothing is written on
 * AWS below `drive`. A refusal by AWS is an outcome; a throttle or an answer that never came is
 * none.
 */
export const carryOut = async (
  tools: EffectTools,
  message: EffectMessage,
): Promise<EffectReport> => {
  if ('rolloutId' in message) return carryRollout(tools, message);
  if ('drain' in message) return carryDrain(tools, message);
  // With the engine for patterns in placement constraints, it comes when it is needed.
  const { carryEnforcement } = await import('./carryEnforcement.ts');
  return carryEnforcement(tools, message);
};

const carryRollout = async (
  tools: EffectTools,
  { rolloutId, effectId }: { readonly rolloutId: string; readonly effectId: EffectId },
): Promise<EffectReport> => {
  const { store, now } = tools;
  const stream = rolloutStream(rolloutId);
  const { state } = await store.load(stream, rollout);
  const effect = state.status === 'none' ? undefined : state.effects[effectId];
  if (state.status === 'none' || effect === undefined) return { status: 'settled' };
  const { state: adopted } = await store.load(clusterStream(state.clusterName), cluster);
  if (adopted.status === 'unseen' || adopted.mode !== 'drive') {
    return { status: 'open', why: `the cluster is in mode ${adopted.mode}, not drive` };
  }
  const result = await performed(tools, state, effect, adopted.arn);
  if (result.status === 'open') return result;
  for (const command of result.commands) await send(store, rollout, stream, command, now());
  if (effect.kind !== 'drain' || !result.commands.some(succeeded)) return { status: 'settled' };
  return takeBackDrain(tools, stream, effect.containerInstanceArn, adopted.arn);
};

const succeeded = (command: RolloutCommand): boolean =>
  command.type === 'RecordOutcome' && command.outcome.status === 'succeeded';

/**
 * A drain that arrives after its instance was handed back would leave it DRAINING with nobody to
 * see to it. So whoever has drained looks at the record again, and undoes what was overtaken
 * meanwhile.
 */
const takeBackDrain = async (
  { store, gateways }: EffectTools,
  stream: string,
  containerInstanceArn: string,
  clusterArn: ClusterArn,
): Promise<EffectReport> => {
  const { state } = await store.load(stream, rollout);
  const item = state.status === 'none' ? undefined : state.instances[containerInstanceArn];
  const isHandedBack = item?.status === 'restoring' || item?.status === 'skipped';
  if (state.status === 'none' || !isHandedBack) return { status: 'settled' };
  try {
    await gateways.ecs.setInstanceStatus(clusterArn, containerInstanceArn, 'ACTIVE');
    return { status: 'settled' };
  } catch (error) {
    if (!isGatewayError(error)) throw error;
    return { status: 'open', why: `${error.kind}: ${error.message}` };
  }
};

type Performed =
  | { readonly status: 'done'; readonly commands: readonly RolloutCommand[] }
  | { readonly status: 'open'; readonly why: string };

/**
 * Stores the attempt, and says whether it is ours: of two executors at one moment one alone has
 * written it.
 */
const attempt = async (
  { store, now, executor = randomUUID() }: EffectTools,
  { rolloutId }: Rollout,
  effectId: EffectId,
): Promise<boolean> => {
  const at = now();
  const command = { type: 'RecordAttempt', effectId, executor, now: at } as const;
  const identity = { commitId: `attempt ${effectId} ${executor} ${at}`, now: at };
  const stream = rolloutStream(rolloutId);
  const { state } = await handleCommand(store, rollout, stream, command, identity);
  return state.status !== 'none' && state.effects[effectId]?.executor === executor;
};

const performed = async (
  tools: EffectTools,
  state: Rollout,
  effect: Effect,
  clusterArn: ClusterArn,
): Promise<Performed> => {
  const { gateways, now } = tools;
  const { effectId } = effect;
  const failed = (
    reason: string,
    condition: { readonly unlessAttempted?: true } = {},
  ): Performed => {
    const outcome = { status: 'failed', reason, ...condition } as const;
    return { status: 'done', commands: [{ type: 'RecordOutcome', effectId, outcome, now: now() }] };
  };
  try {
    const done = await perform(gateways, state, effect, now, clusterArn, () =>
      attempt(tools, state, effectId),
    );
    if (done.status === 'refused') {
      return failed(done.reason, done.unlessAttempted ? { unlessAttempted: true } : {});
    }
    return done.status === 'open' ? done : { status: 'done', commands: done.commands };
  } catch (error) {
    if (!isGatewayError(error)) throw error;
    if (error.kind === 'refused') return failed(`${error.code}: ${error.message}`);
    return { status: 'open', why: `${error.kind}: ${error.message}` };
  }
};
