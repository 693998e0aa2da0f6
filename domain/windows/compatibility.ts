import type { WindowsBuild } from '../../events/ids.ts';
import { once } from '../once.ts';
import { compareBuilds, numbersOf } from './build.ts';
import { type CompatibilityFloor, shippedFloors } from './compatibilityFloors.ts';

export type BadPair = { readonly image: WindowsBuild; readonly instance: WindowsBuild };

/**
 * Editable at run time: Microsoft's table says nothing of revisions, and some of them do not go
 * together.
 */
export type CompatibilityPolicy = {
  readonly floors: readonly CompatibilityFloor[];
  /** Learned from tasks that did not start. */
  readonly learnedBadPairs: readonly BadPair[];
};

export const defaultCompatibility: CompatibilityPolicy = {
  floors: shippedFloors,
  learnedBadPairs: [],
};

export type Compatibility =
  /**
   * `ahead`: the image has a higher revision than the instance; allowed, and always to be listed.
   */
  | { readonly allowed: true; readonly ahead: boolean }
  | {
      readonly allowed: false;
      readonly reason: 'BuildMismatch' | 'RevisionMustMatch' | 'BelowFloor' | 'KnownBadPair';
      readonly detail: string;
    };

/**
 * Builds of images that an instance runs in process isolation (Microsoft Learn,
 * version-compatibility). A build without a row, such as the Annual Channel's 25398, runs nothing
 * and runs nowhere: its runtime would be laxer, but nobody has promised it.
 */
const imageBuilds: ReadonlyMap<number, readonly number[]> = new Map([
  [14393, [14393]],
  [17763, [17763]],
  [20348, [20348]],
  [26100, [20348, 26100]],
]);

/** Before Windows Server 2019 image and host had to match to the revision (the same page). */
const revisionBoundBuild = 14393;

/**
 * Whether a container on `image` may run on an instance on `instance` in process isolation, the
 * only one that ECS has. The first thing that forbids it is named.
 */
export const mayRun = (
  image: WindowsBuild,
  instance: WindowsBuild,
  policy: CompatibilityPolicy = defaultCompatibility,
): Compatibility => {
  const answers = answersBy(policy);
  const ofImage = answers.get(image) ?? new Map<WindowsBuild, Compatibility>();
  answers.set(image, ofImage);
  const answer = ofImage.get(instance) ?? judge(image, instance, policy);
  ofImage.set(instance, answer);
  return answer;
};

/** A policy never changes, and the builds of a fleet are asked about for every task. */
const answersBy = once(
  (_policy: CompatibilityPolicy) => new Map<WindowsBuild, Map<WindowsBuild, Compatibility>>(),
);

const judge = (
  image: WindowsBuild,
  instance: WindowsBuild,
  { floors, learnedBadPairs }: CompatibilityPolicy,
): Compatibility => {
  const of = numbersOf(image);
  const on = numbersOf(instance);
  if (!imageBuilds.get(on.build)?.includes(of.build)) {
    const detail = `Windows build ${on.build} runs no image of build ${of.build}`;
    return { allowed: false, reason: 'BuildMismatch', detail };
  }
  if (of.build === revisionBoundBuild && of.revision !== on.revision) {
    const detail = `on build ${on.build} the image must be ${instance}, and it is ${image}`;
    return { allowed: false, reason: 'RevisionMustMatch', detail };
  }
  // What is learned of revisions says nothing across builds (design decision 7).
  const isOneBuild = of.build === on.build;
  const isBad = learnedBadPairs.some((pair) => pair.image === image && pair.instance === instance);
  if (isOneBuild && isBad) {
    const detail = `${image} was seen to fail on ${instance}`;
    return { allowed: false, reason: 'KnownBadPair', detail };
  }
  const floor = floors.find((each) => isBelow(each, image, instance));
  if (floor !== undefined) {
    const detail = `${image} on ${instance}: ${floor.why} (${floor.source})`;
    return { allowed: false, reason: 'BelowFloor', detail };
  }
  return { allowed: true, ahead: isOneBuild && of.revision > on.revision };
};

/** A floor binds where image and instance are of its own build. */
const isBelow = (
  floor: CompatibilityFloor,
  image: WindowsBuild,
  instance: WindowsBuild,
): boolean => {
  const { build } = numbersOf(floor.imageFrom);
  if (numbersOf(image).build !== build || numbersOf(instance).build !== build) return false;
  const newImage = compareBuilds(image, floor.imageFrom) >= 0;
  const newInstance = compareBuilds(instance, floor.instanceFrom) >= 0;
  return floor.binds === 'both' ? newImage !== newInstance : newImage && !newInstance;
};
