import type { DesiredEvent } from '../../events/desired.ts';
import type { DesiredState, MeantSize } from './desiredCapacity.ts';

/** Enough to count changes of direction over hours, in all groups together. */
const meantKept = 200;

export const evolveDesired = (state: DesiredState, event: DesiredEvent): DesiredState => {
  switch (event.type) {
    case 'ScalingPolicySet':
      return { ...state, policy: event.data.policy };
    case 'ScalingHoldsChanged': {
      const { held, heldCount } = event.data;
      return { ...state, held, heldCount };
    }
    case 'DesiredCapacityIntended': {
      const { groupName, from, to, effectId, intendedAt: at } = event.data;
      const meant = { groupName, from, desiredCapacity: to, at, effectId };
      const effects = { ...state.effects, [effectId]: event.data };
      return { ...state, effects, meant: withMeant(state, meant) };
    }
    case 'DecrementForeseen': {
      const { groupName, from, to, containerInstanceArn, foreseenAt: at } = event.data;
      const meant = { groupName, from, desiredCapacity: to, at, containerInstanceArn };
      return { ...state, meant: withMeant(state, meant) };
    }
    case 'DesiredCapacityAttempted': {
      const { effectId, executor, attemptedAt: at } = event.data;
      const effect = state.effects[effectId];
      if (effect === undefined) return state;
      const tried = { ...effect, attempt: { executor, at } };
      return { ...state, effects: { ...state.effects, [effectId]: tried } };
    }
    case 'DesiredCapacitySet':
      return { ...state, effects: without(state.effects, event.data.effectId) };
    case 'DesiredCapacityFailed': {
      const { effectId } = event.data;
      const meant = state.meant.filter((each) => each.effectId !== effectId);
      return { ...state, effects: without(state.effects, effectId), meant };
    }
    default:
      return event satisfies never;
  }
};

const withMeant = ({ meant }: DesiredState, next: MeantSize): readonly MeantSize[] =>
  [...meant, next].slice(-meantKept);

const without = (effects: DesiredState['effects'], effectId: string): DesiredState['effects'] => {
  const { [effectId]: _gone, ...rest } = effects;
  return rest;
};
