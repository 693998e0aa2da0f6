import type { EffectId } from '../../events/ids.ts';
import { identity } from '../identity.ts';
import type { InstanceProgress, Rollout } from './rolloutState.ts';

/** Whether it names a drain: those of one rollout may go to ECS together. */
export const isDrainId = (effectId: EffectId): boolean => effectId.startsWith('drain-');

/**
 * The same for the same step on the same instance, however often it is asked for; another one when
 * the instance was put off to another window and is begun anew.
 */
export const instanceEffectId = (
  kind: 'drain' | 'terminate' | 'restore',
  { rolloutId }: Pick<Rollout, 'rolloutId'>,
  { containerInstanceArn, putOff }: Pick<InstanceProgress, 'containerInstanceArn' | 'putOff'>,
): EffectId => {
  const again = putOff === undefined ? [] : [`${putOff}`];
  return identity(kind, rolloutId, containerInstanceArn, ...again) as EffectId;
};
