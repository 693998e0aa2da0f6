import { assert } from '../../domain/assert.ts';
import { isDrainId } from '../../domain/rollout/effectIds.ts';
import { rollout, rolloutStream } from '../../domain/rollout/rollout.ts';
import type { Effect, Rollout } from '../../domain/rollout/rolloutState.ts';
import type { ClusterArn, EffectId, Instant } from '../../events/ids.ts';
import type { Gateways } from '../../infra/aws/gateways.ts';
import type { EventStore } from '../../infra/eventStore/eventStore.ts';
import { send } from '../send.ts';
import type { EffectMessage } from '../streams/relay.ts';
import { attempt, reload } from './attempt.ts';
import { carryDrain } from './carryDrain.ts';
import { carryDrains } from './carryDrains.ts';
import { checkSurges } from './checkSurges.ts';
import { drainsMax } from './drainTogether.ts';
import { driven } from './driven.ts';
import { perform } from './perform.ts';
import { commandsOf, orFailure, type Performance } from './performance.ts';

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
 * What a queue brought, in parts to be carried out one after another: drains of one rollout that
 * are due together go to ECS together.
 */
export const partsOf = <Message extends EffectMessage>(
  messages: readonly Message[],
): readonly (readonly Message[])[] => {
  const parts: Message[][] = [];
  const filling = new Map<string, Message[]>();
  for (const message of messages) {
    const together = 'rolloutId' in message && isDrainId(message.effectId);
    const name = together ? message.rolloutId : undefined;
    const part = name === undefined ? undefined : filling.get(name);
    if (part !== undefined && part.length < drainsMax) {
      part.push(message);
      continue;
    }
    const begun = [message];
    parts.push(begun);
    if (name !== undefined) filling.set(name, begun);
  }
  return parts;
};

/** Carries out one part of `partsOf`. Answers for each of its messages, in their order. */
export const carryOutPart = async (
  tools: EffectTools,
  part: readonly EffectMessage[],
): Promise<readonly EffectReport[]> => {
  const [first] = part;
  if (first === undefined) return [];
  if ('rolloutId' in first) return carryRollout(tools, first.rolloutId, part);
  if ('drain' in first) return [await carryDrain(tools, first)];
  return [await carryRarer(tools, first)];
};

type Rarer = Exclude<EffectMessage, { readonly rolloutId: unknown } | { readonly drain: unknown }>;

/** Each is loaded when it is needed: together they are a good part of what is loaded at start. */
const carryRarer = async (tools: EffectTools, message: Rarer): Promise<EffectReport> => {
  if ('desiredIn' in message) {
    return (await import('./carryDesired.ts')).carryDesired(tools, message);
  }
  if ('hookIn' in message) return (await import('./carryHook.ts')).carryHook(tools, message);
  if ('ghostIn' in message) return (await import('./carryGhost.ts')).carryGhost(tools, message);
  if ('prefetchOf' in message) {
    return (await import('./carryPrefetch.ts')).carryPrefetch(tools, message);
  }
  return (await import('./carryEnforcement.ts')).carryEnforcement(tools, message);
};

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
  const [report] = await carryOutPart(tools, [message]);
  assert(report !== undefined, 'each message is answered for');
  return report;
};

const settled: EffectReport = { status: 'settled' };

const carryRollout = async (
  tools: EffectTools,
  rolloutId: string,
  part: readonly { readonly effectId: EffectId }[],
): Promise<readonly EffectReport[]> => {
  const { store } = tools;
  const { state } = await store.load(rolloutStream(rolloutId), rollout);
  if (state.status === 'none') return part.map(() => settled);
  const named = new Set(part.map(({ effectId }) => effectId));
  const effects = Object.values(state.effects).filter(({ effectId }) => named.has(effectId));
  if (effects.length === 0) return part.map(() => settled);
  const adopted = await driven(store, state.clusterName);
  if ('why' in adopted) return part.map(() => adopted);
  const drains = effects.filter((effect) => effect.kind === 'drain');
  const { mayDrain, reports: surged } = await checkSurges(tools, state, drains);
  const drained = await carryDrains(tools, state, mayDrain, adopted.arn);
  const reports = new Map([...surged, ...drained]);
  for (const effect of effects) {
    if (effect.kind === 'drain') continue;
    reports.set(effect.effectId, await carryEffect(tools, state, effect, adopted.arn));
  }
  return part.map(({ effectId }) => reports.get(effectId) ?? settled);
};

const carryEffect = async (
  tools: EffectTools,
  state: Rollout,
  effect: Exclude<Effect, { kind: 'drain' }>,
  clusterArn: ClusterArn,
): Promise<EffectReport> => {
  const { store, now } = tools;
  const { effectId } = effect;
  const performance = await performed(tools, state, effect, clusterArn);
  if (performance.status === 'open') return performance;
  const commands = commandsOf(performance, effectId, now());
  const stream = rolloutStream(state.rolloutId);
  for (const command of commands) await send(store, rollout, stream, command, now());
  return settled;
};

const performed = (
  tools: EffectTools,
  state: Rollout,
  effect: Exclude<Effect, { kind: 'drain' }>,
  clusterArn: ClusterArn,
): Promise<Performance> =>
  orFailure(() =>
    perform(
      tools.gateways,
      state,
      effect,
      tools.now,
      clusterArn,
      () => attempt(tools, state.rolloutId, effect.effectId),
      () => reload(tools, state),
    ),
  );
