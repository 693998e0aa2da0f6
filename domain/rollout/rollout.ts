import type { RolloutEvent } from '../../events/rollout.ts';
import type { Decider } from '../decider.ts';
import { Refusal } from '../refusal.ts';
import { decideAttempt, decideOutcome } from './decideOutcome.ts';
import { decideStep } from './decideStep.ts';
import { rolloutFold } from './evolveRollout.ts';
import type { OperatorCommand, RolloutCommand } from './rolloutCommand.ts';
import { hasEnded, type Rollout, type RolloutState } from './rolloutState.ts';

/** The stream of one campaign. */
export const rolloutStream = (rolloutId: string) => `rollout#${rolloutId}`;

const decide = (command: RolloutCommand, state: RolloutState): readonly RolloutEvent[] => {
  switch (command.type) {
    case 'PlanRollout':
      return plan(command, state);
    case 'StartRollout':
      return start(command, known(state));
    case 'PauseRollout':
      return pause(command, known(state));
    case 'ResumeRollout':
      return resume(command, known(state));
    case 'AbortRollout':
      return abort(command, known(state));
    case 'RecordAttempt':
      return decideAttempt(command, known(state));
    case 'RecordOutcome':
      return decideOutcome(command, known(state));
    default:
      return decideStep(command, known(state));
  }
};

const known = (state: RolloutState): Rollout => {
  if (state.status === 'none') throw new Refusal('RolloutNotFound', 'there is no such rollout');
  return state;
};

type Asked<Type extends OperatorCommand['type']> = Extract<OperatorCommand, { type: Type }>;

const plan = (command: Asked<'PlanRollout'>, state: RolloutState): readonly RolloutEvent[] => {
  const { type: _type, now: plannedAt, ...data } = command;
  if (state.status !== 'none') {
    if (state.plannedAt === plannedAt) return [];
    throw new Refusal('RolloutAlreadyExists', `${data.rolloutId} was planned before`);
  }
  if (data.images.length + data.instances.length + data.services.length === 0) {
    throw new Refusal('NothingToRollOut', `nothing that can be patched runs behind`);
  }
  return [{ type: 'RolloutPlanned', data: { ...data, plannedAt } }];
};

const start = ({ actor, now }: Asked<'StartRollout'>, state: Rollout): readonly RolloutEvent[] => {
  refuseEnded(state);
  if (state.status !== 'planned') return [];
  return [{ type: 'RolloutStarted', data: { startedAt: now, actor } }];
};

const pause = (
  { actor, reason, now }: Asked<'PauseRollout'>,
  state: Rollout,
): readonly RolloutEvent[] => {
  refuseEnded(state);
  if (state.status === 'paused' || state.status === 'halted') return [];
  if (state.status === 'planned') {
    throw new Refusal('RolloutNotRunning', `${state.rolloutId} has not been started`);
  }
  return [{ type: 'RolloutPaused', data: { pausedAt: now, actor, reason } }];
};

const resume = (
  { actor, now }: Asked<'ResumeRollout'>,
  state: Rollout,
): readonly RolloutEvent[] => {
  refuseEnded(state);
  if (state.status === 'running') return [];
  if (state.status === 'planned') {
    throw new Refusal('RolloutNotRunning', `${state.rolloutId} has not been started`);
  }
  return [{ type: 'RolloutResumed', data: { resumedAt: now, actor } }];
};

const abort = (
  { actor, reason, now }: Asked<'AbortRollout'>,
  state: Rollout,
): readonly RolloutEvent[] => {
  if (state.status === 'aborted') return [];
  refuseEnded(state);
  return [{ type: 'RolloutAborted', data: { abortedAt: now, actor, reason } }];
};

const refuseEnded = (state: Rollout) => {
  if (hasEnded(state)) {
    throw new Refusal('RolloutEnded', `${state.rolloutId} is ${state.status} and stays so`);
  }
};

export const rollout: Decider<RolloutState, RolloutCommand, RolloutEvent> = {
  ...rolloutFold,
  decide,
};
