import type { ObservedInstance, ObservedTask } from '../../events/fleet.ts';
import type { ContainerInstanceArn, Digest, Instant, TaskArn } from '../../events/ids.ts';
import type { FleetView } from '../fleet/fleetView.ts';
import type { AmiState } from '../windows/ami.ts';
import { compareBuilds } from '../windows/build.ts';
import type { ChannelState } from '../windows/channelState.ts';
import type { ImageState } from '../windows/image.ts';
import { imageName } from '../windows/imageName.ts';
import { instanceBuild } from '../windows/instanceBuild.ts';
import { type ImageLineage, lineageOf } from '../windows/lineage.ts';
import { type Standing, standingOf, unknownStanding, worstFirst } from './standing.ts';

export type ExposureSight = {
  readonly view: FleetView;
  readonly channels: readonly ChannelState[];
  readonly amis: readonly AmiState[];
  /** By digest. */
  readonly images: ReadonlyMap<string, ImageState>;
  readonly now: Instant;
};

/** A running task, by the worst of its container images. */
export type TaskRow = {
  readonly kind: 'task';
  readonly id: TaskArn;
  /** `service:<name>`, or `family:<name>` for a task outside a service. */
  readonly group: string;
  /** Absent on Fargate. */
  readonly containerInstanceArn?: ContainerInstanceArn;
  /** As its task definition writes it. */
  readonly image?: string;
  readonly imageDigest?: Digest;
  readonly standing: Standing;
};

export type InstanceRow = {
  readonly kind: 'instance';
  readonly id: ContainerInstanceArn;
  readonly ec2InstanceId?: string;
  readonly instanceStatus: string;
  readonly standing: Standing;
};

/**
 * Containers run in these, from their start until the last has stopped (ECS Developer Guide,
 * task-lifecycle).
 */
const runningStatuses: ReadonlySet<string> = new Set([
  'ACTIVATING',
  'RUNNING',
  'DEACTIVATING',
  'STOPPING',
]);

/** One row for every task whose containers run, on Fargate too, in the order of their ARNs. */
export const taskRows = (sight: ExposureSight): readonly TaskRow[] => {
  const lineages = rememberedLineage(sight);
  const pushes = pushesByRepository(sight);
  return [...sight.view.tasks.values()]
    .filter(({ lastStatus }) => runningStatuses.has(lastStatus))
    .toSorted((a, b) => (a.taskArn < b.taskArn ? -1 : 1))
    .map((task) => taskRow(task, { ...sight, lineages, pushes }));
};

type Lineages = (image: ImageState) => ImageLineage;
type Pushes = ReadonlyMap<string, readonly ImageState[]>;
type TaskSight = ExposureSight & { readonly lineages: Lineages; readonly pushes: Pushes };

/** Thousands of tasks run a few images: each is judged once. */
const rememberedLineage = ({ channels }: ExposureSight): Lineages => {
  const judged = new Map<string, ImageLineage>();
  return (image) => {
    const known = judged.get(image.digest) ?? lineageOf(image, channels);
    judged.set(image.digest, known);
    return known;
  };
};

const pushesByRepository = ({ images }: ExposureSight): Pushes => {
  const pushes = new Map<string, ImageState[]>();
  for (const image of images.values()) {
    for (const repository of image.repositories) {
      const known = pushes.get(repository);
      if (known === undefined) pushes.set(repository, [image]);
      else known.push(image);
    }
  }
  return pushes;
};

const taskRow = (task: ObservedTask, sight: TaskSight): TaskRow => {
  const { taskArn, group, containerInstanceArn, containers } = task;
  const judged = containers
    .map((container) => ({ container, standing: imageStanding(container, sight) }))
    .toSorted((a, b) => worstFirst(a.standing, b.standing));
  const [worst] = judged;
  const standing = worst?.standing ?? unknownStanding('NoDigest', 'it names no container');
  const { image, imageDigest } = worst?.container ?? {};
  return {
    kind: 'task',
    id: taskArn,
    group,
    ...(containerInstanceArn === undefined ? {} : { containerInstanceArn }),
    ...(image === undefined ? {} : { image }),
    ...(imageDigest === undefined ? {} : { imageDigest }),
    standing,
  };
};

const imageStanding = (
  { name, image, imageDigest }: ObservedTask['containers'][number],
  sight: TaskSight,
): Standing => {
  if (imageDigest === undefined) {
    return unknownStanding('NoDigest', `ECS gave no image digest for container ${name}`);
  }
  const known = sight.images.get(imageDigest);
  if (known === undefined) {
    return unknownStanding('NotInspected', `${image ?? imageDigest} has not been read yet`);
  }
  const lineage = sight.lineages(known);
  if (lineage.status === 'unknown') {
    return unknownStanding(lineage.code, `${image ?? imageDigest}: ${lineage.reason}`);
  }
  const { build, channel, flavour = 'servercore' } = lineage;
  return standingOf(build, { channel, flavour }, sight, (newest) =>
    isRebuilt(image, sight, (built) => compareBuilds(built, newest) >= 0) ? 'rollout' : 'rebuild',
  );
};

/** The tag that the task was started from has been pushed again on a build that is new enough. */
const isRebuilt = (
  image: string | undefined,
  { pushes, lineages }: TaskSight,
  isEnough: (build: Extract<ImageLineage, { status: 'known' }>['build']) => boolean,
): boolean => {
  if (image === undefined) return false;
  const { repository, tag } = imageName(image);
  for (const pushed of pushes.get(repository) ?? []) {
    if (tag !== undefined && !pushed.tags.includes(tag)) continue;
    const lineage = lineages(pushed);
    if (lineage.status === 'known' && isEnough(lineage.build)) return true;
  }
  return false;
};

/** One row for every registered instance, in the order of their ARNs. */
export const instanceRows = (sight: ExposureSight): readonly InstanceRow[] =>
  [...sight.view.instances.values()]
    .toSorted((a, b) => (a.containerInstanceArn < b.containerInstanceArn ? -1 : 1))
    .map((instance) => ({
      kind: 'instance',
      id: instance.containerInstanceArn,
      ...(instance.ec2InstanceId === undefined ? {} : { ec2InstanceId: instance.ec2InstanceId }),
      instanceStatus: instance.status,
      standing: instanceStanding(instance, sight),
    }));

/** Measured by Server Core's releases, the flavour that every channel has. */
const instanceStanding = (instance: ObservedInstance, sight: ExposureSight): Standing => {
  if (instance.attributes['ecs.os-type'] === 'linux') {
    return unknownStanding('NotWindows', 'it runs Linux');
  }
  const found = instanceBuild(instance, sight.amis, sight.channels);
  if (found.status === 'unknown') return unknownStanding('BuildUnknown', found.reason);
  const { build, channel } = found;
  return standingOf(build, { channel, flavour: 'servercore' }, sight, (newest) => {
    const published = sight.amis
      .filter((family) => family.channel === channel)
      .flatMap(({ amis }) => amis);
    const reaches = published.some(
      (ami) => ami.build !== undefined && compareBuilds(ami.build, newest) >= 0,
    );
    return reaches ? 'rollout' : 'ami';
  });
};
