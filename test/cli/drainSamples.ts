import type { DrainPlan } from '../../domain/draining/drainPlan.ts';
import { planDrain } from '../../domain/draining/planDrain.ts';
import { namedInstances } from '../../functions/api/queries/placements.ts';
import {
  aFleet,
  anInstance,
  aService,
  aTask,
  aTaskDefinition,
  at,
  digest,
  imageName,
  imagesOf,
  instanceArn,
  september,
} from '../support/fleetBuilder.ts';

const inZone = (name: string, zone: string, cpu: number) => {
  const all = { cpu, memoryMiB: 32_767, tcpPorts: [], udpPorts: [] };
  const instance = anInstance(name, { registered: all, remaining: all });
  const attributes = { ...instance.attributes, 'ecs.availability-zone': `eu-west-1${zone}` };
  return { ...instance, attributes };
};

/** Server Core of September, and two layers of the application on top. */
const orders = {
  digest: digest('orders september'),
  repositories: [imageName('orders').split(':')[0] ?? ''],
  tags: ['stable'],
  pushedAt: at(-1_000),
  pushes: {},
  deletions: {},
  config: {
    osVersion: `10.0.${september}`,
    history: [],
    diffIds: ['core', 'patch', 'app'].map(digest),
    layers: [1_600_000_000, 500_000_000, 90_000_000].map((bytes, index) => ({
      digest: digest(`layer ${index}`),
      bytes,
    })),
  },
  failureReasons: [],
};

const free = { placementConstraints: [] };
const services = [
  aService('orders', { ...free, desiredCount: 4, minimumHealthyPercent: 50 }),
  aService('checkout', {
    ...free,
    desiredCount: 1,
    minimumHealthyPercent: 100,
    maximumPercent: 100,
  }),
  aService('basket', { ...free, desiredCount: 1, minimumHealthyPercent: 100 }),
  aService('search', { ...free, minimumHealthyPercent: 100 }),
  aService('logs', { ...free, schedulingStrategy: 'DAEMON' }),
];

const tasks = [
  aTask('01a4', { on: 'a1' }),
  aTask('01b7', { on: 'a1' }),
  aTask('2c90', { on: 'a1', service: 'logs' }),
  aTask('3d11', { on: 'a2', service: 'search' }),
  aTask('4e52', { on: 'a2', service: 'checkout' }),
  aTask('5f08', { on: 'a2', service: 'nightly', group: 'family:nightly', startedBy: 'cron' }),
  aTask('6a6a', { on: 'b1' }),
  aTask('7d3e', { on: 'a1', service: 'basket' }),
  aTask('6b6b', { on: 'c1' }),
  aTask('7777', { on: 'c1', service: 'search' }),
];

const view = aFleet({
  instances: [
    inZone('a1', 'a', 8_192),
    inZone('a2', 'a', 12_288),
    inZone('b1', 'b', 4_096),
    inZone('c1', 'c', 6_144),
  ],
  services,
  tasks,
  taskDefinitions: [
    aTaskDefinition('orders'),
    aTaskDefinition('logs', { cpu: 256, memoryMiB: 512 }),
    aTaskDefinition('checkout'),
    aTaskDefinition('basket'),
    aTaskDefinition('search', { cpu: 4_096, memoryMiB: 8_192 }),
  ],
});

const planned = (names: readonly string[]): DrainPlan =>
  planDrain({
    fleet: { view, amis: [], channels: [], images: imagesOf(orders) },
    instances: names.map(instanceArn),
    osReserveMiB: 2_048,
    now: at(0),
    standalone: { type: 'wait' },
    lastHealthyTask: 'hold',
  });

const told = (names: readonly string[]) => ({
  ...planned(names),
  named: namedInstances(view, new Set(view.instances.keys())),
});

export const drainSamples = [
  { title: 'An instance that can be emptied', plan: told(['a1']) },
  { title: 'An instance that cannot', plan: told(['a2']) },
];
