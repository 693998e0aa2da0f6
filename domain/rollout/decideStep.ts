import type { Held, RolloutEvent } from '../../events/rollout.ts';
import { stepImage, stepInstance, stepService } from './decideItem.ts';
import { decideSurge, isSurgeStep } from './decideSurge.ts';
import { decideTemplate, isTemplateStep } from './decideTemplate.ts';
import { asked, type StepCommand } from './rolloutCommand.ts';
import { hasEnded, leasesOf, type Rollout } from './rolloutState.ts';

/**
 * Takes one step, or none where the item has moved on since the planner looked: a stale proposal is
 * harmless. New disruption begins only while the rollout runs; what is under way is followed to its
 * end in every status.
 */
export const decideStep = (command: StepCommand, state: Rollout): readonly RolloutEvent[] => {
  if (isSurgeStep(command)) return decideSurge(command, state);
  if (isTemplateStep(command)) return decideTemplate(command, state);
  const { now } = command;
  switch (command.type) {
    case 'HaltRollout':
      return state.status === 'running' || state.status === 'paused'
        ? [{ type: 'RolloutHalted', data: { ...asked(command), haltedAt: now } }]
        : [];
    case 'CompleteRollout':
      return state.status === 'running' && leavesNothing(command, state)
        ? [{ type: 'RolloutCompleted', data: { ...asked(command), completedAt: now } }]
        : [];
    case 'LearnInstanceTarget':
      return state.instanceTargets[command.channel]?.amiId === command.amiId || hasEnded(state)
        ? []
        : [{ type: 'InstanceTargetLearnt', data: { ...asked(command), learntAt: now } }];
    case 'RecordHolds':
      return isSameHeld(command.held, state.heldNow) || hasEnded(state)
        ? []
        : [{ type: 'HoldsChanged', data: holdsOf(command, state) }];
    case 'RequestRebuild':
    case 'RecordRebuild':
    case 'GiveUpRebuild':
      return stepImage(command, state);
    case 'DeployService':
    case 'RecordDeploymentStarted':
    case 'RecordDeployed':
    case 'PutOffService':
    case 'SkipService':
      return stepService(command, state);
    default:
      return stepInstance(command, state);
  }
};

/**
 * An old sight must not abandon what was begun since, because nobody would see it to its end, nor
 * what waits again since and has no reason in its list (simulation, seed 85).
 */
const leavesNothing = (
  { left }: Extract<StepCommand, { type: 'CompleteRollout' }>,
  state: Rollout,
): boolean => {
  const named = new Set(left.map(({ subject }) => subject));
  const isOver = (item: { readonly status: string }, subject: string) =>
    item.status === 'done' || item.status === 'skipped' || named.has(subject);
  return (
    leasesOf(state).length === 0 &&
    Object.entries(state.instances).every(([arn, item]) => isOver(item, arn)) &&
    Object.entries(state.services).every(([arn, item]) => isOver(item, arn))
  );
};

/** With the first few findings for holds that are new, so that the event stays of one size. */
const placementsMost = 5;

const holdsOf = (
  { held, placements, now }: Extract<StepCommand, { type: 'RecordHolds' }>,
  { heldNow }: Rollout,
) => {
  const before = new Set(heldNow.map(({ subject, reason }) => `${reason} ${subject}`));
  const found = held
    .filter(({ subject, reason }) => !before.has(`${reason} ${subject}`))
    .flatMap(({ subject }) => placements?.get(subject) ?? [])
    .slice(0, placementsMost);
  return { held, ...(found.length > 0 && { placements: found }), changedAt: now };
};

/**
 * The same subjects for the same reasons. Their sentences carry numbers that change with every
 * look.
 */
const isSameHeld = (one: readonly Held[], other: readonly Held[]): boolean =>
  one.length === other.length &&
  one.every(
    ({ subject, reason }, index) =>
      subject === other[index]?.subject && reason === other[index].reason,
  );
