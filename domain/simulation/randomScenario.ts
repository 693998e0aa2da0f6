import type { Channel } from '../../events/ids.ts';
import { type Chance, chanceFrom, draw, drawBetween, drawHex, drawOne } from './chance.ts';
import { instantText } from './instantText.ts';
import type {
  AmiRelease,
  BaseRelease,
  GroupPlan,
  InstancePlan,
  RepositoryPlan,
  Scenario,
  ServicePlan,
  TaskDefinitionPlan,
} from './scenario.ts';
import { windowsRates } from './windowsRates.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** Some Tuesday. */
const startsAt = 1_757_419_200_000;
const account = '111122223333';
const region = 'eu-west-1';
const zones = [`${region}a`, `${region}b`, `${region}c`];

type Plan = {
  readonly channel: Channel;
  readonly year: string;
  /** Oldest first; the first is the one in use at the start. */
  readonly builds: readonly { readonly build: string; readonly publishedAt: number }[];
  readonly instances: number;
  readonly tasks: number;
};

const majors: readonly (readonly [Channel, string, number])[] = [
  ['ltsc2019', '17763', 7792],
  ['ltsc2022', '20348', 4171],
  ['ltsc2025', '26100', 6584],
];

/**
 * Bounds that services have in practice, and now and then the pair that allows no change at all.
 */
const bounds: readonly (readonly [number, number])[] = [
  [100, 200],
  [100, 200],
  [50, 100],
  [50, 200],
  [75, 150],
  [100, 150],
  [0, 100],
];

/**
 * A fleet drawn by chance: 1 to 3 channels, 3 to 12 services, one or two releases while it runs.
 * Pure: the same seed and size give the same scenario. About three fifths of memory and CPU are in
 * use, so that an instance can be emptied.
 */
export const randomScenario = (
  seed: number,
  size: { readonly instances: number; readonly tasks: number },
): Scenario => {
  const chance = chanceFrom(seed);
  const plans = plansOf(chance, size);
  const works = plans.flatMap((plan) => worksOf(chance, plan, plans.length));
  return {
    name: `random-${seed}`,
    startsAt,
    endsAt: startsAt + 5 * dayMs,
    account,
    region,
    clusterName: 'fleet',
    releases: plans.flatMap((plan) => releasesOf(chance, plan)),
    amis: plans.flatMap((plan) => amisOf(chance, plan)),
    groups: plans.map(groupOf),
    instances: plans.flatMap((plan) => instancesOf(chance, plan)),
    repositories: works.map(({ repository }) => repository),
    vendorImages: [],
    taskDefinitions: [...works.map(({ definition }) => definition), ...plans.map(canaryOf)],
    services: works.map(({ service }) => service),
    badPairs: [],
    launchesWithoutAgent: [],
    agentBlipsPerDay: drawBetween(chance, 0, 8),
    rates: windowsRates,
    delivery: {
      latencyMaxMs: drawBetween(chance, 0, 8) * 1000,
      duplicatePercent: drawBetween(chance, 0, 8),
    },
  };
};

const plansOf = (
  chance: Chance,
  size: { readonly instances: number; readonly tasks: number },
): readonly Plan[] => {
  const count = Math.min(drawBetween(chance, 1, 3), Math.max(1, Math.floor(size.instances / 2)));
  const releasesAt = [drawBetween(chance, 2, 8), drawBetween(chance, 20, 40)].slice(
    0,
    drawBetween(chance, 1, 2),
  );
  return majors.slice(0, count).map(([channel, major, revision], index) => {
    const part = (total: number) => Math.floor(total / count) + (index < total % count ? 1 : 0);
    const later = releasesAt.map((hours, ordinal) => ({
      build: `${major}.${revision + (ordinal + 1) * drawBetween(chance, 3, 130)}`,
      publishedAt: startsAt + hours * hourMs,
    }));
    return {
      channel,
      year: channel.slice('ltsc'.length),
      builds: [{ build: `${major}.${revision}`, publishedAt: startsAt - 30 * dayMs }, ...later],
      instances: Math.max(1, part(size.instances)),
      tasks: Math.max(1, part(size.tasks)),
    };
  });
};

const releasesOf = (chance: Chance, { channel, builds }: Plan): readonly BaseRelease[] => {
  const isRebaseline = draw(chance) < 0.3;
  const [first] = builds;
  return builds.flatMap(({ build, publishedAt }, index) => {
    const common = { channel, build, publishedAt, createdAt: publishedAt - 4 * dayMs };
    const whole = { kind: 'base' as const, build, bytes: 1_600_000_000 };
    const patch = {
      kind: 'patch' as const,
      build,
      bytes: drawBetween(chance, 30, 1200) * 1_000_000,
    };
    const below = { ...whole, build: first?.build ?? build };
    const core = index === 0 || (isRebaseline && index === 1) ? [whole] : [below, patch];
    const tags = [channel];
    return [
      {
        ...common,
        repository: 'windows/servercore',
        flavour: 'servercore' as const,
        tags,
        layers: core,
      },
      {
        ...common,
        repository: 'windows/nanoserver',
        flavour: 'nanoserver' as const,
        tags,
        layers: [{ ...whole, bytes: 120_000_000 }],
      },
    ];
  });
};

const familyOf = (year: string) => `Windows_Server-${year}-English-Core-ECS_Optimized`;
const operatingSystemFamily = (year: string) => `WINDOWS_SERVER_${year}_CORE`;

const amisOf = (chance: Chance, { year, builds }: Plan): readonly AmiRelease[] =>
  builds.map(({ build, publishedAt }) => {
    const at = publishedAt + drawBetween(chance, 2, 20) * hourMs;
    const date = instantText(at).slice(0, 10).replaceAll('-', '.');
    return {
      family: familyOf(year),
      name: `${familyOf(year)}-${date}`,
      amiId: `ami-0${drawHex(chance, 16)}`,
      build,
      publishedAt: at,
    };
  });

const groupOf = ({ channel, year }: Plan): GroupPlan => ({
  name: `fleet-${year}`,
  amiFamily: familyOf(year),
  operatingSystemFamily: operatingSystemFamily(year),
  channel,
  instanceType: 'm5.xlarge',
  cpu: 4096,
  memoryMiB: 16_384,
  zones,
  setsBuildAttribute: true,
  bootMinMs: 4 * 60_000,
  bootMaxMs: 8 * 60_000,
});

const instancesOf = (
  chance: Chance,
  { year, builds, instances }: Plan,
): readonly InstancePlan[] => {
  const amiId = `ami-0${drawHex(chance, 16)}`;
  return Array.from({ length: instances }, (_, index) => ({
    group: `fleet-${year}`,
    zone: zones[index % zones.length] ?? '',
    amiId,
    build: builds[0]?.build ?? '',
    buildAttribute: draw(chance) < 0.9,
  }));
};

type Work = {
  readonly repository: RepositoryPlan;
  readonly definition: TaskDefinitionPlan;
  readonly service: ServicePlan;
};

const worksOf = (chance: Chance, plan: Plan, channels: number): readonly Work[] => {
  const most = Math.min(plan.tasks, Math.floor(12 / channels));
  const least = Math.min(most, Math.ceil(3 / channels));
  const count = drawBetween(chance, least, most);
  const perTask = (capacity: number) => (capacity * plan.instances * 0.6) / plan.tasks;
  const memoryMax = Math.max(32, Math.min(2048, Math.floor(perTask(16_384) / 32) * 32));
  const cpu = Math.max(16, Math.min(256, Math.floor(perTask(4096))));
  return Array.from({ length: count }, (_, index) => {
    const name = `service-${plan.year}-${index + 1}`;
    const isNano = draw(chance) < 0.3;
    const memoryMiB = Math.max(32, Math.floor((memoryMax * (0.6 + 0.4 * draw(chance))) / 32) * 32);
    const [minimumHealthyPercent, maximumPercent] =
      draw(chance) < 0.06 ? ([100, 100] as const) : drawOne(chance, bounds);
    const hasBreaker = draw(chance) < 0.5;
    // A small one: it runs on every instance, beside all that was counted to fit.
    const isDaemon = index === 0 && draw(chance) < 0.2;
    const isPacked = draw(chance) < 0.2;
    return {
      repository: {
        repository: name,
        tag: 'live',
        channel: plan.channel,
        base: {
          repository: isNano ? 'windows/nanoserver' : 'windows/servercore',
          tag: plan.channel,
        },
        build: plan.builds[0]?.build ?? '',
        pushedAt: startsAt - drawBetween(chance, 2, 20) * dayMs,
        appLayers: [{ name: 'application', bytes: drawBetween(chance, 10, 400) * 1_000_000 }],
        builder: draw(chance) < 0.1 ? ('silent' as const) : ('answers' as const),
      },
      definition: {
        family: name,
        operatingSystemFamily: operatingSystemFamily(plan.year),
        containers: [
          {
            name: 'app',
            image: `${account}.dkr.ecr.${region}.amazonaws.com/${name}:live`,
            cpu: isDaemon ? 16 : cpu,
            memoryMiB: isDaemon ? 64 : memoryMiB,
            containerPort: 8080,
          },
        ],
      },
      service: {
        name,
        family: name,
        desiredCount: Math.floor(plan.tasks / count) + (index < plan.tasks % count ? 1 : 0),
        minimumHealthyPercent,
        maximumPercent,
        circuitBreaker: { enable: hasBreaker, rollback: hasBreaker },
        ...(isPacked && { placementStrategy: [{ type: 'binpack', field: 'memory' }] }),
        ...(isDaemon && asDaemon),
      },
    };
  });
};

const asDaemon = {
  schedulingStrategy: 'DAEMON',
  minimumHealthyPercent: 0,
  maximumPercent: 100,
} as const;

const canaryOf = ({ channel, year }: Plan): TaskDefinitionPlan => ({
  family: `tuesday-canary-${year}`,
  operatingSystemFamily: operatingSystemFamily(year),
  containers: [
    {
      name: 'canary',
      image: `mcr.microsoft.com/windows/nanoserver:${channel}`,
      cpu: 16,
      memoryMiB: 128,
    },
  ],
  run: { ms: 15_000, exitCode: 0 },
});
