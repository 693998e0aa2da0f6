import type { PackingProblem, PackingTask } from '../domain/placement/packing/packing.ts';
import type { HeldResources } from '../domain/placement/placementProblem.ts';
import { createRandom } from './random.ts';

/** A task that minds no other. */
export const alone = (id: string, needs: Partial<HeldResources>): PackingTask => ({
  id,
  group: id,
  isDistinct: false,
  needs: {
    cpu: 0,
    memoryMiB: 0,
    gpus: 0,
    networkInterfaces: 0,
    tcpPorts: [],
    udpPorts: [],
    ...needs,
  },
});

export type GeneratedSet = {
  readonly name: string;
  readonly on: string;
  readonly seed: number;
  readonly services: number;
  /** The most tasks of one service. */
  readonly tasksMax: number;
  readonly cpus: readonly number[];
  /** One in so many services has a host port, or is distinct; 0: none. */
  readonly onePortIn: number;
  readonly oneDistinctIn: number;
};

/** m5.4xlarge: 16 vCPU and 64 GiB, less 2,048 MiB for Windows. */
const capacity = { cpu: 16_384, memoryMiB: 65_536 - 2_048 };

export const generatedSets: readonly GeneratedSet[] = [
  {
    name: 'services',
    on: '120 services, a fifth with a host port, a tenth distinct',
    seed: 7,
    services: 120,
    tasksMax: 80,
    cpus: [256, 512, 1_024, 2_048, 4_096],
    onePortIn: 5,
    oneDistinctIn: 10,
  },
  {
    name: 'large',
    on: '200 services whose tasks take a fifth to a half of an instance',
    seed: 7,
    services: 200,
    tasksMax: 20,
    cpus: [3_072, 4_096, 5_120, 6_144, 8_192],
    onePortIn: 0,
    oneDistinctIn: 0,
  },
];

/** Tasks in random order; 1 to 6 GiB a vCPU in steps of 256 MiB, at least 512 MiB. */
export const generatedProblem = (set: GeneratedSet): PackingProblem => {
  const random = createRandom(set.seed);
  const isOneIn = (count: number) => count > 0 && random.below(count) === 0;
  const tasks = Array.from({ length: set.services }, (_, service) => {
    const cpu = random.oneOf(set.cpus);
    const perCpu = 1 + random.next() * 5;
    const memoryMiB = Math.max(512, Math.round((cpu * perCpu) / 256) * 256);
    const tcpPorts = isOneIn(set.onePortIn) ? [8_000 + random.below(40)] : [];
    const isDistinct = isOneIn(set.oneDistinctIn);
    return Array.from({ length: 1 + random.below(set.tasksMax) }, (_each, index) => ({
      ...alone(`${service}-${index}`, { cpu, memoryMiB, tcpPorts }),
      group: `service:${service}`,
      isDistinct,
    }));
  }).flat();
  return {
    tasks: random.shuffled(tasks),
    instances: [],
    instanceTypes: [
      {
        id: 'm5.4xlarge',
        capacity: { ...capacity, gpus: 0, networkInterfaces: 3, tcpPorts: [], udpPorts: [] },
        countMax: null,
        cost: null,
      },
    ],
  };
};
