import type { InstancePlan, Scenario } from '../../../domain/simulation/scenario.ts';
import { windowsRates } from '../../../domain/simulation/windowsRates.ts';
import { tagAccidents } from './accidents.ts';
import { type Work, works } from './october2025Services.ts';
import { type AmiDate, amiDates, hostReleases } from './publication.ts';
import {
  account,
  amiRelease,
  delivery,
  groupsOf,
  instancesOf,
  region,
  repositoriesOf,
  servicesOf,
  taskDefinitionsOf,
  vendorImagesOf,
} from './shop.ts';
import { windowsReleases } from './windowsHistory.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** What the data allow: the fleet begins two releases behind the first day, the last is known. */
export const replaySpan = { from: '2025-02-20', to: '2026-09-30' } as const;

const brands = ['north', 'south', 'west'] as const;

const counts: Readonly<Record<string, number>> = { ltsc2019: 36, ltsc2022: 51, ltsc2025: 33 };

/**
 * The replay: 120 instances, 75 services of 900 tasks, from the first to the last day (both
 * included, UTC) of what really happened to Windows base images. The fleet is made up: three brands
 * of the shop of October 2025; what is odd about some of its services is so in the first alone.
 */
export const replayYears = (span: { readonly from: string; readonly to: string }): Scenario => {
  const startsAt = Date.parse(`${span.from}T00:00:00Z`);
  const fleet = brands.flatMap((brand, index) => worksOf(brand, index === 0, startsAt));
  const amis = amiDates();
  return {
    name: `replay ${span.from} ${span.to}`,
    startsAt,
    endsAt: Date.parse(`${span.to}T00:00:00Z`) + dayMs,
    account,
    region,
    clusterName: 'shop',
    releases: windowsReleases({ from: '2024-11-01', to: isoDay(startsAt + 700 * dayMs) }),
    tagMoves: tagAccidents(),
    amis: amis.map(amiRelease),
    groups: groupsOf(amis.map(amiRelease), startsAt),
    instances: instances(amis, startsAt),
    repositories: repositoriesOf(fleet),
    vendorImages: vendorImagesOf(fleet),
    taskDefinitions: taskDefinitionsOf(fleet),
    services: servicesOf(fleet),
    badPairs: [],
    launchesWithoutAgent: [],
    agentBlipsPerDay: 0.1,
    steadyStateEveryMs: dayMs,
    rates: windowsRates,
    delivery,
  };
};

const isoDay = (at: number) => new Date(at).toISOString().slice(0, 10);

const normalBounds: Work['bounds'] = [100, 200];

/** Can neither be stopped nor started, and so keeps its instances; on 2022, which has no floor. */
const deadlocked = 'documents';

/** The same services under another name, on the release that was newest a week before. */
const worksOf = (brand: string, odd: boolean, startsAt: number): readonly Work[] =>
  works.map((work) => {
    const { vendorImage, builder, ...rest } = work;
    const isOdd = odd && (vendorImage !== undefined || builder !== undefined);
    return {
      ...rest,
      name: `${brand}-${work.name}`,
      repository: `${brand}/${work.repository}`,
      bounds: boundsOf(work, odd),
      ...buildOf(work, startsAt, odd),
      ...(isOdd && vendorImage !== undefined && { vendorImage }),
      ...(isOdd && builder !== undefined && { builder }),
    };
  });

const boundsOf = ({ name, bounds }: Work, odd: boolean): Work['bounds'] => {
  if (odd && name === deadlocked) return [100, 100];
  return bounds[0] === 100 && bounds[1] === 100 ? normalBounds : bounds;
};

/** Most are current; what was months behind in October is one release behind here. */
const buildOf = (work: Work, startsAt: number, odd: boolean) => {
  const past = hostReleases().filter(
    ({ channel, image, publishedAt }) =>
      channel === work.channel && image && publishedAt < startsAt - 7 * dayMs,
  );
  const isStale = odd && !work.pushedAt.startsWith('2025-09');
  const release = past.at(isStale ? -2 : -1);
  const pushedAt = new Date((release?.publishedAt ?? startsAt) + 12 * hourMs).toISOString();
  return { build: release?.build ?? '', pushedAt };
};

/** On the newest AMI of the first day, and the older ones on the one before. */
const instances = (amis: readonly AmiDate[], startsAt: number): readonly InstancePlan[] =>
  instancesOf(counts, (channel, isOlder) => {
    const past = amis.filter((each) => each.channel === channel && each.publishedAt < startsAt);
    return past.at(isOlder ? -2 : -1) ?? { date: '', build: '' };
  });
