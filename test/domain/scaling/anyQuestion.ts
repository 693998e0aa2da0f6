import fc from 'fast-check';
import type { CapacityQuestion } from '../../../domain/scaling/capacityQuestion.ts';
import { scaleInLeaseId } from '../../../domain/scaling/scaleInDesk.ts';
import { defaultScalingPolicy } from '../../../domain/scaling/scalingPolicy.ts';
import type { ObservedTask } from '../../../events/fleet.ts';
import type { LeaseId, RolloutId } from '../../../events/ids.ts';
import {
  aService,
  aTask,
  aTaskDefinition,
  at,
  clusterName,
  ec2Id,
  instanceArn,
} from '../../support/fleetBuilder.ts';
import { generous, noWindows, questionOf } from './capacityQuestions.ts';
import { aGroup, aProvider, capacityOf, m5, waiting } from './scalingBuilder.ts';

// Small fleets in which rooms are tight. `win` has a capacity provider, `plain` has none.

const names = ['a', 'b', 'c', 'd', 'e', 'f'];
const serviceNames = ['small', 'large', 'port', 'agent', 'job'] as const;
const binpack = [{ type: 'binpack', field: 'memory' }];

const definitions = [
  aTaskDefinition('small', { cpu: 1_024, memoryMiB: 2_048 }),
  // Two of them fit what ECS counts, and not what Windows leaves of it.
  aTaskDefinition('large', { cpu: 2_048, memoryMiB: 15_500 }),
  {
    ...aTaskDefinition('port', { cpu: 512, memoryMiB: 1_024 }),
    containers: aTaskDefinition('port', { cpu: 512, memoryMiB: 1_024 }).containers.map((each) => ({
      ...each,
      hostPorts: [{ port: 80, protocol: 'tcp' as const }],
    })),
  },
  aTaskDefinition('agent', { cpu: 128, memoryMiB: 256 }),
  aTaskDefinition('job', { cpu: 256, memoryMiB: 512 }),
];

const seldom = <Value>(arbitrary: fc.Arbitrary<Value>, otherwise: Value) =>
  fc.oneof({ weight: 11, arbitrary: fc.constant(otherwise) }, { weight: 1, arbitrary });

const anyInstance = fc.record({
  isWin: fc.boolean(),
  isBig: seldom(fc.constant(true), false),
  status: seldom(fc.constantFrom('DRAINING'), 'ACTIVE'),
  agentConnected: seldom(fc.constant(false), true),
  age: seldom(fc.constant(20), 1_000),
  isProtected: seldom(fc.constant(true), false),
  lease: seldom(fc.constantFrom('patch' as const, 'scaleIn' as const), undefined),
  // Three, one of each other kind and a job are just about all that an instance holds.
  small: fc.integer({ min: 0, max: 3 }),
  large: fc.integer({ min: 0, max: 1 }),
  port: fc.boolean(),
  agent: fc.boolean(),
  job: seldom(fc.constant(true), false),
});

const anySetting = fc.record({
  instances: fc.array(anyInstance, { minLength: 2, maxLength: names.length }),
  missing: fc.record({
    small: seldom(fc.integer({ min: 1, max: 20 }), 0),
    large: seldom(fc.integer({ min: 1, max: 5 }), 0),
    port: seldom(fc.integer({ min: 1, max: 4 }), 0),
  }),
  provisioning: seldom(fc.integer({ min: 1, max: 12 }), 0),
  managed: seldom(fc.constant(true), false),
  described: seldom(fc.constant(-30), 50),
  extra: fc.record({ win: seldom(fc.constant(1), 0), plain: seldom(fc.constant(1), 0) }),
  minSize: fc.integer({ min: 0, max: 1 }),
  spare: fc.integer({ min: 0, max: 4 }),
  atOnce: fc.constantFrom(0, 0, 1, 2, 3),
  budget: fc.integer({ min: 0, max: 6 }),
  isOpen: seldom(fc.constant(false), true),
  launchesMost: fc.integer({ min: 1, max: 5 }),
  scaleInMostPercent: fc.constantFrom(10, 50, 100),
  keepFreePercent: fc.constantFrom(0, 10),
  reset: seldom(fc.constantFrom('up' as const, 'down' as const), undefined),
});
type Setting = typeof anySetting extends fc.Arbitrary<infer S> ? S : never;

/** Twice an m5.2xlarge. */
const big: typeof m5 = (name, fields) => {
  const instance = m5(name, fields);
  const twice = { ...instance.registered, cpu: 16_384, memoryMiB: 65_535 };
  const attributes = { ...instance.attributes, 'ecs.instance-type': 'm5.4xlarge' };
  return { ...instance, registered: twice, remaining: twice, attributes };
};
const sized = (isBig: boolean) => (isBig ? big : m5);

const instancesOf = ({ instances }: Setting) =>
  instances.map(({ isWin, isBig, status, agentConnected, age }, index) =>
    sized(isBig)(names[index] ?? '', {
      status,
      agentConnected,
      registeredAt: at(60 - age),
      ...(isWin ? { capacityProviderName: 'win' } : {}),
    }),
  );

const tasksOf = ({ instances, provisioning }: Setting): readonly ObservedTask[] => [
  ...instances.flatMap((each, index) => {
    const on = names[index] ?? '';
    const some = (service: string, count: number) =>
      Array.from({ length: count }, (_, at) => aTask(`${service}-${on}${at}`, { service, on }));
    return [
      ...some('small', each.small * (each.isBig ? 3 : 1)),
      ...some('large', each.large * (each.isBig ? 3 : 1)),
      ...some('port', Number(each.port)),
      ...some('agent', Number(each.agent)),
      ...some('job', Number(each.job)).map((task) => ({ ...task, group: 'family:job' })),
    ];
  }),
  ...waiting(provisioning, 'win', 'small'),
];

const groupsOf = ({ instances, extra, minSize, spare }: Setting) =>
  (['win', 'plain'] as const).map((name) => {
    const has = names.filter((_, index) => instances[index]?.isWin === (name === 'win'));
    const desiredCapacity = has.length + extra[name];
    const types = new Set(
      has.map((each) => (instances[names.indexOf(each)]?.isBig ? 'm5.4xlarge' : 'm5.2xlarge')),
    );
    return aGroup(name, {
      has,
      instanceTypes: [...types, 'm5.2xlarge'].filter((type, at, all) => all.indexOf(type) === at),
      desiredCapacity,
      minSize: Math.min(minSize, desiredCapacity),
      maxSize: desiredCapacity + spare,
      protectedFromScaleIn: has
        .filter((each) => instances[names.indexOf(each)]?.isProtected)
        .map((each) => ec2Id(each)),
    });
  });

const leasesOf = ({ instances }: Setting) =>
  Object.fromEntries(
    instances.flatMap(({ lease }, index) => {
      if (lease === undefined) return [];
      const id = instanceArn(names[index] ?? '');
      const isOurs = lease === 'scaleIn';
      const leaseId = isOurs ? scaleInLeaseId(clusterName, id) : (`lease-${id}` as LeaseId);
      const holder = isOurs ? `scaling#${clusterName}` : 'rollout#rollout-october';
      const subject = { kind: 'instance' as const, id };
      return [[leaseId, { leaseId, subject, reason: lease, holder, grantedAt: at(40) }]];
    }),
  );

const capacityIn = (setting: Setting) => {
  const provider = aProvider('win', { managedScaling: setting.managed });
  const state = capacityOf([provider], groupsOf(setting), at(setting.described));
  const plain = state.groups.plain;
  if (setting.reset === undefined || plain === undefined) return state;
  const to = plain.group.desiredCapacity;
  const from = setting.reset === 'up' ? Math.max(0, to - 1) : to + 1;
  const desiredChanges = [{ at: at(45), from, to }];
  return { ...state, groups: { ...state.groups, plain: { ...plain, desiredChanges } } };
};

const questionIn = (setting: Setting): CapacityQuestion => {
  const tasks = tasksOf(setting);
  const services = serviceNames
    .filter((name) => name !== 'job')
    .map((name) => {
      const running = tasks.filter(({ group }) => group === `service:${name}`).length;
      const missing = name === 'agent' ? 0 : setting.missing[name];
      return aService(name, {
        desiredCount: running + missing,
        schedulingStrategy: name === 'agent' ? 'DAEMON' : 'REPLICA',
        placementConstraints: [],
        placementStrategy: binpack,
        minimumHealthyPercent: 0,
      });
    });
  const rolloutId = 'rollout-october' as RolloutId;
  const turn = names.slice(0, setting.instances.length).map((name) => instanceArn(name));
  const { atOnce, budget, launchesMost, scaleInMostPercent, keepFreePercent } = setting;
  return questionOf(
    { instances: instancesOf(setting), tasks, services, taskDefinitions: definitions },
    {
      capacity: capacityIn(setting),
      ledger: {
        budget: { ...generous.budget, instances: { count: budget } },
        leases: leasesOf(setting),
      },
      ...(setting.isOpen ? {} : { maintenance: noWindows }),
      waves: atOnce === 0 ? [] : [{ rolloutId, instances: turn, atOnce }],
      policy: { ...defaultScalingPolicy, launchesMost, scaleInMostPercent, keepFreePercent },
    },
  );
};

export const anyQuestion: fc.Arbitrary<CapacityQuestion> = anySetting.map(questionIn);
