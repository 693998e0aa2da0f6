import type { ObservedService, ObservedTask } from '../../events/fleet.ts';
import type { Channel, RolloutId, WindowsBuild } from '../../events/ids.ts';
import type { Held } from '../../events/rollout.ts';
import type { ImageItem, InstanceItem, ServiceItem, Target } from '../../events/rolloutItems.ts';
import type { RolloutPolicy } from '../../events/rolloutPolicy.ts';
import { tasksOfService } from '../fleet/fleetView.ts';
import { compareBuilds } from '../windows/build.ts';
import { instanceBuild } from '../windows/instanceBuild.ts';
import { type ImageLineage, lineageOf } from '../windows/lineage.ts';
import type { OperatorCommand } from './rolloutCommand.ts';
import type { Sight } from './sight.ts';

type PlanCommand = Extract<OperatorCommand, { type: 'PlanRollout' }>;

/**
 * One campaign over everything in the cluster that runs behind `targets`. What is behind and cannot
 * be part of it, and what cannot be judged, is in `held` with its reason: a plan that is silent
 * about an instance would be a lie.
 */
export const planRollout = (
  sight: Sight,
  {
    rolloutId,
    targets,
    emergency,
    policy,
    actor,
  }: {
    readonly rolloutId: RolloutId;
    readonly targets: readonly Target[];
    readonly emergency: boolean;
    readonly policy: RolloutPolicy;
    readonly actor: string;
  },
): PlanCommand => {
  const targetOf = (channel: Channel) => targets.find((each) => each.channel === channel)?.build;
  const instances = planInstances(sight, targetOf);
  const services = planServices(sight, targetOf);
  return {
    type: 'PlanRollout',
    rolloutId,
    clusterName: sight.view.clusterName,
    targets,
    emergency,
    policy,
    images: services.images,
    instances: instances.items,
    services: services.items,
    held: [...instances.held, ...services.held, ...standaloneTasks(sight)],
    actor,
    now: sight.now,
  };
};

type TargetOf = (channel: Channel) => WindowsBuild | undefined;

const planInstances = (
  { view, amis, channels }: Sight,
  targetOf: TargetOf,
): { readonly items: readonly InstanceItem[]; readonly held: readonly Held[] } => {
  const items: InstanceItem[] = [];
  const held: Held[] = [];
  for (const instance of sorted(view.instances.values(), (each) => each.containerInstanceArn)) {
    const { containerInstanceArn, ec2InstanceId } = instance;
    const build = instanceBuild(instance, amis, channels);
    if (build.status === 'unknown') {
      held.push({ subject: containerInstanceArn, reason: 'BuildUnknown', detail: build.reason });
      continue;
    }
    const target = targetOf(build.channel);
    if (target === undefined || compareBuilds(build.build, target) >= 0) continue;
    if (ec2InstanceId === undefined) {
      const detail = 'it is an external instance, which Tuesday cannot replace';
      held.push({ subject: containerInstanceArn, reason: 'InstanceNotActive', detail });
      continue;
    }
    const { channel, build: fromBuild } = build;
    items.push({ containerInstanceArn, ec2InstanceId, channel, fromBuild });
  }
  return { items, held };
};

const planServices = (sight: Sight, targetOf: TargetOf) => {
  const images = new Map<string, ImageItem>();
  const items: ServiceItem[] = [];
  const held: Held[] = [];
  for (const service of sorted(sight.view.services.values(), (each) => each.serviceArn)) {
    if (service.status !== 'ACTIVE') continue;
    const found = staleImages(service, sight, targetOf);
    held.push(...found.held);
    const [first] = found.stale;
    if (first === undefined) continue;
    for (const item of found.stale) images.set(item.image, item);
    const { serviceArn, serviceName } = service;
    const named = found.stale.map(({ image }) => image).toSorted();
    items.push({ serviceArn, serviceName, channel: first.channel, images: named });
  }
  return { images: sorted(images.values(), (each) => each.image), items, held };
};

/**
 * The image tags of one service whose running tasks are behind, and what about it cannot be judged
 * or rebuilt.
 */
const staleImages = (service: ObservedService, sight: Sight, targetOf: TargetOf) => {
  const stale = new Map<string, ImageItem>();
  const held = new Map<string, Held>();
  const subject = service.serviceArn;
  for (const { image, imageDigest } of containersOf(
    tasksOfService(sight.view, service.serviceName),
  )) {
    const known = imageDigest === undefined ? undefined : sight.images.get(imageDigest);
    const lineage = known === undefined ? undefined : lineageOf(known, sight.channels);
    if (known === undefined || lineage?.status !== 'known') {
      held.set(image, {
        subject,
        reason: 'ImageUnknown',
        detail: `${image}: ${whyUnknown(imageDigest, lineage)}`,
      });
      continue;
    }
    const toBuild = targetOf(lineage.channel);
    if (toBuild === undefined || compareBuilds(lineage.build, toBuild) >= 0) continue;
    if (image.includes('@')) {
      const detail = `${image} is pinned by digest: only a new task definition moves it`;
      held.set(image, { subject, reason: 'DigestPinned', detail });
      continue;
    }
    // A colon before the last slash belongs to the registry's port; without a tag ECS pulls
    // `latest`.
    const colon =
      image.lastIndexOf(':') > image.lastIndexOf('/') ? image.lastIndexOf(':') : undefined;
    stale.set(image, {
      image,
      repository: image.slice(0, colon),
      tag: colon === undefined ? 'latest' : image.slice(colon + 1),
      staleDigest: known.digest,
      channel: lineage.channel,
      fromBuild: lineage.build,
      toBuild,
    });
  }
  return { stale: [...stale.values()], held: [...held.values()] };
};

const whyUnknown = (digest: string | undefined, lineage: ImageLineage | undefined): string => {
  if (lineage?.status === 'unknown') return lineage.reason;
  if (digest !== undefined) return 'its config has not been read yet';
  return 'ECS reports no digest, as it does for images outside ECR; nobody can say what it is';
};

const containersOf = (tasks: readonly ObservedTask[]) =>
  tasks
    .flatMap((task) => task.containers)
    .flatMap(({ image, imageDigest }) => (image === undefined ? [] : [{ image, imageDigest }]));

/** ECS moves service tasks; a task that someone started by hand is moved by nobody. */
const standaloneTasks = ({ view }: Sight): readonly Held[] =>
  sorted(view.tasks.values(), (each) => each.taskArn)
    .filter(({ group, lastStatus }) => !group.startsWith('service:') && lastStatus === 'RUNNING')
    .filter(({ startedBy }) => !startedBy?.startsWith('prove-'))
    .map(({ taskArn, group }) => ({
      subject: taskArn,
      reason: 'StandaloneTask',
      detail: `${group} was started outside a service; it is left to end by itself`,
    }));

const sorted = <T>(items: Iterable<T>, key: (item: T) => string): readonly T[] =>
  [...items].toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
