import type { ObservedContainer, ObservedService } from '../../events/fleet.ts';
import type { WindowsBuild } from '../../events/ids.ts';
import { tasksOfService } from '../fleet/fleetView.ts';
import { isDeadlocked } from '../service/deploymentBounds.ts';
import { whyBelowMinimum } from '../service/runningTasks.ts';
import { compareBuilds } from '../windows/build.ts';
import { lineageOf } from '../windows/lineage.ts';
import { whyNotQuiet } from './alarms.ts';
import type { ImageProgress, Rollout, ServiceProgress } from './rolloutState.ts';
import { type Hold, hold, type Sight } from './sight.ts';
import { whyNotAhead } from './whyNotAhead.ts';
import { whyNotRunning } from './whyNotDrain.ts';
import { whyNotEnforced } from './whyNotEnforced.ts';
import { whyNotNow } from './whyNotNow.ts';

/**
 * The first thing that stands against a new deployment of `service` now; `undefined` if nothing
 * does.
 */
export const whyNotDeploy = (
  rollout: Rollout,
  item: ServiceProgress,
  service: ObservedService,
  sight: Sight,
  instancesComing: ReadonlySet<string>,
): Hold | undefined => {
  const subject = item.serviceArn;
  const images = item.images.flatMap((image) => rollout.images[image] ?? []);
  return (
    whyNotRunning(rollout, subject, sight) ??
    whyNotAllowed(subject, service) ??
    whyNotBuilt(subject, images) ??
    whyNotReady(subject, service, sight) ??
    whyNotAhead(rollout, item, images, sight, instancesComing) ??
    whyNotNow(subject, [item.serviceName], sight) ??
    whyNotQuiet(rollout, subject, sight) ??
    whyNotEnforced(item, service, images, sight)
  );
};

/** What the service's own settings forbid. */
const whyNotAllowed = (subject: string, service: ObservedService): Hold | undefined => {
  const { minimumHealthyPercent: minimum, maximumPercent: maximum } = service;
  if (isDeadlocked(service)) {
    const bounds = `minimum ${minimum}% and maximum ${maximum}% of ${service.desiredCount} tasks`;
    const detail = `${bounds}: ECS can neither stop nor start one`;
    return hold(subject, 'DeploymentDeadlock', detail);
  }
  if (service.deploymentController !== 'ECS') {
    const detail = `its deployments belong to ${service.deploymentController}`;
    return hold(subject, 'ExternalDeployment', detail);
  }
  return undefined;
};

const whyNotBuilt = (subject: string, images: readonly ImageProgress[]): Hold | undefined => {
  const overdue = images.find(({ status }) => status === 'overdue');
  if (overdue !== undefined) {
    return hold(subject, 'RebuildOverdue', `${overdue.image} was not rebuilt in time`);
  }
  const pending = images.find(({ status }) => status !== 'arrived');
  if (pending === undefined) return undefined;
  return hold(subject, 'RebuildPending', `${pending.image} waits for its rebuild`);
};

/** What the service is busy with. */
const whyNotReady = (
  subject: string,
  service: ObservedService,
  { view }: Sight,
): Hold | undefined => {
  const primary = service.deployments.find(({ status }) => status === 'PRIMARY');
  if (primary === undefined) {
    return hold(subject, 'DeploymentInProgress', 'no primary deployment of it has been described');
  }
  if (service.deployments.length > 1 || primary.rolloutState === 'IN_PROGRESS') {
    return hold(subject, 'DeploymentInProgress', `${primary.id} is under way`);
  }
  const below = whyBelowMinimum(view, service);
  return below === undefined ? undefined : hold(subject, 'ServiceBelowMinimum', below);
};

/**
 * Every task of the service is on images at least as new as asked for: there is nothing left to
 * deploy. Where a task runs none of the images by the names in the plan, its owner has renamed
 * them, and all that it runs is judged: what cannot be judged is not taken for rebuilt.
 */
export const runsOnlyRebuilt = (
  rollout: Rollout,
  item: ServiceProgress,
  sight: Pick<Sight, 'view' | 'images' | 'channels'>,
): boolean => {
  const tasks = tasksOfService(sight.view, item.serviceName);
  const target = rollout.targets.find(({ channel }) => channel === item.channel);
  if (tasks.length === 0 || target === undefined) return false;
  const planned = new Set(item.images);
  return tasks.every(({ containers }) => {
    const named = containers.filter(({ image }) => image !== undefined && planned.has(image));
    const judged = named.length > 0 ? named : containers;
    return judged.length > 0 && judged.every((each) => isRebuilt(each, target.build, sight));
  });
};

const isRebuilt = (
  { imageDigest }: ObservedContainer,
  build: WindowsBuild,
  { images, channels }: Pick<Sight, 'images' | 'channels'>,
): boolean => {
  const known = imageDigest === undefined ? undefined : images.get(imageDigest);
  if (known === undefined) return false;
  const lineage = lineageOf(known, channels);
  return lineage.status === 'known' && compareBuilds(lineage.build, build) >= 0;
};
