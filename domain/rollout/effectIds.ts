import type { EffectId } from '../../events/ids.ts';
import { identity } from '../identity.ts';
import type { InstanceProgress, Rollout, ServiceProgress } from './rolloutState.ts';

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
): EffectId => identity(kind, rolloutId, containerInstanceArn, ...again(putOff)) as EffectId;

/** The same for a deployment of a service. */
export const deployEffectId = (
  { rolloutId }: Pick<Rollout, 'rolloutId'>,
  { serviceArn, putOff }: Pick<ServiceProgress, 'serviceArn' | 'putOff'>,
): EffectId => identity('deploy', rolloutId, serviceArn, ...again(putOff)) as EffectId;

const again = (putOff: number | undefined): readonly string[] =>
  putOff === undefined ? [] : [`${putOff}`];
