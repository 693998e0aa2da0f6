import { createHash } from 'node:crypto';
import type {
  AmiRelease,
  GroupPlan,
  InstancePlan,
  RepositoryPlan,
  Scenario,
  TaskDefinitionPlan,
} from '../../../domain/simulation/scenario.ts';
import { windowsRates } from '../../../domain/simulation/windowsRates.ts';
import { type Work, works } from './october2025Services.ts';
import { baseTag, channels, nanoTag, windowsReleases } from './windowsHistory.ts';

const account = '111122223333';
const region = 'eu-west-1';
const registry = `${account}.dkr.ecr.${region}.amazonaws.com`;
const zones = [`${region}a`, `${region}b`, `${region}c`];

const year = (channel: string) => channel.slice('ltsc'.length);
const amiFamily = (channel: string) => `Windows_Server-${year(channel)}-English-Core-ECS_Optimized`;
const operatingSystemFamily = (channel: string) => `WINDOWS_SERVER_${year(channel)}_CORE`;

/**
 * Dates of AWS's AMIs; those of October are modelled on its habit, four days after a release that
 * became an image.
 */
const amiDates: readonly { readonly date: string; readonly builds: readonly string[] }[] = [
  { date: '2025.08.16', builds: ['17763.7678', '20348.4052', '26100.4946'] },
  { date: '2025.09.13', builds: ['17763.7792', '20348.4171', '26100.6584'] },
  { date: '2025.10.18', builds: ['17763.7919', '20348.4294', '26100.6899'] },
  { date: '2025.10.27', builds: ['17763.7922', '20348.4297', '26100.6905'] },
];

const amiId = (name: string) =>
  `ami-0${createHash('sha256').update(name).digest('hex').slice(0, 16)}`;

const amis = (): readonly AmiRelease[] =>
  amiDates.flatMap(({ date, builds }) =>
    channels.map((channel, index) => {
      const family = amiFamily(channel);
      const name = `${family}-${date}`;
      const day = Date.parse(`${date.replaceAll('.', '-')}T18:00:00Z`);
      const publishedAt = day + index * 20 * 60_000;
      return { family, name, amiId: amiId(name), build: builds[index] ?? '', publishedAt };
    }),
  );

const groups: readonly GroupPlan[] = channels.map((channel) => ({
  name: `shop-${year(channel)}`,
  amiFamily: amiFamily(channel),
  operatingSystemFamily: operatingSystemFamily(channel),
  channel,
  instanceType: 'm5.xlarge',
  cpu: 4096,
  memoryMiB: 16_384,
  zones,
  setsBuildAttribute: true,
  // Windows scale-out to serving takes 4 to 8 minutes (AWS, Windows container start-up guidance).
  bootMinMs: 4 * 60_000,
  bootMaxMs: 8 * 60_000,
}));

const counts: Readonly<Record<string, number>> = { ltsc2019: 12, ltsc2022: 17, ltsc2025: 11 };

/**
 * In each group the fourth instance has last month's AMI but no attribute, the seventh the AMI of
 * August, and in 2019 and 2022 the second comes from a private AMI that nobody can name.
 */
const instances = (): readonly InstancePlan[] =>
  channels.flatMap((channel, index) =>
    Array.from({ length: counts[channel] ?? 0 }, (_, ordinal) => {
      const { date, builds } = amiDates[ordinal === 6 ? 0 : 1] ?? { date: '', builds: [] };
      const isPrivate = ordinal === 1 && channel !== 'ltsc2025';
      return {
        group: `shop-${year(channel)}`,
        zone: zones[ordinal % zones.length] ?? '',
        amiId: amiId(isPrivate ? `private ${channel}` : `${amiFamily(channel)}-${date}`),
        build: builds[index] ?? '',
        buildAttribute: !isPrivate && ordinal !== 3,
      };
    }),
  );

const imageOf = (work: Work) => work.vendorImage ?? `${registry}/${work.repository}:live`;

const taskDefinitions = (): readonly TaskDefinitionPlan[] => [
  ...works.map((work) => ({
    family: work.name,
    operatingSystemFamily: operatingSystemFamily(work.channel),
    containers: [
      {
        name: 'app',
        image: imageOf(work),
        cpu: 256,
        memoryMiB: work.memoryMiB,
        containerPort: 8080,
        ...(work.hostPort && { hostPort: work.hostPort }),
      },
    ],
  })),
  ...channels.map((channel) => ({
    family: `tuesday-canary-${year(channel)}`,
    operatingSystemFamily: operatingSystemFamily(channel),
    containers: [
      {
        name: 'canary',
        image: `mcr.microsoft.com/windows/nanoserver:${nanoTag(channel)}`,
        cpu: 128,
        memoryMiB: 256,
      },
    ],
    run: { ms: 15_000, exitCode: 0 },
  })),
];

const repositories = (): readonly RepositoryPlan[] => {
  const own = works.filter((work) => work.vendorImage === undefined);
  const first = own.filter(
    (work, index) => own.findIndex(({ repository }) => repository === work.repository) === index,
  );
  return first.map((work, index) => ({
    repository: work.repository,
    tag: 'live',
    channel: work.channel,
    base: { repository: work.base, tag: baseTag(work.base, work.channel) },
    build: work.build,
    pushedAt: Date.parse(work.pushedAt) + index * 600_000,
    appLayers: [
      { name: 'packages', bytes: work.appBytes },
      { name: 'application', bytes: 12_000_000 },
    ],
    builder: work.builder ?? 'answers',
  }));
};

/**
 * October 2025 as it was for Windows, on a fleet that is made up: from the day before Patch Tuesday
 * to the 31st. On the 14th ltsc2019 and ltsc2022 are rebaselined; on the 23rd, Pacific time, an
 * out-of-band release follows on every channel. The update 26100.6901 of the 20th was for hosts
 * alone and became no image, as it was.
 */
export const october2025 = (): Scenario => ({
  name: 'october2025',
  startsAt: Date.parse('2025-10-13T12:00:00Z'),
  endsAt: Date.parse('2025-10-31T12:00:00Z'),
  account,
  region,
  clusterName: 'shop',
  releases: windowsReleases(),
  amis: amis(),
  groups,
  instances: instances(),
  repositories: repositories(),
  vendorImages: works.flatMap(({ vendorImage, build, appBytes }) =>
    vendorImage === undefined
      ? []
      : [{ image: vendorImage, build, bytes: 2_300_000_000 + appBytes }],
  ),
  taskDefinitions: taskDefinitions(),
  services: works.map((work) => ({
    name: work.name,
    family: work.name,
    desiredCount: work.desiredCount,
    minimumHealthyPercent: work.bounds[0],
    maximumPercent: work.bounds[1],
    circuitBreaker: { enable: work.breaker ?? false, rollback: work.breaker ?? false },
  })),
  badPairs: [],
  launchesWithoutAgent: [],
  agentBlipsPerDay: 1,
  rates: windowsRates,
  delivery: { latencyMaxMs: 3000, duplicatePercent: 2 },
});
