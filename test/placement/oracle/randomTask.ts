import type {
  PlacementConstraint,
  PlacementContainer,
  PlacementStrategy,
  PlacementTask,
  RequiredAttribute,
} from '../../../domain/placement/placementProblem.ts';
import type { WindowsBuild } from '../../../events/ids.ts';
import type { Mood } from './randomMood.ts';
import type { Randomness } from './randomness.ts';
import { randomQuery } from './randomQuery.ts';
import {
  attributeValues,
  dynamicPorts,
  groups,
  inheritedNames,
  layers,
  ports,
} from './vocabulary.ts';

export const randomTask = (
  random: Randomness,
  mood: Mood,
  id: string,
  builds: readonly WindowsBuild[],
  instanceIds: readonly string[],
): PlacementTask => {
  const { chance, pick, draw, whole } = random;
  const wantsPorts = chance(mood.ports);
  return {
    id,
    group: pick(groups),
    containers: random.times(pick([1, 1, 1, 2, 3]), (position) =>
      randomContainer(random, mood, `container-${position}`, builds, wantsPorts),
    ),
    networkMode: chance(mood.awsvpc) ? 'awsvpc' : 'default',
    requiredAttributes: chance(mood.requiredAttributes)
      ? random.times(whole(1, 2), () => randomRequirement(random))
      : [],
    constraints: randomConstraints(random, mood),
    strategies: random.times(pick([0, 1, 1, 2, 2, 3, 4, 5]), () => randomStrategy(random, mood)),
    hostVolumeInstanceId: chance(mood.hostVolume)
      ? pick([...instanceIds, 'an instance that is gone'])
      : null,
    chance: chance(0.1) ? pick([0, 1 - 2 ** -53]) : draw(),
  };
};

const randomContainer = (
  { chance, pick, some, shuffled, whole }: Randomness,
  mood: Mood,
  name: string,
  builds: readonly WindowsBuild[],
  wantsPorts: boolean,
): PlacementContainer => {
  const wanted = (most: number) => {
    if (!wantsPorts) return [];
    const distinct = shuffled(ports).slice(0, whole(0, most));
    const assigned = chance(mood.dynamicPorts) ? [pick(dynamicPorts)] : [];
    const [first] = distinct;
    const again = first !== undefined && chance(mood.portTwice) ? [first] : [];
    return [...distinct, ...assigned, ...again];
  };
  const tcpPorts = wanted(1);
  return {
    name,
    cpu: pick([0, 128, 128, 256, 256, 512]),
    memoryMiB: chance(mood.noMemoryLimit) ? null : pick([256, 512, 512, 1024, 2048]),
    gpus: chance(mood.gpus) ? pick([1, 1, 1, 2]) : 0,
    tcpPorts,
    // One number in both protocols is two ports.
    udpPorts: chance(0.2) ? tcpPorts : chance(0.3) ? wanted(2) : [],
    imageBuild: chance(mood.unknownImageBuild) ? null : pick(builds),
    layers: chance(mood.unknownLayers / 4) ? null : some(layers, 0.4),
  };
};

const randomRequirement = ({ chance, pick }: Randomness): RequiredAttribute => {
  if (chance(0.05)) return { name: pick(inheritedNames), value: null };
  const [name, values] = pick(Object.entries(attributeValues));
  return { name, value: chance(0.4) ? null : pick<string | null>(values) };
};

const randomConstraints = (random: Randomness, mood: Mood): readonly PlacementConstraint[] => {
  const constraints: PlacementConstraint[] = [];
  if (random.chance(mood.distinctInstance)) constraints.push({ type: 'distinctInstance' });
  for (let query = 0; query < 2; query += 1) {
    if (!random.chance(mood.memberOf)) continue;
    constraints.push({ type: 'memberOf', query: randomQuery(random) });
  }
  return random.shuffled(constraints);
};

const randomStrategy = ({ chance, pick }: Randomness, mood: Mood): PlacementStrategy => {
  // One that is random leaves nothing to those after it, so it is rare.
  if (chance(mood.random / 4)) return { type: 'random' };
  if (chance(0.2)) return { type: 'binpack', field: pick(['cpu', 'memory'] as const) };
  if (chance(0.2)) return { type: 'spread', field: pick(['instanceId', 'host'] as const) };
  const name = chance(0.04) ? pick(inheritedNames) : pick(spreadable);
  return { type: 'spread', field: `attribute:${name}` };
};

const spreadable = ['ecs.availability-zone', 'ecs.instance-type', 'rack', 'stack'] as const;
