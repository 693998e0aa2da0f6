import { isCountedEmpty } from '../../domain/fleet/countedTasks.ts';
import type { Effect, Rollout } from '../../domain/rollout/rolloutState.ts';
import { canaryFamilyOf } from '../../domain/windows/canaryFamily.ts';
import { mayRun } from '../../domain/windows/compatibility.ts';
import type { ObservedService } from '../../events/fleet.ts';
import type { ClusterArn, Instant, WindowsBuild } from '../../events/ids.ts';
import type { Gateways } from '../../infra/aws/gateways.ts';
import {
  type Attempt,
  attempted,
  notFound,
  type Of,
  open,
  type Performance,
  refused,
  stopped,
  succeeded,
} from './performance.ts';
import { requestRebuild } from './requestRebuild.ts';
import { endWithDecrement, surgeGroup } from './surge.ts';
import { emptySurplus, endSurplus, keepSurplus } from './surplus.ts';

/**
 * Where effects take place. ECS is told the cluster's ARN: Tuesday may have another name for it.
 */
type Place = Gateways & { readonly cluster: ClusterArn };

/**
 * Does one thing on AWS, looking before it leaps: every effect is about a resource that others
 * touch too, and every one may have been done already by a call whose answer was lost. Drains go
 * together (drainTogether.ts). Throws `GatewayError`.
 */
export const perform = async (
  gateways: Gateways,
  rollout: Rollout,
  effect: Exclude<Effect, { kind: 'drain' }>,
  now: () => Instant,
  cluster: ClusterArn,
  attempt: Attempt,
  reload: () => Promise<Rollout>,
): Promise<Performance> => {
  const place = { ...gateways, cluster };
  const surging = { ...place, now, attempt, reload };
  switch (effect.kind) {
    case 'requestRebuild':
      return requestRebuild(gateways, rollout, effect, now(), attempt);
    case 'surge':
      return surgeGroup(surging, rollout, effect);
    case 'emptySurplus':
      return emptySurplus(surging, rollout, effect);
    case 'endSurplus':
      return endSurplus(surging, rollout, effect);
    case 'keepSurplus':
      return keepSurplus(surging, rollout, effect);
    case 'terminate':
      if (isEndedWithDecrement(rollout, effect)) return endWithDecrement(surging, rollout, effect);
      return terminate(place, rollout, effect, now());
    case 'prove':
      return prove(place, rollout, effect, now());
    case 'restore':
      return restore(place, effect, now());
    case 'deploy':
      return deploy(place, rollout, effect, now, attempt);
    case 'renewTemplate':
      return (await import('./launchTemplate.ts')).renewTemplate(surging, rollout, effect);
    case 'returnTemplate':
      return (await import('./launchTemplate.ts')).returnTemplate(surging, effect);
    default:
      return effect satisfies never;
  }
};

const isEndedWithDecrement = ({ instances }: Rollout, effect: Of<'terminate'>): boolean => {
  const item = instances[effect.containerInstanceArn];
  return item !== undefined && 'surge' in item && item.surge !== undefined;
};

/** The one step that cannot be taken back: ECS itself must say that nothing runs there any more. */
const terminate = async (
  { ecs, autoScaling, cluster }: Place,
  rollout: Rollout,
  effect: Of<'terminate'>,
  now: Instant,
): Promise<Performance> => {
  const item = rollout.instances[effect.containerInstanceArn];
  if (item === undefined) return refused('the instance is no part of this rollout');
  const instance = await ecs.describeInstance(cluster, effect.containerInstanceArn);
  if (instance?.status === 'INACTIVE') return succeeded(effect, now);
  if (stopped(rollout)) return refused(`the rollout was ${rollout.status} before it was ended`);
  if (instance === undefined) return open(notFound);
  if (instance.status !== 'DRAINING') return refused(`the instance is ${instance.status} again`);
  if (!isCountedEmpty(instance)) return open('ECS still counts tasks on it');
  await autoScaling.terminateForReplacement(item.ec2InstanceId);
  return succeeded(effect, now);
};

const prove = async (
  { ecs, cluster }: Place,
  rollout: Rollout,
  effect: Of<'prove'>,
  now: Instant,
): Promise<Performance> => {
  const item = rollout.instances[effect.containerInstanceArn];
  if (item === undefined || !('replacementEc2InstanceId' in item)) {
    return refused('there is no replacement to prove');
  }
  const replacement = await ecs.describeInstance(cluster, item.replacementArn);
  if (replacement?.status !== 'ACTIVE' || !replacement.agentConnected) {
    return open('the replacement is not ACTIVE with its agent connected');
  }
  await ecs.runPinnedTask({
    cluster,
    family: canaryFamilyOf(rollout.policy.canaryFamily ?? '', item.channel),
    ec2InstanceId: item.replacementEc2InstanceId,
    containerInstanceArn: item.replacementArn,
    clientToken: effect.effectId,
    startedBy: effect.effectId,
  });
  return succeeded(effect, now);
};

const restore = async (
  { ecs, cluster }: Place,
  effect: Of<'restore'>,
  now: Instant,
): Promise<Performance> => {
  const instance = await ecs.describeInstance(cluster, effect.containerInstanceArn);
  if (instance === undefined) return open(notFound);
  if (instance.status === 'DRAINING') {
    await ecs.setInstanceStatus(cluster, effect.containerInstanceArn, 'ACTIVE');
  }
  return succeeded(effect, now);
};

/** How far AWS's clock may be behind ours when it dates a deployment. */
const clockSkewMs = 60_000;

/**
 * `UpdateService` knows no token. The deployment that stood before the intent is in the intent; a
 * younger one now means that the call was made and its answer lost, or that someone else has
 * deployed: either way the tag is resolved anew. One that is older than the intent was only not
 * known then, and may have resolved the tag before the rebuild came.
 */
const deploy = async (
  { ecs, cluster }: Place,
  rollout: Rollout,
  effect: Of<'deploy'>,
  now: () => Instant,
  attempt: Attempt,
): Promise<Performance> => {
  const { serviceArn, deploymentBefore, intendedAt } = effect;
  const item = rollout.services[serviceArn];
  if (item === undefined) return refused('the service is no part of this rollout');
  // Dated after the answer: what is described until then may not show the deployment yet.
  const started = (deploymentId: string): Performance => {
    const what = { serviceArn: item.serviceArn, deploymentId, now: now() };
    return { status: 'done', commands: [{ type: 'RecordDeploymentStarted', ...what }] };
  };
  const service = await ecs.describeService(cluster, serviceArn, now());
  if (service === undefined) return open(notFound);
  if (service.status !== 'ACTIVE') return refused(`the service is ${service.status}`);
  const primary = service.deployments.find(({ status }) => status === 'PRIMARY');
  if (primary !== undefined && primary.id !== deploymentBefore) {
    const { id, createdAt = intendedAt } = primary;
    if (createdAt >= intendedAt - clockSkewMs) return started(id);
  }
  if (stopped(rollout)) return refused(`the rollout was ${rollout.status} before it was deployed`);
  if (!(await isEnforced(rollout, item.images, service)))
    return open('its placement is not enforced yet');
  if (!(await attempt())) return open(attempted);
  return started(await ecs.forceNewDeployment(cluster, serviceArn));
};

/** The constraint that the planner saw may have been taken off since. */
const isEnforced = async (
  rollout: Rollout,
  images: readonly string[],
  { placementConstraints }: ObservedService,
): Promise<boolean> => {
  const { allowedBuilds } = await import('../../domain/enforcement/buildConstraint.ts');
  const builds = images.flatMap((image) => rollout.images[image]?.toBuild ?? []);
  const isSafe = (on: WindowsBuild) => builds.every((build) => mayRun(build, on).allowed);
  return allowedBuilds(placementConstraints)?.every(isSafe) === true;
};
