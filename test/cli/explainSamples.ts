import type { ExplainedSubject } from '../../domain/placement/explain/explainTask.ts';
import type { KnownFleet } from '../../domain/placement/fleetKnowledge.ts';
import {
  aFleet,
  anImage,
  anInstance,
  aService,
  aTask,
  aTaskDefinition,
  october,
  october2019,
  september2019,
} from '../support/fleetBuilder.ts';

export type ExplainSample = {
  readonly title: string;
  readonly fleet: KnownFleet;
  readonly subject: ExplainedSubject;
};

const zoned = (name: string, zone: string, fields: Parameters<typeof anInstance>[1] = {}) => {
  const instance = anInstance(name, { build: october, ...fields });
  const attributes = { ...instance.attributes, 'ecs.availability-zone': `eu-west-1${zone}` };
  return { ...instance, attributes };
};

const full = { cpu: 256, memoryMiB: 1_536, tcpPorts: [], udpPorts: [] };

const instances = [
  zoned('a1', 'a'),
  zoned('a2', 'a', { remaining: full }),
  zoned('b1', 'b'),
  zoned('b2', 'b', { status: 'DRAINING' }),
  zoned('c1', 'c', { agentConnected: false }),
  zoned('c2', 'c', { remaining: { ...full, cpu: 4_096, memoryMiB: 3_584 } }),
  zoned('d1', 'a', { build: september2019 }),
  zoned('d2', 'b', { build: september2019 }),
];

const withFamily = (name: string, family: string, size: Parameters<typeof aTaskDefinition>[1]) => ({
  ...aTaskDefinition(name, size),
  operatingSystemFamily: family,
});

const known = (fleet: Parameters<typeof aFleet>[0], images: KnownFleet['images']): KnownFleet => ({
  view: aFleet({ instances, ...fleet }),
  amis: [],
  channels: [],
  images,
});

const byDigest = (...images: readonly ReturnType<typeof anImage>[]): KnownFleet['images'] =>
  new Map(images.map((image) => [image.digest, image]));

const orders = anImage('orders', october);
const orderTasks = [
  aTask('0d1e', { on: 'a1', imageDigest: orders.digest }),
  aTask('7f3a', { on: 'b1', imageDigest: orders.digest }),
];

const ledger = anImage('ledger', october2019);

/** What `tuesday explain` has to say well: docs/explain.md shows each as it is printed. */
export const explainSamples: readonly ExplainSample[] = [
  {
    title: 'A task that is placed',
    fleet: known(
      {
        tasks: orderTasks,
        services: [aService('orders', { placementConstraints: [] })],
        taskDefinitions: [withFamily('orders', 'WINDOWS_SERVER_2022_CORE', {})],
      },
      byDigest(orders),
    ),
    subject: { type: 'task', task: orderTasks[0] as (typeof orderTasks)[number] },
  },
  {
    title: 'A task that fits nowhere',
    fleet: known(
      {
        services: [
          aService('reports', {
            runningCount: 0,
            placementConstraints: [
              { type: 'memberOf', expression: 'attribute:ecs.availability-zone == eu-west-1c' },
            ],
          }),
        ],
        taskDefinitions: [
          withFamily('reports', 'WINDOWS_SERVER_2022_CORE', { cpu: 2_048, memoryMiB: 4_096 }),
        ],
        tasks: [
          aTask('5c00', { service: 'reports', imageDigest: orders.digest, lastStatus: 'STOPPED' }),
        ],
      },
      byDigest(orders),
    ),
    subject: {
      type: 'task',
      task: aTask('5c00', {
        service: 'reports',
        imageDigest: orders.digest,
        lastStatus: 'PENDING',
      }),
    },
  },
  {
    title: 'A task that is held by compatibility',
    fleet: known(
      {
        services: [aService('ledger', { runningCount: 1, placementConstraints: [] })],
        taskDefinitions: [withFamily('ledger', 'WINDOWS_SERVER_2022_CORE', {})],
        tasks: [aTask('9b21', { service: 'ledger', on: 'd1', imageDigest: ledger.digest })],
      },
      byDigest(ledger),
    ),
    subject: {
      type: 'service',
      service: aService('ledger', { runningCount: 1, placementConstraints: [] }),
    },
  },
];
