import type { RolloutEvent } from '../../events/rollout.ts';
import { assert } from '../assert.ts';
import { evolveGroups, isOfGroup, settled, shrinkGroup } from './evolveGroups.ts';
import { evolveTemplates, isOfTemplate, provedTemplates } from './evolveTemplates.ts';
import {
  type ItemEvent,
  type LifeEvent,
  moveImage,
  moveInstance,
  moveService,
} from './moveItem.ts';
import type { Effect, Rollout, RolloutState } from './rolloutState.ts';

const evolve = (state: RolloutState, event: RolloutEvent): RolloutState => {
  if (event.type === 'RolloutPlanned') return planned(event.data);
  assert(state.status !== 'none', 'a rollout is planned before anything else happens to it');
  if (isOfGroup(event)) return evolveGroups(state, event);
  if (isOfTemplate(event)) return evolveTemplates(state, event);
  const next = evolveLife(state, event) ?? evolveItems(state, event) ?? state;
  return leftAlone(next);
};

/** Of groups in which nothing is surplus any more nothing is expected. */
const leftAlone = (state: Rollout): Rollout =>
  Object.keys(state.groups).reduce((next, groupName) => settled(next, groupName), state);

const planned = (data: Extract<RolloutEvent, { type: 'RolloutPlanned' }>['data']): Rollout => ({
  ...data,
  status: 'planned',
  images: Object.fromEntries(data.images.map((i) => [i.image, { ...i, status: 'waiting' }])),
  instances: Object.fromEntries(
    data.instances.map((i) => [i.containerInstanceArn, { ...i, status: 'waiting' }]),
  ),
  services: Object.fromEntries(
    data.services.map((s) => [s.serviceArn, { ...s, status: 'waiting' }]),
  ),
  instanceTargets: {},
  effects: {},
  groups: {},
  heldByPlan: data.held,
  heldNow: [],
  left: [],
});

const isLife = (event: RolloutEvent): event is LifeEvent =>
  event.type.startsWith('Rollout') ||
  event.type.startsWith('Effect') ||
  event.type === 'HoldsChanged' ||
  event.type === 'InstanceTargetLearnt';

const evolveLife = (state: Rollout, event: RolloutEvent): Rollout | undefined => {
  if (!isLife(event)) return undefined;
  switch (event.type) {
    case 'RolloutPlanned':
      return planned(event.data);
    case 'RolloutStarted':
      return { ...state, status: 'running', startedAt: event.data.startedAt };
    case 'RolloutPaused':
      return { ...state, status: 'paused', because: event.data.reason };
    case 'RolloutResumed': {
      const { because: _over, ...rest } = state;
      return { ...rest, status: 'running', resumedAt: event.data.resumedAt };
    }
    case 'RolloutHalted':
      return { ...state, status: 'halted', because: `${event.data.reason}: ${event.data.detail}` };
    case 'RolloutAborted':
      return {
        ...state,
        status: 'aborted',
        because: event.data.reason,
        endedAt: event.data.abortedAt,
      };
    case 'RolloutCompleted':
      return {
        ...state,
        status: 'completed',
        left: event.data.left,
        endedAt: event.data.completedAt,
      };
    case 'EffectAttempted': {
      const { effectId, executor, attemptedAt } = event.data;
      const effect = state.effects[effectId];
      if (effect === undefined) return state;
      const attempted = { ...effect, executor, attemptedAt };
      return { ...state, effects: { ...state.effects, [effectId]: attempted } };
    }
    case 'EffectSucceeded': {
      const { effectId } = event.data;
      return { ...shrinkGroup(state, effectId), effects: without(state.effects, effectId) };
    }
    case 'EffectFailed':
      return { ...state, effects: without(state.effects, event.data.effectId) };
    case 'HoldsChanged':
      return { ...state, heldNow: event.data.held };
    case 'InstanceTargetLearnt':
      return {
        ...state,
        instanceTargets: { ...state.instanceTargets, [event.data.channel]: event.data },
      };
    default:
      return event satisfies never;
  }
};

const evolveItems = (state: Rollout, event: RolloutEvent): Rollout | undefined => {
  if (isLife(event) || isOfGroup(event) || isOfTemplate(event)) return undefined;
  const next = { ...state, effects: effectsAfter(state.effects, event) };
  if ('image' in event.data) {
    const item = next.images[event.data.image];
    if (item === undefined) return next;
    return { ...next, images: { ...next.images, [item.image]: moveImage(item, event) } };
  }
  if ('containerInstanceArn' in event.data) {
    const key = event.data.containerInstanceArn;
    const item = next.instances[key];
    if (item === undefined) return next;
    const moved = { ...next, instances: { ...next.instances, [key]: moveInstance(item, event) } };
    return event.type === 'InstanceProved' ? provedTemplates(moved, item.channel) : moved;
  }
  const key = event.data.serviceArn;
  const item = next.services[key];
  if (item === undefined) return next;
  return { ...next, services: { ...next.services, [key]: moveService(item, event) } };
};

/** An item that moved on has no use for what was intended for it before. */
const effectsAfter = (effects: Rollout['effects'], event: ItemEvent): Rollout['effects'] => {
  const subject = subjectOf(event.data);
  const open = Object.entries(effects).filter(([, effect]) => subjectOf(effect) !== subject);
  const added = effectOf(event);
  if (added !== undefined) open.push([added.effectId, added]);
  return Object.fromEntries(open);
};

const subjectOf = (
  about:
    | { readonly image: string }
    | { readonly containerInstanceArn: string }
    | { readonly groupName: string }
    | { readonly serviceArn: string },
): string => {
  if ('image' in about) return about.image;
  if ('groupName' in about) return about.groupName;
  return 'serviceArn' in about ? about.serviceArn : about.containerInstanceArn;
};

const effectOf = (event: ItemEvent): Effect | undefined => {
  switch (event.type) {
    case 'RebuildRequested': {
      const { effectId, image, requestedAt: intendedAt } = event.data;
      return { kind: 'requestRebuild', effectId, image, intendedAt };
    }
    case 'InstanceDrainIntended':
      return { kind: 'drain', ...instanceEffect(event.data) };
    case 'InstanceTerminationIntended':
      return { kind: 'terminate', ...instanceEffect(event.data) };
    case 'InstanceProofIntended':
      return { kind: 'prove', ...instanceEffect(event.data) };
    case 'InstanceRestoreIntended':
      return { kind: 'restore', ...instanceEffect(event.data) };
    case 'SurplusReturnIntended': {
      const { effectId, containerInstanceArn, intendedAt } = event.data;
      if (effectId === undefined) return undefined;
      return { kind: 'emptySurplus', effectId, containerInstanceArn, intendedAt };
    }
    case 'SurplusEndIntended':
      return {
        kind: 'endSurplus',
        ...instanceEffect(event.data),
        ec2InstanceId: event.data.ec2InstanceId,
      };
    case 'SurplusKeepIntended':
      return { kind: 'keepSurplus', ...instanceEffect(event.data) };
    case 'ServiceDeploymentIntended': {
      const { effectId, serviceArn, deploymentBefore, intendedAt } = event.data;
      return { kind: 'deploy', effectId, serviceArn, deploymentBefore, intendedAt };
    }
    default:
      return undefined;
  }
};

const instanceEffect = <
  T extends Pick<
    Extract<ItemEvent, { type: 'InstanceDrainIntended' }>['data'],
    'containerInstanceArn' | 'effectId' | 'intendedAt'
  >,
>({
  effectId,
  containerInstanceArn,
  intendedAt,
}: T) => ({ effectId, containerInstanceArn, intendedAt });

const without = <T>(record: Readonly<Record<string, T>>, key: string) => {
  const { [key]: _gone, ...rest } = record;
  return rest;
};

const initialState: RolloutState = { status: 'none' };

/** Apart from its decider: views are folded where nothing is decided. */
export const rolloutFold = { stateShape: 'rollout.3', initialState, evolve };
