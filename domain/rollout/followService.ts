import type { ObservedService } from '../../events/fleet.ts';
import { isForLater } from './moveItem.ts';
import type { StepCommand } from './rolloutCommand.ts';
import { isUntriedDeployment, type Rollout, type ServiceProgress } from './rolloutState.ts';
import type { Sight } from './sight.ts';
import { runsOnlyRebuilt } from './whyNotDeploy.ts';
import { whyNotNow } from './whyNotNow.ts';

type Deploying = Extract<ServiceProgress, { status: 'deploying' }>;

/** The next step of a deployment that is under way; nothing while it is only to be waited for. */
export const followService = (
  rollout: Rollout,
  item: Deploying,
  sight: Sight,
): readonly StepCommand[] => {
  const { serviceArn, serviceName, deploymentId } = item;
  const { now, view } = sight;
  const service = view.services.get(serviceArn);
  if (service === undefined || service.status !== 'ACTIVE') {
    return [skip(item, 'ServiceNotActive', 'it was deleted in mid-deployment', sight)];
  }
  if (isUntriedDeployment(rollout, serviceArn)) {
    const closed = whyNotNow(serviceArn, [serviceName], sight);
    if (closed !== undefined && isForLater(closed.reason)) {
      const { reason, detail } = closed;
      return [{ type: 'PutOffService', serviceArn, reason, detail, now }];
    }
  }
  const deployment = service.deployments.find(({ id }) => id === deploymentId);
  const instead = deploymentId === undefined ? undefined : standsInstead(service, item);
  if (deployment?.rolloutState === 'FAILED' || instead === 'before') {
    const how = deployment === undefined ? 'was rolled back' : 'failed';
    const detail = `${deploymentId} of ${serviceName} ${how}`;
    return [
      skip(item, 'DeploymentFailed', detail, sight),
      { type: 'HaltRollout', reason: 'DeploymentFailed', detail, now },
    ];
  }
  if (instead === 'another') {
    const detail = `another deployment has taken the place of ${deploymentId}`;
    return [skip(item, 'DeploymentInProgress', detail, sight)];
  }
  const settled = deployment?.rolloutState === 'COMPLETED' && service.deployments.length === 1;
  const isEmpty = service.desiredCount === 0 && service.runningCount === 0;
  if (settled && (isEmpty || runsOnlyRebuilt(rollout, item, sight))) {
    return [{ type: 'RecordDeployed', serviceArn, now }];
  }
  if (now - item.since <= rollout.policy.deploymentDeadlineMs) return [];
  return [skip(item, 'DeploymentFailed', `${deploymentId ?? 'it'} did not finish in time`, sight)];
};

/**
 * ECS's reads are eventually consistent; it advises waiting up to five minutes (ECS API Reference,
 * RunTask).
 */
const staleReadMs = 5 * 60_000;

/**
 * What stands where our deployment ought to be described: a third deployment, which took its place,
 * or the one from before. The latter may be an old answer and is believed only when it was
 * described well after ours began.
 */
const standsInstead = (
  service: ObservedService,
  { startedAt, since, deploymentBefore, deploymentId }: Deploying,
): 'another' | 'before' | undefined => {
  const age = service.describedAt - (startedAt ?? since);
  if (age <= 0 || service.deployments.some(({ id }) => id === deploymentId)) return undefined;
  const primary = service.deployments.find(({ status }) => status === 'PRIMARY');
  if (primary !== undefined && primary.id !== deploymentBefore) return 'another';
  return age > staleReadMs ? 'before' : undefined;
};

const skip = (
  { serviceArn }: Deploying,
  reason: 'DeploymentFailed' | 'DeploymentInProgress' | 'ServiceNotActive',
  detail: string,
  { now }: Sight,
): StepCommand => ({ type: 'SkipService', serviceArn, reason, detail, now });
