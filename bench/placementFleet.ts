import type {
  PlacementConstraint,
  PlacementInstance,
  PlacementProblem,
  PlacementStrategy,
  PlacementTask,
} from '../domain/placement/placementProblem.ts';
import { parseQuery } from '../domain/placement/query/parse.ts';
import { createRandom } from './random.ts';

const zones = ['eu-west-1a', 'eu-west-1b', 'eu-west-1c'];

const strategies: readonly PlacementStrategy[] = [
  { type: 'spread', field: 'attribute:ecs.availability-zone' },
  { type: 'binpack', field: 'memory' },
];

/**
 * A fleet with nothing on it, and tasks of 200 services in random order: 128 to 2,048 CPU units,
 * 512 to 8,192 MiB, and a static host port for every fifth service. About what fits: 20 tasks for
 * each instance of 16 vCPU and 64 GiB.
 */
export const placementFleet = ({
  instanceCount,
  taskCount,
  seed,
  constrainedShare = 0,
}: {
  readonly instanceCount: number;
  readonly taskCount: number;
  readonly seed: number;
  /** Of the services: with `memberOf` one of five pools, and `distinctInstance`. */
  readonly constrainedShare?: number;
}): PlacementProblem => {
  const random = createRandom(seed);
  const services = Array.from({ length: 200 }, (_, number) =>
    serviceOf(number, random, number / 200 < constrainedShare),
  );
  const tasks = Array.from({ length: taskCount }, (_, number): PlacementTask => {
    const service = random.oneOf(services);
    return { ...service, id: `task-${number}`, chance: 0 };
  });
  const instances = Array.from({ length: instanceCount }, (_, number) => instanceOf(number));
  return { instances, tasks, rules: { reservedTcpPorts: [3389, 5985], windows: null } };
};

const serviceOf = (
  number: number,
  { oneOf }: ReturnType<typeof createRandom>,
  isConstrained: boolean,
): Omit<PlacementTask, 'id' | 'chance'> => ({
  group: `service:${number}`,
  containers: [
    {
      name: 'app',
      cpu: oneOf([128, 256, 512, 1_024, 2_048]),
      memoryMiB: oneOf([512, 1_024, 2_048, 3_072, 4_096, 8_192]),
      gpus: 0,
      tcpPorts: number % 5 === 0 ? [8_000 + number] : [],
      udpPorts: [],
      imageBuild: null,
      layers: null,
    },
  ],
  networkMode: 'default',
  requiredAttributes: [{ name: 'ecs.os-type', value: 'windows' }],
  constraints: isConstrained ? [{ type: 'distinctInstance' }, memberOfPool(number)] : [],
  strategies,
  hostVolumeInstanceId: null,
});

const memberOfPool = (number: number): PlacementConstraint => {
  const query = parseQuery(`attribute:pool in [pool-${number % 5}, pool-${(number + 1) % 5}]`);
  if ('refused' in query) throw new Error(query.refused.message);
  return { type: 'memberOf', query: query.ok };
};

const instanceOf = (number: number): PlacementInstance => ({
  id: `instance-${String(number).padStart(6, '0')}`,
  ec2InstanceId: `i-${String(number).padStart(17, '0')}`,
  status: 'ACTIVE',
  agentConnected: true,
  isProven: true,
  agentVersion: '1.99.0',
  registeredAt: null,
  attributes: {
    'ecs.availability-zone': zones[number % 3] ?? null,
    'ecs.os-type': 'windows',
    pool: `pool-${number % 5}`,
  },
  remaining: {
    cpu: 16_384,
    memoryMiB: 65_536,
    gpus: 0,
    networkInterfaces: 7,
    tcpPorts: [],
    udpPorts: [],
  },
  build: null,
  layers: null,
  tasks: [],
});
