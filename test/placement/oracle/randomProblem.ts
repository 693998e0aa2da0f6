import type {
  PlacementProblem,
  PlacementRules,
  PlacementTask,
} from '../../../domain/placement/placementProblem.ts';
import type { CompatibilityPolicy } from '../../../domain/windows/compatibility.ts';
import type { WindowsBuild } from '../../../events/ids.ts';
import { randomInstance } from './randomInstance.ts';
import { type Mood, randomMood } from './randomMood.ts';
import { type Randomness, randomness } from './randomness.ts';
import { randomTask } from './randomTask.ts';
import { agentPorts, buildsByRelease, floors } from './vocabulary.ts';

/**
 * The problem number `index` of a seed: small enough to scan, and hostile. Every one has its own
 * mood, so that most rules are silent in most problems and the last of them is still reached.
 */
export const randomProblem = (seed: number, index: number): PlacementProblem => {
  const random = randomness(seed, index);
  const { chance, pick, whole } = random;
  const mood = randomMood(random);
  const instancesMax = pick([2, 5, 9, 12, 12, 12, 16, 20, 40]);
  const ids = randomIds(
    random,
    chance(0.02) ? 0 : whole(Math.ceil(instancesMax / 2), instancesMax),
  );
  const builds = randomBuilds(random, mood);
  return {
    instances: ids.map((id) => randomInstance(random, mood, id, builds.ofInstances)),
    tasks: randomTasks(random, (id) => randomTask(random, mood, id, builds.ofImages, ids)),
    rules: randomRules(random, builds.ofInstances, builds.ofImages),
  };
};

/**
 * In some problems every task is of its own kind; in most there are many of a few, as the tasks of
 * services are: the same definition under the same group, or under another one. An engine may keep
 * what it knows of a definition, so there is something to forget.
 */
const randomTasks = (
  random: Randomness,
  make: (id: string) => PlacementTask,
): readonly PlacementTask[] => {
  const { chance, draw, pick, times, whole } = random;
  const count = whole(1, pick([5, 10, 20, 40]));
  const kinds = times(pick([1, 2, 3, 5, count]), (position) => make(`kind-${position}`));
  return times(count, (position) => {
    const id = `task-${position}`;
    if (kinds.length >= count) return make(id);
    const kind = pick(kinds);
    const group = chance(0.2) ? pick(kinds).group : kind.group;
    // Another revision of the task definition, and all else as it was.
    const containers = chance(0.2) ? pick(kinds).containers : kind.containers;
    return { ...kind, id, group, containers, chance: draw() };
  });
};

/** Their order as text is neither that of numbers nor that of a dictionary. */
const randomIds = ({ pick, shuffled, times }: Randomness, count: number): readonly string[] => {
  const cluster = 'arn:aws:ecs:eu-west-1:111122223333:container-instance/shop';
  const name = (position: number) => `${pick(['a-', 'A', 'b_', ''])}${position}`;
  return shuffled(times(count, (position) => `${cluster}/${name(position)}`));
};

type Builds = {
  readonly ofInstances: readonly WindowsBuild[];
  readonly ofImages: readonly WindowsBuild[];
};

/** Of one release, and of another as often as the mood says. Each may repeat itself. */
const randomBuilds = (random: Randomness, mood: Mood): Builds => {
  const { chance, pick, times } = random;
  const releases = Object.values(buildsByRelease);
  const main = pick(releases);
  const fewest = () => times(2, () => pick(main));
  const others = () => times(3, () => pick(chance(mood.otherRelease) ? pick(releases) : main));
  return {
    ofInstances: [...fewest(), ...others()],
    ofImages: [...fewest(), ...others()],
  };
};

const randomRules = (
  random: Randomness,
  instances: readonly WindowsBuild[],
  images: readonly WindowsBuild[],
): PlacementRules => {
  const { chance, pick } = random;
  return {
    reservedTcpPorts: pick([agentPorts, agentPorts, agentPorts, [80, 53, 53, 50_000], []]),
    windows: chance(0.25)
      ? null
      : {
          osReserveMiB: pick([0, 1024, 2048, 2048]),
          compatibility: chance(0.2) ? null : randomPolicy(random, instances, images),
        },
  };
};

const randomPolicy = (
  { pick, some, times }: Randomness,
  instances: readonly WindowsBuild[],
  images: readonly WindowsBuild[],
): CompatibilityPolicy => ({
  floors: pick([floors, floors, some(floors, 0.5), []]),
  learnedBadPairs: times(pick([0, 0, 0, 1, 2]), () => ({
    image: pick(images),
    instance: pick(instances),
  })),
});
