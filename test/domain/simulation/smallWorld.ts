import { advance } from '../../../domain/simulation/advance.ts';
import { callAws } from '../../../domain/simulation/callAws.ts';
import { createWorld } from '../../../domain/simulation/createWorld.ts';
import type {
  BaseRelease,
  GroupPlan,
  RepositoryPlan,
  Scenario,
  ServicePlan,
  TaskDefinitionPlan,
} from '../../../domain/simulation/scenario.ts';
import { windowsRates } from '../../../domain/simulation/windowsRates.ts';
import type { Service, Task, World } from '../../../domain/simulation/world.ts';

export const second = 1000;
export const minute = 60 * second;
export const hour = 60 * minute;

const startsAt = 1_760_356_800_000;
const zones = ['eu-west-1a', 'eu-west-1b', 'eu-west-1c'];
export const registry = '111122223333.dkr.ecr.eu-west-1.amazonaws.com';
export const september = '20348.4171';
export const october = '20348.4294';
const family = 'Windows_Server-2022-English-Core-ECS_Optimized';

const group: GroupPlan = {
  name: 'web',
  amiFamily: family,
  operatingSystemFamily: 'WINDOWS_SERVER_2022_CORE',
  channel: 'ltsc2022',
  instanceType: 'm5.xlarge',
  cpu: 4096,
  memoryMiB: 16_384,
  zones,
  setsBuildAttribute: true,
  bootMinMs: 4 * minute,
  bootMaxMs: 8 * minute,
};

export type SmallPlan = {
  readonly instances?: number;
  readonly services?: readonly (Partial<ServicePlan> & { readonly memoryMiB?: number })[];
  readonly seed?: number;
  readonly group?: Partial<GroupPlan>;
  readonly scenario?: Partial<Scenario>;
};

const serviceOf = (plan: Partial<ServicePlan>): ServicePlan => ({
  name: 'orders',
  family: plan.name ?? 'orders',
  desiredCount: 4,
  minimumHealthyPercent: 100,
  maximumPercent: 200,
  ...plan,
});

const releases = (): readonly BaseRelease[] => {
  const core = {
    repository: 'windows/servercore',
    tags: ['ltsc2022'],
    channel: 'ltsc2022',
    flavour: 'servercore',
  } as const;
  const base = { kind: 'base' as const, build: '20348.2700', bytes: 1_462_192_413 };
  return [
    {
      ...core,
      build: september,
      kb: 'KB5065432',
      publishedAt: startsAt - 30 * 24 * hour,
      createdAt: startsAt - 34 * 24 * hour,
      layers: [base, { kind: 'patch', build: september, bytes: 819_952_539 }],
    },
    {
      ...core,
      build: october,
      kb: 'KB5066782',
      publishedAt: startsAt + 2 * hour,
      createdAt: startsAt - 4 * 24 * hour,
      layers: [{ ...base, build: october, bytes: 1_489_019_076 }],
    },
  ];
};

const amiOf = (date: string, amiId: string, build: string, publishedAt: number) => ({
  family,
  name: `${family}-${date}`,
  amiId,
  build,
  publishedAt,
});

const septemberAmi = 'ami-0aaaaaaaa';

/** The template of the group names the AMI of September, by a number. */
export const pinned: Partial<GroupPlan> = {
  launchesFrom: { templateId: 'lt-0aaaaaaaaaaaaaaaa', version: '1', image: septemberAmi },
};

const repositoryOf = (repository: string): RepositoryPlan => ({
  repository,
  tag: 'live',
  channel: 'ltsc2022',
  base: { repository: 'windows/servercore', tag: 'ltsc2022' },
  build: september,
  pushedAt: startsAt - 20 * 24 * hour,
  appLayers: [{ name: 'application', bytes: 80_000_000 }],
  builder: 'answers',
});

const definitionOf = (name: string, memoryMiB = 1024): TaskDefinitionPlan => ({
  family: name,
  operatingSystemFamily: 'WINDOWS_SERVER_2022_CORE',
  containers: [
    { name: 'app', image: `${registry}/${name}:live`, cpu: 256, memoryMiB, containerPort: 80 },
  ],
});

const canary: TaskDefinitionPlan = {
  family: 'tuesday-canary-2022',
  operatingSystemFamily: 'WINDOWS_SERVER_2022_CORE',
  containers: [
    {
      name: 'canary',
      image: 'mcr.microsoft.com/windows/servercore:ltsc2022',
      cpu: 128,
      memoryMiB: 256,
    },
  ],
  run: { ms: 15 * second, exitCode: 0 },
};

/** One group of Windows Server 2022 instances; a new base image after 2 hours, its AMI after 4. */
export const smallScenario = (plan: SmallPlan = {}): Scenario => {
  const plans = (plan.services ?? [{}]).map(({ memoryMiB, ...rest }) => ({
    service: serviceOf(rest),
    memoryMiB,
  }));
  return {
    name: 'small',
    startsAt,
    endsAt: startsAt + 24 * hour,
    account: '111122223333',
    region: 'eu-west-1',
    clusterName: 'shop',
    releases: releases(),
    amis: [
      amiOf('2025.09.13', septemberAmi, september, startsAt - 1),
      amiOf('2025.10.18', 'ami-0bbbbbbbb', october, startsAt + 4 * hour),
    ],
    groups: [{ ...group, ...plan.group }],
    instances: Array.from({ length: plan.instances ?? 3 }, (_, index) => ({
      group: 'web',
      zone: zones[index % 3] ?? '',
      amiId: septemberAmi,
      build: september,
      buildAttribute: true,
    })),
    repositories: plans.map(({ service }) => repositoryOf(service.name)),
    vendorImages: [],
    taskDefinitions: [
      ...plans.map(({ service, memoryMiB }) => definitionOf(service.name, memoryMiB)),
      canary,
    ],
    services: plans.map(({ service }) => service),
    badPairs: [],
    launchesWithoutAgent: [],
    agentBlipsPerDay: 0,
    rates: windowsRates,
    delivery: { latencyMaxMs: 0, duplicatePercent: 0 },
    ...plan.scenario,
  };
};

export const smallWorld = (plan: SmallPlan = {}): World =>
  createWorld(smallScenario(plan), plan.seed ?? 1);

/**
 * What stands at a path of an answer: answers of the wire are `unknown`, as they are to a client.
 */
export const at = (value: unknown, ...path: readonly (string | number)[]): unknown =>
  path.reduce<unknown>((part, step) => (part as Record<string | number, unknown>)?.[step], value);

/** The answer of a call that must succeed. */
export const ask = (world: World, operation: string, input: object = {}): unknown => {
  const answer = callAws(world, 'ecs', operation, { cluster: 'shop', ...input });
  if ('error' in answer) throw new Error(`${answer.error.code}: ${answer.error.message}`);
  return answer.ok;
};

export const refusal = (world: World, operation: string, input: object = {}) => {
  const answer = callAws(world, 'ecs', operation, { cluster: 'shop', ...input });
  if ('ok' in answer) throw new Error(`${operation} was not refused`);
  return answer.error;
};

export const pass = (world: World, ms: number) => advance(world, world.now + ms);

/** Runs to each due instant in turn and looks at the world there. */
export const watch = (world: World, until: number, look: (world: World) => void) => {
  for (;;) {
    const next = world.timers[0]?.at;
    if (next === undefined || next > until) break;
    advance(world, next);
    look(world);
  }
  advance(world, until);
};

export const serviceNamed = (world: World, name = 'orders'): Service => {
  const found = world.services[name];
  if (found === undefined) throw new Error(`no service ${name}`);
  return found;
};

export const tasksOf = (world: World, name = 'orders'): Task[] =>
  serviceNamed(world, name).tasks.flatMap((arn) => world.tasks[arn] ?? []);

export const healthyOf = (world: World, name = 'orders') =>
  tasksOf(world, name).filter(({ healthy }) => healthy).length;

type Envelope = {
  readonly source: string;
  readonly 'detail-type': string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
};

export const eventsOf = (world: World, detailType?: string): readonly Envelope[] =>
  world.outbox
    .map(({ event }) => event as Envelope)
    .filter((event) => detailType === undefined || event['detail-type'] === detailType);
