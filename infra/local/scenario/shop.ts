import { createHash } from 'node:crypto';
import type {
  AmiRelease,
  CapacityProviderPlan,
  GroupPlan,
  InstancePlan,
  RepositoryPlan,
  Scenario,
  ServicePlan,
  TaskDefinitionPlan,
  VendorImage,
} from '../../../domain/simulation/scenario.ts';
import type { Channel } from '../../../events/ids.ts';
import type { Work } from './october2025Services.ts';
import { baseTag, channels, nanoTag } from './windowsHistory.ts';

// What the made-up fleets of the lived month and of the replay have in common.

export const account = '111122223333';
export const region = 'eu-west-1';
const registry = `${account}.dkr.ecr.${region}.amazonaws.com`;
const zones = [`${region}a`, `${region}b`, `${region}c`];

const year = (channel: string) => channel.slice('ltsc'.length);
const amiFamily = (channel: string) => `Windows_Server-${year(channel)}-English-Core-ECS_Optimized`;
const operatingSystemFamily = (channel: string) => `WINDOWS_SERVER_${year(channel)}_CORE`;

const amiIdOf = (name: string) =>
  `ami-0${createHash('sha256').update(name).digest('hex').slice(0, 16)}`;

/** Of the AMI of a day, such as `2025.09.13`. */
const amiId = (channel: string, date: string) => amiIdOf(`${amiFamily(channel)}-${date}`);

/** Of an AMI that nobody outside can name. */
const privateAmiId = (channel: string) => amiIdOf(`private ${channel}`);

export const amiRelease = ({
  channel,
  date,
  build,
  publishedAt,
}: {
  readonly channel: Channel;
  readonly date: string;
  readonly build: string;
  readonly publishedAt: number;
}): AmiRelease => {
  const family = amiFamily(channel);
  return { family, name: `${family}-${date}`, amiId: amiId(channel, date), build, publishedAt };
};

/** ECS knows two of the groups by a capacity provider; the third is found by its instances. */
export const capacityProviders: readonly CapacityProviderPlan[] = [
  { name: 'windows-2019', group: 'shop-2019' },
  { name: 'windows-2022', group: 'shop-2022' },
];

/**
 * The group of 2019 follows AWS by itself; in the templates of the others stands the newest AMI of
 * the day on which they were written, under a number or as the default.
 */
const launchesFrom = (channel: Channel, image: string): NonNullable<GroupPlan['launchesFrom']> => {
  const templateId = `lt-0${amiIdOf(`template ${channel}`).slice('ami-0'.length)}`;
  if (channel === 'ltsc2019') {
    const parameter = `/aws/service/ami-windows-latest/${amiFamily(channel)}/image_id`;
    return { templateId, version: '$Latest', image: `resolve:ssm:${parameter}` };
  }
  return { templateId, version: channel === 'ltsc2022' ? '1' : '$Default', image };
};

const newestOn = (amis: readonly AmiRelease[], family: string, day: number): string =>
  amis
    .filter((ami) => ami.family === family && ami.publishedAt <= day)
    .toSorted((a, b) => b.publishedAt - a.publishedAt)[0]?.amiId ?? '';

export const groupsOf = (amis: readonly AmiRelease[], day: number): readonly GroupPlan[] =>
  groups.map((group) => {
    const image = newestOn(amis, group.amiFamily, day);
    return { ...group, launchesFrom: launchesFrom(group.channel, image) };
  });

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
  // Whatever ends an instance waits until Tuesday has emptied it.
  terminationHook: { name: 'tuesday-drain', timeoutMs: 60 * 60_000 },
  // Windows scale-out to serving takes 4 to 8 minutes (AWS, Windows container start-up guidance).
  bootMinMs: 4 * 60_000,
  bootMaxMs: 8 * 60_000,
}));

/**
 * `counts` instances a channel. In each group the fourth has no build attribute, the seventh the
 * older AMI; in 2019 and 2022 the second comes from a private AMI that nobody can name.
 */
export const instancesOf = (
  counts: Readonly<Record<string, number>>,
  amiOf: (
    channel: (typeof channels)[number],
    isOlder: boolean,
  ) => { readonly date: string; readonly build: string },
): readonly InstancePlan[] =>
  channels.flatMap((channel) =>
    Array.from({ length: counts[channel] ?? 0 }, (_, ordinal): InstancePlan => {
      const { date, build } = amiOf(channel, ordinal === 6);
      const isPrivate = ordinal === 1 && channel !== 'ltsc2025';
      return {
        group: `shop-${year(channel)}`,
        zone: zones[ordinal % zones.length] ?? '',
        amiId: isPrivate ? privateAmiId(channel) : amiId(channel, date),
        build,
        buildAttribute: !isPrivate && ordinal !== 3,
      };
    }),
  );

const imageOf = (work: Work) => work.vendorImage ?? `${registry}/${work.repository}:live`;

export const taskDefinitionsOf = (works: readonly Work[]): readonly TaskDefinitionPlan[] => [
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

export const repositoriesOf = (works: readonly Work[]): readonly RepositoryPlan[] => {
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

export const vendorImagesOf = (works: readonly Work[]): readonly VendorImage[] =>
  works.flatMap(({ vendorImage, build, appBytes }) =>
    vendorImage === undefined
      ? []
      : [{ image: vendorImage, build, bytes: 2_300_000_000 + appBytes }],
  );

export const servicesOf = (works: readonly Work[]): readonly ServicePlan[] =>
  works.map((work) => ({
    name: work.name,
    family: work.name,
    desiredCount: work.desiredCount,
    minimumHealthyPercent: work.bounds[0],
    maximumPercent: work.bounds[1],
    circuitBreaker: { enable: work.breaker ?? false, rollback: work.breaker ?? false },
  }));

/** Late, out of order, and sometimes twice. */
export const delivery: Scenario['delivery'] = { latencyMaxMs: 3000, duplicatePercent: 2 };
