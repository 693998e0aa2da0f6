import type { EffectId } from '../../events/ids.ts';
import type { Held, HeldReason, RolloutEvent } from '../../events/rollout.ts';
import { type AttemptCommand, mayStillLand } from '../attempt.ts';
import { identity } from '../identity.ts';
import { instanceEffectId } from './effectIds.ts';
import type { OutcomeCommand } from './rolloutCommand.ts';
import type { Effect, Rollout } from './rolloutState.ts';
import { isSurging } from './surgeState.ts';

/** One attempt at a time: a second one is refused by silence until the first is old. */
export const decideAttempt = (
  { effectId, executor, now }: AttemptCommand,
  state: Rollout,
): readonly RolloutEvent[] => {
  const effect = state.effects[effectId];
  if (effect === undefined || mayStillLand(effect.attemptedAt, now)) return [];
  return [{ type: 'EffectAttempted', data: { effectId, executor, attemptedAt: now } }];
};

/**
 * Writes down what became of an effect, once. A refusal by AWS ends what it was about: a drain or a
 * deployment that may not be is left out with the reason; anything that fails after the instance
 * was emptied halts the rollout, because a person has to look.
 */
export const decideOutcome = (
  { effectId, outcome, now }: OutcomeCommand,
  state: Rollout,
): readonly RolloutEvent[] => {
  const effect = state.effects[effectId];
  if (effect === undefined) return [];
  if (outcome.status === 'succeeded') {
    return [{ type: 'EffectSucceeded', data: { effectId, succeededAt: now } }];
  }
  if (outcome.unlessAttempted && effect.attemptedAt !== undefined) return [];
  const failed: RolloutEvent = {
    type: 'EffectFailed',
    data: { effectId, reason: outcome.reason, failedAt: now },
  };
  const { reason, held = 'GroupChanging' } = outcome;
  return [failed, ...afterRefusal(effect, { detail: reason, held }, state, now)];
};

const afterRefusal = (
  effect: Effect,
  { detail, held }: { readonly detail: string; readonly held: HeldReason },
  state: Rollout,
  now: OutcomeCommand['now'],
): readonly RolloutEvent[] => {
  const reason = (code: Held['reason']) => ({ reason: code, detail, skippedAt: now });
  switch (effect.kind) {
    case 'requestRebuild':
      return [{ type: 'RebuildOverdue', data: { image: effect.image, overdueAt: now } }];
    case 'drain': {
      const item = state.instances[effect.containerInstanceArn];
      if (item === undefined) return [];
      const { containerInstanceArn } = item;
      if (isSurging(item)) {
        const because = { reason: 'InstanceNotActive' as const, detail, intendedAt: now };
        return [{ type: 'SurplusReturnIntended', data: { containerInstanceArn, ...because } }];
      }
      const data = { containerInstanceArn, ...reason('InstanceNotActive') };
      return [{ type: 'InstanceSkipped', data }];
    }
    case 'deploy': {
      const item = state.services[effect.serviceArn];
      if (item === undefined) return [];
      const data = { serviceArn: item.serviceArn, ...reason('DeploymentFailed') };
      return [{ type: 'ServiceSkipped', data }];
    }
    case 'terminate':
      return [...handBack(effect, detail, state, now), ...halt(effect, detail, state, now)];
    case 'surge': {
      const { groupName, instances } = effect;
      const because = { reason: held, detail, refusedAt: now };
      const data = { groupName, instances, ...because };
      return [
        { type: 'GroupSurgeRefused', data },
        ...(held === 'GroupChanging' ? halt(effect, detail, state, now) : []),
      ];
    }
    case 'renewTemplate':
    case 'returnTemplate': {
      const code = held === 'FactsStale' ? held : 'LaunchTemplateRefused';
      const data = { groupName: effect.groupName, reason: code, detail, refusedAt: now } as const;
      return [{ type: 'LaunchTemplateVersionRefused', data }];
    }
    case 'emptySurplus':
    case 'endSurplus':
      return [...keep(effect, detail, state, now), ...halt(effect, detail, state, now)];
    case 'prove':
    case 'restore':
    case 'keepSurplus':
      return halt(effect, detail, state, now);
    default:
      return effect satisfies never;
  }
};

/** What was emptied and may not be ended goes back to work. */
const handBack = (
  effect: Extract<Effect, { kind: 'terminate' }>,
  detail: string,
  state: Rollout,
  now: OutcomeCommand['now'],
): readonly RolloutEvent[] => {
  const item = state.instances[effect.containerInstanceArn];
  if (item === undefined) return [];
  const { containerInstanceArn } = item;
  const effectId = instanceEffectId('restore', state, item);
  const because = { reason: 'RolloutHalted' as const, detail: `terminate: ${detail}` };
  const data = { containerInstanceArn, ...because, effectId, intendedAt: now };
  return [{ type: 'InstanceRestoreIntended', data }];
};

/** What may not be ended goes back to work. */
const keep = (
  {
    containerInstanceArn: about,
    effectId: refusedId,
  }: Extract<Effect, { containerInstanceArn: string }>,
  refusal: string,
  state: Rollout,
  now: OutcomeCommand['now'],
): readonly RolloutEvent[] => {
  const item = state.instances[about];
  if (item === undefined) return [];
  const { containerInstanceArn } = item;
  const because = { reason: 'SurplusNotEmptied' as const, detail: refusal };
  const effectId = identity('keepSurplus', refusedId) as EffectId;
  const data = { containerInstanceArn, ...because, effectId, intendedAt: now };
  return [{ type: 'SurplusKeepIntended', data }];
};

const halt = (
  effect: Effect,
  refusal: string,
  state: Rollout,
  now: OutcomeCommand['now'],
): readonly RolloutEvent[] => {
  if (state.status !== 'running' && state.status !== 'paused') return [];
  const detail = `${effect.kind}: ${refusal}`;
  return [{ type: 'RolloutHalted', data: { reason: 'EffectRefused', detail, haltedAt: now } }];
};
