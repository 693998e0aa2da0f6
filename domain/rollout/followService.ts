import type { ObservedService } from '../../events/fleet.ts';
import type { StepCommand } from './rolloutCommand.ts';
import type { Rollout, ServiceProgress } from './rolloutState.ts';
import type { Sight } from './sight.ts';
import { runsOnlyRebuilt } from './whyNotDeploy.ts';

type Deploying = Extract<ServiceProgress, { status: 'deploying' }>;

/** The next step of a deployment that is under way; nothing while it is only to be waited for. */
export const followService = (
  rollout: Rollout,
  item: Deploying,
  sight: Sight,
): readonly StepCommand[] => {
  const { serviceArn, deploymentId } = item;
  const { now, view } = sight;
  const service = view.services.get(serviceArn);
  if (service === undefined || service.status !== 'ACTIVE') {
    return [skip(item, 'ServiceNotActive', 'it was deleted in mid-deployment', sight)];
  }
  const deployment = service.deployments.find(({ id }) => id === deploymentId);
  if (deployment?.rolloutState === 'FAILED') {
    const detail = `${deploymentId} of ${item.serviceName} failed`;
    return [
      skip(item, 'DeploymentFailed', detail, sight),
      { type: 'HaltRollout', reason: 'DeploymentFailed', detail, now },
    ];
  }
  const settled = deployment?.rolloutState === 'COMPLETED' && service.deployments.length === 1;
  const isEmpty = service.desiredCount === 0 && service.runningCount === 0;
  if (settled && (isEmpty || runsOnlyRebuilt(rollout, item, sight))) {
    return [{ type: 'RecordDeployed', serviceArn, now }];
  }
  if (deploymentId !== undefined && deployment === undefined && isOvertaken(service, item)) {
    const detail = `another deployment has taken the place of ${deploymentId}`;
    return [skip(item, 'DeploymentInProgress', detail, sight)];
  }
  if (now - item.since <= rollout.policy.deploymentDeadlineMs) return [];
  return [skip(item, 'DeploymentFailed', `${deploymentId ?? 'it'} did not finish in time`, sight)];
};

/** ECS's reads are eventually consistent; it advises waiting up to five minutes (ECS API Reference, RunTask). */
const staleReadMs = 5 * 60_000;

/**
 * Ours is not in the description. A third deployment in its place says that it was overtaken; the one that stood
 * before may also be an old answer, and is believed only in a description made well after ours began.
 */
const isOvertaken = (service: ObservedService, item: Deploying): boolean => {
  const { startedAt = item.since, deploymentBefore } = item;
  if (service.describedAt <= startedAt) return false;
  const primary = service.deployments.find(({ status }) => status === 'PRIMARY');
  if (primary !== undefined && primary.id !== deploymentBefore) return true;
  return service.describedAt - startedAt > staleReadMs;
};

const skip = (
  { serviceArn }: Deploying,
  reason: 'DeploymentFailed' | 'DeploymentInProgress' | 'ServiceNotActive',
  detail: string,
  { now }: Sight,
): StepCommand => ({ type: 'SkipService', serviceArn, reason, detail, now });
