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
  // What was described before the deployment began says nothing about it.
  const fresh = service.describedAt > item.since;
  const deployment = service.deployments.find(({ id }) => id === deploymentId);
  if (fresh && deployment?.rolloutState === 'FAILED') {
    const detail = `${deploymentId} of ${item.serviceName} failed`;
    return [
      skip(item, 'DeploymentFailed', detail, sight),
      { type: 'HaltRollout', reason: 'DeploymentFailed', detail, now },
    ];
  }
  const settled = deployment?.rolloutState === 'COMPLETED' && service.deployments.length === 1;
  if (fresh && settled && runsOnlyRebuilt(rollout, item, sight)) {
    return [{ type: 'RecordDeployed', serviceArn, now }];
  }
  if (fresh && deploymentId !== undefined && deployment === undefined) {
    const detail = `another deployment has taken the place of ${deploymentId}`;
    return [skip(item, 'DeploymentInProgress', detail, sight)];
  }
  if (now - item.since <= rollout.policy.deploymentDeadlineMs) return [];
  return [skip(item, 'DeploymentFailed', `${deploymentId ?? 'it'} did not finish in time`, sight)];
};

const skip = (
  { serviceArn }: Deploying,
  reason: 'DeploymentFailed' | 'DeploymentInProgress' | 'ServiceNotActive',
  detail: string,
  { now }: Sight,
): StepCommand => ({ type: 'SkipService', serviceArn, reason, detail, now });
