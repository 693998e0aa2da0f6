import type { ObservedInstance, ObservedService } from '../../events/fleet.ts';
import type { Channel, WindowsBuild } from '../../events/ids.ts';
import { isStopped } from '../fleet/fleetShard.ts';
import { type FleetView, tasksOfService } from '../fleet/fleetView.ts';
import { once } from '../once.ts';
import type { AmiState } from '../windows/ami.ts';
import { buildOf, channelOfBuild, compareBuilds, osFamilyChannel } from '../windows/build.ts';
import type { ChannelState } from '../windows/channelState.ts';
import { mayRun } from '../windows/compatibility.ts';
import type { ImageState } from '../windows/image.ts';
import { buildAttribute, instanceBuild } from '../windows/instanceBuild.ts';
import { lineageOf } from '../windows/lineage.ts';
import {
  allowedBuilds,
  buildsMost,
  constraintsMost,
  ownersConstraints,
} from './buildConstraint.ts';
import { roomFor } from './roomFor.ts';

export type EnforcementSight = {
  readonly view: FleetView;
  readonly amis: readonly AmiState[];
  readonly channels: readonly ChannelState[];
  readonly images: ReadonlyMap<string, ImageState>;
  readonly osReserveMiB: number;
};

export type Judgement = {
  /** What the service ought to be constrained to, in order. */
  readonly wanted: readonly WindowsBuild[];
  /** What it is constrained to; `undefined`: nothing. */
  readonly observed: readonly WindowsBuild[] | undefined;
  /** It is constrained, and to nothing on which one of its images may not run. */
  readonly isSafe: boolean;
  /** An instance is there that would match what is wanted. */
  readonly hasPlaces: boolean;
  /** A sentence: why it must not be constrained so. The dearest question, so it is asked last. */
  readonly whyNot: () => string | undefined;
};

/**
 * How `service` is to be kept off instances on which one of its images may not run: those that run
 * now, and those of builds `toCome`. Allowed are builds of instances that are there, and of AMIs on
 * which their successors will come, so that a successor takes tasks as soon as it registers.
 * `undefined` where no image of it is known to be of Windows.
 */
export const judgeService = (
  service: ObservedService,
  toCome: readonly WindowsBuild[],
  sight: EnforcementSight,
): Judgement | undefined => {
  const { view } = sight;
  const images = [...new Set([...runningBuilds(service, sight), ...toCome])];
  const definition = view.taskDefinitions.get(service.taskDefinitionArn);
  const [first] = images;
  if (first === undefined) return undefined;
  const channel = osFamilyChannel(definition?.operatingSystemFamily ?? '') ?? channelOfBuild(first);
  const mayRunAll = (on: WindowsBuild) => images.every((image) => mayRun(image, on).allowed);
  const ground = groundOf(view.instances).get(channel) ?? { channel, ...noGround };
  const { peers, labels } = ground;
  const wanted = buildsFor(images, buildsOn(ground, sight));
  const observed = allowedBuilds(service.placementConstraints);
  const isSafe = observed?.every(mayRunAll) === true;
  const more = definition?.placementConstraints ?? [];
  const whyNot = () =>
    whyNotWritable(service, more.length, wanted.length) ??
    whyNotPlaceable(service, peers, wanted, sight);
  const hasPlaces = wanted.some((build) => labels.has(build));
  return { wanted, observed, isSafe, hasPlaces, whyNot };
};

const noBuild = '' as WindowsBuild;

type Ground = {
  readonly channel: Channel | undefined;
  readonly peers: readonly ObservedInstance[];
  /** What `peers` are labelled. */
  readonly labels: ReadonlySet<WindowsBuild>;
};
const noGround: Omit<Ground, 'channel'> = { peers: [], labels: new Set() };

/** ACTIVE instances, by the channel that their operating system belongs to. */
const groundOf = once((instances: FleetView['instances']) => {
  const active = [...instances.values()].filter(({ status }) => status === 'ACTIVE');
  const byChannel = Map.groupBy(active, ({ attributes }) =>
    osFamilyChannel(attributes['ecs.os-family'] ?? ''),
  );
  return new Map(
    [...byChannel].map(([channel, peers]): [Channel | undefined, Ground] => [
      channel,
      { channel, peers, labels: new Set(peers.map((each) => labelOf(each) ?? noBuild)) },
    ]),
  );
});

/** What its attribute says, which is all that ECS goes by. */
export const labelOf = once(({ attributes }: ObservedInstance): WindowsBuild | undefined =>
  buildOf(attributes[buildAttribute] ?? ''),
);

/** Of each peer its label, or what will be its label in a moment; and what AMIs will bring. */
const buildsOn = (ground: Ground, { amis, channels }: EnforcementSight): readonly WindowsBuild[] =>
  buildsBy(ground)(amis)(channels);

/** The same for every service of the channel. */
const buildsBy = once(({ peers, channel }: Ground) =>
  once((amis: EnforcementSight['amis']) =>
    once((channels: EnforcementSight['channels']): readonly WindowsBuild[] => {
      const builds = peers.flatMap((each) => {
        const found = instanceBuild(each, amis, channels);
        return found.status === 'known' && found.evidence !== 'inferred' ? [found.build] : [];
      });
      return [...new Set([...builds, ...coming(channel, amis)])].toSorted(compareBuilds);
    }),
  ),
);

/** Those of `builds` on which every one of `images` may run. */
const buildsFor = (
  images: readonly WindowsBuild[],
  builds: readonly WindowsBuild[],
): readonly WindowsBuild[] => {
  const answers = answersFor(builds);
  const asked = images.join();
  const answer =
    answers.get(asked) ?? builds.filter((on) => images.every((image) => mayRun(image, on).allowed));
  answers.set(asked, answer);
  return answer;
};

/** Services of a channel mostly run images of the same few builds. */
const answersFor = once(
  (_builds: readonly WindowsBuild[]) => new Map<string, readonly WindowsBuild[]>(),
);

const coming = (
  channel: Channel | undefined,
  amis: EnforcementSight['amis'],
): readonly WindowsBuild[] =>
  amis
    .filter((family) => family.channel === channel)
    .flatMap(({ newest }) => (newest?.build === undefined ? [] : [newest.build]));

const runningBuilds = (
  { serviceName }: ObservedService,
  { view, images, channels }: EnforcementSight,
): readonly WindowsBuild[] =>
  [...(digestsOf(view.tasks).get(`service:${serviceName}`) ?? [])]
    .flatMap((digest) => images.get(digest) ?? [])
    .map((image) => lineageOf(image, channels))
    .flatMap((lineage) => (lineage.status === 'known' ? [lineage.build] : []));

/** What runs in each group, each digest once and in the order of the tasks. */
const digestsOf = once((tasks: FleetView['tasks']): ReadonlyMap<string, ReadonlySet<string>> => {
  const byGroup = new Map<string, Set<string>>();
  for (const task of tasks.values()) {
    if (isStopped(task)) continue;
    const digests = byGroup.get(task.group) ?? new Set();
    byGroup.set(task.group, digests);
    for (const { imageDigest } of task.containers) {
      if (imageDigest !== undefined) digests.add(imageDigest);
    }
  }
  return byGroup;
});

const whyNotWritable = (
  { deploymentController, placementConstraints }: ObservedService,
  ofDefinition: number,
  builds: number,
): string | undefined => {
  if (deploymentController !== 'ECS') return `its deployments belong to ${deploymentController}`;
  const owners = ownersConstraints(placementConstraints).length + ofDefinition;
  if (owners >= constraintsMost) return `its owner's ${owners} placement constraints fill the list`;
  if (builds > buildsMost) return `${builds} builds are more than an expression holds`;
  return undefined;
};

/** `peers` are all that ECS would place it on without the constraint. */
const whyNotPlaceable = (
  service: ObservedService,
  peers: readonly ObservedInstance[],
  wanted: readonly WindowsBuild[],
  sight: EnforcementSight,
): string | undefined => {
  const places = peers.filter((each) => wanted.includes(labelOf(each) ?? noBuild));
  const excluded = peers.find((each) => !places.includes(each));
  const because = excluded === undefined ? '' : `; ${whyExcluded(excluded, sight)}`;
  if (places.length === 0) return `no instance would match${because}`;
  if (excluded === undefined) return undefined;
  if (service.schedulingStrategy === 'DAEMON') return whyNotDaemon(service, peers, places, sight);
  const room = roomFor(service, places, sight);
  if (room >= service.desiredCount) return undefined;
  const what = `room for ${room} of ${service.desiredCount} tasks`;
  return `${places.length} instances match, with ${what}${because}`;
};

/** A daemon is stopped where it no longer matches (ECS Developer Guide, ecs_services). */
const whyNotDaemon = (
  { serviceName }: ObservedService,
  peers: readonly ObservedInstance[],
  places: readonly ObservedInstance[],
  sight: EnforcementSight,
): string | undefined => {
  const on = new Set(
    tasksOfService(sight.view, serviceName).map(({ containerInstanceArn }) => containerInstanceArn),
  );
  const loses = peers.find((each) => !places.includes(each) && on.has(each.containerInstanceArn));
  return loses && `as a daemon it would be stopped: ${whyExcluded(loses, sight)}`;
};

const whyExcluded = (instance: ObservedInstance, { amis, channels }: EnforcementSight): string => {
  const { containerInstanceArn } = instance;
  const label = labelOf(instance);
  if (label !== undefined) return `${containerInstanceArn} is on ${label}`;
  const found = instanceBuild(instance, amis, channels);
  const why = found.status === 'unknown' ? found.reason : `it carries no ${buildAttribute} yet`;
  return `${containerInstanceArn}: ${why}`;
};
