import type { PlacementInstance, RunningTask } from '../../../domain/placement/placementProblem.ts';
import type { Instant, WindowsBuild } from '../../../events/ids.ts';
import type { Mood } from './randomMood.ts';
import type { Randomness } from './randomness.ts';
import { agentPorts, attributeValues, dynamicPorts, groups, layers, ports } from './vocabulary.ts';

/** The second that queries about `registeredAt` name; instances register around it. */
export const registration = Date.parse('2025-10-14T17:00:00Z');

export const randomInstance = (
  random: Randomness,
  mood: Mood,
  id: string,
  builds: readonly WindowsBuild[],
): PlacementInstance => {
  const { chance, pick, some, whole } = random;
  const isUnusable = chance(mood.unusable);
  const trouble = isUnusable ? pick(['status', 'agent', 'unproven', 'all'] as const) : null;
  return {
    id,
    ec2InstanceId: chance(0.1) ? null : `i-${(/\d+$/.exec(id)?.[0] ?? '').padStart(2, '0')}`,
    status:
      trouble === 'status' || trouble === 'all'
        ? pick(['DRAINING', 'REGISTERING', 'INACTIVE', 'active'])
        : 'ACTIVE',
    agentConnected: trouble !== 'agent' && trouble !== 'all',
    isProven: trouble !== 'unproven' && trouble !== 'all',
    agentVersion: chance(0.15) ? null : pick(['1.99.0', '1.99', '1.100.1', '1.9.3', '2']),
    registeredAt: chance(0.15)
      ? null
      : ((registration + pick([-86_400_000, -1, 0, 500, 1000, 86_400_000])) as Instant),
    attributes: randomAttributes(random, mood),
    remaining: randomRemaining(random, mood),
    build: chance(mood.unknownBuild) ? null : pick(builds),
    layers: chance(mood.unknownLayers) ? null : some(layers, 0.5).map(({ diffId }) => diffId),
    tasks: random.times(pick([0, 0, 1, 2, 3, whole(0, 8)]), (position) =>
      randomRunningTask(random, `${id}/${position}`),
    ),
  };
};

const randomAttributes = ({ chance, pick }: Randomness, mood: Mood) => {
  const attributes: Record<string, string | null> = {};
  for (const [name, values] of Object.entries(attributeValues)) {
    if (chance(mood.missingAttribute)) continue;
    const value = pick<string | null>(values);
    attributes[name] = chance(mood.valuelessAttribute) ? null : value;
  }
  return attributes;
};

/** Taken ports repeat themselves and the agent's: ECS lists the agent's among them or does not. */
const randomRemaining = ({ chance, pick, some, whole }: Randomness, mood: Mood) => {
  // With the eleven ports of the agent that is a little under a hundred, or just above.
  const filler = chance(mood.fullOfPorts) ? whole(80, 90) : 0;
  const inTcp = chance(0.5) ? filler : Math.floor(filler / 2);
  const fill = (count: number) => Array.from({ length: count }, (_, position) => 10_000 + position);
  const taken = () => [
    ...some(ports, mood.ports / 4),
    ...some(dynamicPorts, 0.3),
    ...some([8080, 9000], mood.ports / 10),
  ];
  const cpus = chance(mood.tightCpu)
    ? [0, 255, 256, 640, 1024, 2048]
    : [8192, 16_384, whole(8000, 64_000)];
  const memories = chance(mood.tightMemory)
    ? [0, 1024, 2047, 2048, 3072, 4096, 5120]
    : [32_768, 65_536, whole(20_000, 200_000)];
  return {
    cpu: pick(cpus),
    memoryMiB: pick(memories),
    gpus: pick([0, 0, 1, 2, 4]),
    networkInterfaces: pick([null, 0, 1, 3, 8, 14]),
    tcpPorts: [...taken(), ...fill(inTcp), ...(chance(0.7) ? agentPorts : [])],
    udpPorts: [...taken(), ...fill(filler - inTcp)],
  };
};

const randomRunningTask = ({ chance, pick, some }: Randomness, id: string): RunningTask => ({
  id,
  group: pick(groups),
  desiredStatus: chance(0.25) ? 'STOPPED' : 'RUNNING',
  // Of no account while nothing is released; there to be subtracted by mistake.
  holds: {
    cpu: pick([0, 256, 1024]),
    memoryMiB: pick([512, 2048]),
    gpus: pick([0, 0, 1]),
    networkInterfaces: pick([0, 1]),
    tcpPorts: some(ports, 0.1),
    udpPorts: some(ports, 0.1),
  },
  isProtected: chance(0.2),
});
