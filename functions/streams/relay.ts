import type { Rollout } from '../../domain/rollout/rolloutState.ts';
import type { EffectId } from '../../events/ids.ts';
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
export const clusterOf = (stream: string): string | undefined => {
  const [kind, name] = stream.split('#');
  return kind === 'fleet' || kind === 'disruption' || kind === 'cluster' ? name : undefined;
};
