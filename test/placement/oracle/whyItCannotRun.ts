import type { CompatibilityPolicy } from '../../../domain/windows/compatibility.ts';
import type { CompatibilityFloor } from '../../../domain/windows/compatibilityFloors.ts';
import type { WindowsBuild } from '../../../events/ids.ts';
import { compareVersions } from './versions.ts';

export type CompatibilityReason =
  | 'BuildMismatch'
  | 'RevisionMustMatch'
  | 'KnownBadPair'
  | 'BelowFloor';

const server2016 = 14393;
const server2022 = 20348;
const server2025 = 26100;

/**
 * Why an image cannot run on an instance in process isolation, `null` if it can. Builds: Microsoft,
 * "Windows container version compatibility". Floors and bad pairs: between equal builds alone.
 */
export const whyItCannotRun = (
  image: WindowsBuild,
  instance: WindowsBuild,
  { floors, learnedBadPairs }: CompatibilityPolicy,
): CompatibilityReason | null => {
  const [imageBuild, instanceBuild] = [buildOf(image), buildOf(instance)];
  if (!acceptsBuild(instanceBuild, imageBuild)) return 'BuildMismatch';
  if (imageBuild !== instanceBuild) return null;
  if (imageBuild === server2016 && !isSame(image, instance)) return 'RevisionMustMatch';
  const isBad = learnedBadPairs.some(
    (pair) => isSame(pair.image, image) && isSame(pair.instance, instance),
  );
  if (isBad) return 'KnownBadPair';
  return floors.some((floor) => forbids(floor, image, instance)) ? 'BelowFloor' : null;
};

const buildOf = (build: WindowsBuild) => Number(build.split('.')[0]);
const isSame = (one: WindowsBuild, other: WindowsBuild) => compareVersions(one, other) === 0;

/** The rows of Microsoft's table; what has none, such as the Annual Channel, runs with nothing. */
const rows: ReadonlySet<number> = new Set([server2016, 17763, server2022, server2025]);

/**
 * Before Server 2022 builds must be equal. From it on an instance accepts everything from the last
 * long-term release before its own build up to its own build (hcsshim, containerd/platforms).
 */
const acceptsBuild = (instance: number, image: number): boolean => {
  if (!rows.has(instance) || !rows.has(image)) return false;
  if (instance < server2022) return image === instance;
  const lowest = instance > server2025 ? server2025 : server2022;
  return lowest <= image && image <= instance;
};

/** An image from the floor on needs such an instance; with `both` an older one an older too. */
const forbids = (floor: CompatibilityFloor, image: WindowsBuild, instance: WindowsBuild) => {
  const isAbout =
    buildOf(floor.imageFrom) === buildOf(image) &&
    buildOf(floor.instanceFrom) === buildOf(instance);
  if (!isAbout) return false;
  const imageIsNew = compareVersions(image, floor.imageFrom) >= 0;
  const instanceIsNew = compareVersions(instance, floor.instanceFrom) >= 0;
  if (imageIsNew) return !instanceIsNew;
  return floor.binds === 'both' && instanceIsNew;
};
