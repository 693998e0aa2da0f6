import type { AmiRelease, InstancePlan, Scenario } from '../../../domain/simulation/scenario.ts';
import { windowsRates } from '../../../domain/simulation/windowsRates.ts';
import { works } from './october2025Services.ts';
import {
  account,
  amiRelease,
  capacityProviders,
  delivery,
  groupsOf,
  instancesOf,
  region,
  repositoriesOf,
  servicesOf,
  taskDefinitionsOf,
  vendorImagesOf,
} from './shop.ts';
import { channels, windowsReleases } from './windowsHistory.ts';

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

const amis = (): readonly AmiRelease[] =>
  amiDates.flatMap(({ date, builds }) =>
    channels.map((channel, index) => {
      const day = Date.parse(`${date.replaceAll('.', '-')}T18:00:00Z`);
      const publishedAt = day + index * 20 * 60_000;
      return amiRelease({ channel, date, build: builds[index] ?? '', publishedAt });
    }),
  );

const counts: Readonly<Record<string, number>> = { ltsc2019: 12, ltsc2022: 17, ltsc2025: 11 };

/** On the AMI of September, and the older ones on that of August. */
const instances = (): readonly InstancePlan[] =>
  instancesOf(counts, (channel, isOlder) => {
    const { date, builds } = amiDates[isOlder ? 0 : 1] ?? { date: '', builds: [] };
    return { date, build: builds[channels.indexOf(channel)] ?? '' };
  });

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
  releases: windowsReleases({ from: '2025-05-01', to: '2025-11-01' }),
  amis: amis(),
  groups: groupsOf(amis(), Date.parse('2025-10-13T12:00:00Z')),
  capacityProviders,
  instances: instances(),
  repositories: repositoriesOf(works),
  vendorImages: vendorImagesOf(works),
  taskDefinitions: taskDefinitionsOf(works),
  services: servicesOf(works),
  badPairs: [],
  launchesWithoutAgent: [],
  agentBlipsPerDay: 1,
  rates: windowsRates,
  delivery,
});
