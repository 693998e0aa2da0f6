import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  buildOf,
  channelOfBuild,
  compareBuilds,
  numbersOf,
  osFamilyChannel,
} from '../../../domain/windows/build.ts';
import { build, releases } from './windowsFacts.ts';

const builds = fc
  .tuple(fc.constantFrom(14393, 17763, 20348, 26100), fc.nat({ max: 99_999 }))
  .map(([number, revision]) => build(`${number}.${revision}`));

describe('builds', () => {
  it('compare as numbers: January 2026 (.32230) is after December 2025 (.7462)', () => {
    expect(compareBuilds(build('26100.32230'), build('26100.7462'))).toBe(1);
    expect(compareBuilds(build('26100.7462'), build('26100.33296'))).toBe(-1);
  });

  it('stand in the order in which Microsoft published them', () => {
    for (const channel of ['ltsc2019', 'ltsc2022', 'ltsc2025']) {
      const published = releases
        .filter(([of]) => of === channel)
        .map(([, , , text]) => build(text));
      expect(published.toReversed().toSorted(compareBuilds)).toEqual(published);
    }
  });

  it('are ordered: one way round, and equal only to themselves', () => {
    fc.assert(
      fc.property(builds, builds, (a, b) => {
        expect(compareBuilds(a, b)).toBe(0 - compareBuilds(b, a));
        expect(compareBuilds(a, b) === 0).toBe(a === b);
      }),
    );
  });

  it('are numbers and text of one value', () => {
    fc.assert(
      fc.property(builds, (each) => {
        const { build: number, revision } = numbersOf(each);
        expect(buildOf(`10.0.${number}.${revision}`)).toBe(each);
      }),
    );
  });

  it.each([
    ['10.0.20348.4294', '20348.4294'],
    ['20348.4294', '20348.4294'],
    [' 10.0.20348.4294\n', '20348.4294'],
    ['10.0.20348.0825', '20348.825'],
    ['10.0.20348', undefined],
    ['10.0.20348.4294-amd64', undefined],
    ['6.3.9600.1', undefined],
    ['20348.1234567', undefined],
    ['', undefined],
  ])('are read from os.version %j as %s', (text, expected) => {
    expect(buildOf(text)).toBe(expected);
  });

  it.each([
    ['14393.1', 'ltsc2016'],
    ['17763.1', 'ltsc2019'],
    ['20348.1', 'ltsc2022'],
    ['26100.1', 'ltsc2025'],
    ['25398.1', undefined],
  ])('%s belongs to %s', (text, channel) => {
    expect(channelOfBuild(build(text))).toBe(channel);
  });

  it.each([
    ['WINDOWS_SERVER_2016_FULL', 'ltsc2016'],
    ['WINDOWS_SERVER_2019_CORE', 'ltsc2019'],
    ['WINDOWS_SERVER_2022_CORE', 'ltsc2022'],
    ['WINDOWS_SERVER_2025_FULL', 'ltsc2025'],
    ['WINDOWS_SERVER_20H2_CORE', undefined],
    ['LINUX', undefined],
  ])('operating system family %s is %s', (family, channel) => {
    expect(osFamilyChannel(family)).toBe(channel);
  });
});
