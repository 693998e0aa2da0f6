import type { DesiredEvent } from '../../events/desired.ts';
import type { DesiredState, MeantSize } from './desiredCapacity.ts';

/** The stream of how large the groups of one cluster are meant to be. */
export const desiredStream = (clusterName: string) => `desired#${clusterName}`;

/** Enough to count changes of direction over hours, in all groups together. */
const meantKept = 200;

const evolveDesired = (state: DesiredState, event: DesiredEvent): DesiredState => {
  switch (event.type) {
    case 'ScalingPolicySet':
      return { ...state, policy: event.data.policy };
    case 'ScalingHoldsChanged': {
      const { held, heldCount } = event.data;
      return { ...state, held, heldCount };
    }
    case 'DesiredCapacityIntended': {
      const { groupName, from, to, effectId, forWave, intendedAt: at } = event.data;
      const meant = { groupName, from, desiredCapacity: to, at, effectId, forWave };
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
    case 'DesiredCapacitySet': {
      const { effectId } = event.data;
      const failed = without(state.failed, state.effects[effectId]?.groupName ?? '');
      return { ...state, effects: without(state.effects, effectId), failed };
    }
    case 'DesiredCapacityFailed': {
      const { effectId, reason, failedAt: at } = event.data;
      const subject = state.effects[effectId]?.groupName ?? '';
      const held = event.data.held ?? { subject, reason: 'SizeRefused' as const, detail: reason };
      const failed = { ...state.failed, [subject]: { at, held } };
      const meant = state.meant.filter((each) => each.effectId !== effectId);
      return { ...state, effects: without(state.effects, effectId), failed, meant };
    }
    default:
      return event satisfies never;
  }
};

const withMeant = ({ meant }: DesiredState, next: MeantSize): readonly MeantSize[] =>
  [...meant, next].slice(-meantKept);

const without = <Value>(
  values: Readonly<Record<string, Value>>,
  key: string,
): Readonly<Record<string, Value>> => {
  const { [key]: _gone, ...rest } = values;
  return rest;
};

const initialState: DesiredState = {
  policy: { scaleOut: false, scaleIn: false },
  held: [],
  heldCount: 0,
  effects: {},
  failed: {},
  meant: [],
};

/** Apart from the decider, for those who only fold: it is a part of their bundle. */
export const desiredFold = { stateShape: 'desired/2', initialState, evolve: evolveDesired };
