import type { EffectId } from '../../events/ids.ts';
import type { Effect, InstanceProgress, Rollout, Surge } from './rolloutState.ts';

type InFlight = Extract<InstanceProgress, { leaseId: unknown }>;
export type Surging = InFlight & { readonly surge: Surge };

/** On its account its group is one above what it would be. */
export const isSurging = (item: InstanceProgress): item is Surging =>
  'leaseId' in item && item.surge !== undefined && item.surge.isOverruled !== true;

/** What came in its place, or is to come in its place, as far as that is there. */
export const newcomerOf = (item: InstanceProgress): string | undefined => {
  if ('replacementArn' in item) return item.replacementArn;
  return 'leaseId' in item ? item.surge?.newcomer?.replacementArn : undefined;
};

/** Instances on whose account the group is above what it would be. */
export const surgingIn = ({ instances }: Pick<Rollout, 'instances'>, groupName: string) =>
  Object.values(instances).filter(
    (item): item is Surging => isSurging(item) && item.surge.groupName === groupName,
  );

/** What is to be done to the desired capacity of a group, and has no outcome yet. */
export const changesOf = (
  { effects, instances }: Pick<Rollout, 'effects' | 'instances'>,
  groupName: string,
): readonly Effect[] =>
  Object.values(effects).filter((effect) => {
    if (effect.kind === 'surge') return effect.groupName === groupName;
    if (effect.kind !== 'terminate' && effect.kind !== 'endSurplus') return false;
    const item = instances[effect.containerInstanceArn];
    return item !== undefined && isSurging(item) && item.surge.groupName === groupName;
  });

/** The group is being asked for more: nothing is taken off its desired capacity meanwhile. */
export const surgeOpen = (
  rollout: Pick<Rollout, 'effects' | 'instances'>,
  groupName: string,
): boolean => changesOf(rollout, groupName).some(({ kind }) => kind === 'surge');

/** It has an effect of this kind that has no outcome yet. */
export const openEffect = (
  { effects }: Pick<Rollout, 'effects'>,
  kind: Effect['kind'],
  containerInstanceArn: string,
): Effect | undefined =>
  Object.values(effects).find(
    (effect) =>
      effect.kind === kind &&
      'containerInstanceArn' in effect &&
      effect.containerInstanceArn === containerInstanceArn,
  );

/** What an effect that succeeded takes off the desired capacity, and of which group. */
export const shrunkBy = (
  { effects, instances }: Pick<Rollout, 'effects' | 'instances'>,
  effectId: EffectId,
): string | undefined => {
  const effect = effects[effectId];
  if (effect?.kind !== 'terminate' && effect?.kind !== 'endSurplus') return undefined;
  const item = instances[effect.containerInstanceArn];
  return item !== undefined && isSurging(item) ? item.surge.groupName : undefined;
};
