import type { TagMove } from '../../../domain/simulation/scenario.ts';

// What happened to floating tags in April 2025, hour by hour where the pins of docker-library tell,
// else modelled.

/** These floating tags were not moved when the release came; only `10.0.<build>` was there. */
export const leftBehind = (repository: string, build: string): boolean =>
  build === '26100.3781' && repository !== 'windows/nanoserver';

/**
 * 8 to 10 April: `ltsc2019` and `1809` went back to March while `10.0.17763.7136` was right
 * (official-images#18823, Windows-Containers#583). 16 and 17 April: `ltsc2025` of Server Core and
 * Server served March instead of the out-of-band, whose KB tag did not exist
 * (official-images#18884). The hour of going back is modelled; the hours of coming right are those
 * of docker-library's pins.
 */
export const tagAccidents = (): readonly TagMove[] => [
  ...['ltsc2019', '1809'].flatMap((tag) => thereAndBack('windows/servercore', tag)),
  ...thereAndBack('windows/nanoserver', '1809'),
  ...['windows/servercore', 'windows/server'].flatMap((repository): readonly TagMove[] => [
    { repository, tag: 'ltsc2025', build: '26100.3476', at: Date.parse('2025-04-16T23:30:00Z') },
    { repository, tag: 'ltsc2025', build: '26100.3781', at: Date.parse('2025-04-17T18:00:00Z') },
  ]),
];

const thereAndBack = (repository: string, tag: string): readonly TagMove[] => [
  { repository, tag, build: '17763.7009', at: Date.parse('2025-04-09T06:00:00Z') },
  { repository, tag, build: '17763.7136', at: Date.parse('2025-04-10T17:30:00Z') },
];

/**
 * .NET built its images of 8 April on what the floating tag served then: March
 * (Windows-Containers#583). They came right with the next release.
 */
export const builtOnMarch = (build: string): boolean => build === '17763.7136';
