import type { ObservedTask } from '../../events/fleet.ts';
import type { FleetView } from '../fleet/fleetView.ts';
import { once } from '../once.ts';
import type { StepCommand } from './rolloutCommand.ts';
import type { Rollout } from './rolloutState.ts';
import type { Sight } from './sight.ts';
import { newcomerOf } from './surgeState.ts';

/**
 * Halts once as many tasks failed to start as the policy bears, counting only those on what this
 * rollout made: its deployments, and the instances that stand in for those it replaced. One bad
 * base image must not reach a second service, one bad AMI not a second instance. What failed before
 * someone looked and resumed is not counted again.
 */
export const haltOnStartFailures = (
  rollout: Rollout,
  { view, now }: Sight,
): readonly StepCommand[] => {
  if (rollout.status !== 'running' && rollout.status !== 'paused') return [];
  const deployments = new Set<string>();
  for (const item of Object.values(rollout.services)) {
    if (item.status === 'deploying' && item.deploymentId) deployments.add(item.deploymentId);
  }
  const replacements = new Set<string>();
  for (const item of Object.values(rollout.instances)) {
    const newcomer = newcomerOf(item);
    if (newcomer !== undefined) replacements.add(newcomer);
  }
  const failed = failedIn(view.tasks)
    .filter(({ stoppedAt }) => (stoppedAt ?? now) > (rollout.resumedAt ?? 0))
    .filter(
      ({ startedBy, containerInstanceArn, createdAt }) =>
        deployments.has(startedBy ?? '') ||
        (replacements.has(containerInstanceArn ?? '') &&
          (createdAt ?? 0) >= (rollout.startedAt ?? 0)),
    )
    .toSorted((a, b) => (a.taskArn < b.taskArn ? -1 : 1));
  if (failed.length < rollout.policy.taskStartFailuresMax) return [];
  const first = failed[0];
  const why = first?.stoppedReason ?? 'no reason given';
  const named = `first ${first?.taskArn} (${first?.group}): ${why}`;
  const detail = `${failed.length} tasks did not start, ${named}`;
  return [{ type: 'HaltRollout', reason: 'TasksFailedToStart', detail, now }];
};

const failedIn = once((tasks: FleetView['tasks']) => [...tasks.values()].filter(failedToStart));

const failedToStart = ({ lastStatus, stopCode }: ObservedTask): boolean =>
  lastStatus === 'STOPPED' && stopCode === 'TaskFailedToStart';
