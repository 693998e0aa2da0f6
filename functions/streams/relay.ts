import type { Rollout } from '../../domain/rollout/rolloutState.ts';
import type { EffectId } from '../../events/ids.ts';
import type { QueueMessage } from '../../infra/aws/queue.ts';
import type { Commit } from '../../infra/eventStore/eventStore.ts';

export type EffectMessage = { readonly rolloutId: string; readonly effectId: EffectId };

const prefix = 'rollout#';

/**
 * The effects that one commit intends. Every intent event carries its `effectId`; outcomes carry it
 * too and are left out.
 */
export const effectsOf = ({ stream, events }: Pick<Commit, 'stream' | 'events'>) => {
  if (!stream.startsWith(prefix)) return [];
  const rolloutId = stream.slice(prefix.length);
  return events.flatMap((event): readonly EffectMessage[] => {
    const { type, data } = event as { type: string; data: { effectId?: EffectId } };
    if (data.effectId === undefined || type.startsWith('Effect')) return [];
    return [{ rolloutId, effectId: data.effectId }];
  });
};

/**
 * Intents without an outcome: brought again by the sweep, because a message may be lost and an
 * answer too.
 */
export const openEffects = (rollouts: Iterable<Rollout>): readonly EffectMessage[] =>
  [...rollouts].flatMap(({ rolloutId, effects }) =>
    Object.values(effects)
      .toSorted((a, b) => a.intendedAt - b.intendedAt || (a.effectId < b.effectId ? -1 : 1))
      .map(({ effectId }) => ({ rolloutId, effectId })),
  );

/**
 * The cluster whose planners a commit may concern; channels, images and AMIs concern all, and wait
 * for their tick.
 */
const clusterOf = (stream: string): string | undefined => {
  const [kind, name] = stream.split('#');
  return kind === 'fleet' || kind === 'disruption' || kind === 'cluster' ? name : undefined;
};

/** `DelaySeconds` of the control queue (infra/resources/queues.yml). */
export const oneWakeUpMs = 10_000;

/**
 * The wake-up of the control tick that a commit calls for. Commits of the same ten seconds have one
 * name for it, and the queue takes a name once: a pass reads the whole fleet, and one is enough for
 * all that happened. The queue holds it back for as long, so that none of them comes too late.
 */
export const wakeUpOf = ({
  stream,
  at,
}: Pick<Commit, 'stream' | 'at'>): readonly QueueMessage[] => {
  const clusterName = clusterOf(stream);
  if (clusterName === undefined) return [];
  const id = `${clusterName}-${Math.floor(at / oneWakeUpMs)}`;
  return [{ id, body: { clusterName }, group: clusterName }];
};
