import type { RolloutEvent } from '../../events/rollout.ts';
import { stepImage, stepInstance, stepService } from './decideItem.ts';
import { asked, type StepCommand } from './rolloutCommand.ts';
import { hasEnded, type Rollout } from './rolloutState.ts';

/**
 * Takes one step, or none where the item has moved on since the planner looked: a stale proposal is harmless.
 * New disruption begins only while the rollout runs; what is under way is followed to its end in every status.
 */
export const decideStep = (command: StepCommand, state: Rollout): readonly RolloutEvent[] => {
  const { now } = command;
  switch (command.type) {
    case 'HaltRollout':
      return state.status === 'running' || state.status === 'paused'
        ? [{ type: 'RolloutHalted', data: { ...asked(command), haltedAt: now } }]
        : [];
    case 'CompleteRollout':
      return state.status === 'running'
        ? [{ type: 'RolloutCompleted', data: { ...asked(command), completedAt: now } }]
        : [];
    case 'LearnInstanceTarget':
      return state.instanceTargets[command.channel]?.amiId === command.amiId || hasEnded(state)
        ? []
        : [{ type: 'InstanceTargetLearnt', data: { ...asked(command), learntAt: now } }];
    case 'RecordHolds':
      return JSON.stringify(command.held) === JSON.stringify(state.heldNow) || hasEnded(state)
        ? []
        : [{ type: 'HoldsChanged', data: { held: command.held, changedAt: now } }];
    case 'RequestRebuild':
    case 'RecordRebuild':
    case 'GiveUpRebuild':
      return stepImage(command, state);
    case 'DeployService':
    case 'RecordDeploymentStarted':
    case 'RecordDeployed':
    case 'SkipService':
      return stepService(command, state);
    default:
      return stepInstance(command, state);
  }
};
