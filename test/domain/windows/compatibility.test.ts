import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultCompatibility, mayRun } from '../../../domain/windows/compatibility.ts';
import { build } from './windowsFacts.ts';

const builds = {
  2016: build('14393.8519'),
  2019: build('17763.7919'),
  2022: build('20348.4294'),
  2025: build('26100.6899'),
} as const;

const verdict = (image: string, instance: string, policy = defaultCompatibility) => {
  const found = mayRun(build(image), build(instance), policy);
  return found.allowed ? (found.ahead ? 'ahead' : 'yes') : found.reason;
};

describe("Microsoft's matrix of process isolation (version-compatibility)", () => {
  const matrix = [
    // instance, images of 2016, 2019, 2022, 2025
    [2016, ['yes', 'BuildMismatch', 'BuildMismatch', 'BuildMismatch']],
    [2019, ['BuildMismatch', 'yes', 'BuildMismatch', 'BuildMismatch']],
    [2022, ['BuildMismatch', 'BuildMismatch', 'yes', 'BuildMismatch']],
    [2025, ['BuildMismatch', 'BuildMismatch', 'yes', 'yes']],
  ] as const;

  it.each(matrix)('an instance of %i', (instance, expected) => {
    const images = [builds[2016], builds[2019], builds[2022], builds[2025]];
    expect(images.map((image) => verdict(image, builds[instance]))).toEqual(expected);
  });

  it('has no row for other builds, such as the Annual Channel', () => {
    expect(verdict('20348.4294', '25398.1')).toBe('BuildMismatch');
    expect(verdict('25398.1', '26100.6899')).toBe('BuildMismatch');
  });
});

describe('revisions', () => {
  it.each([
    ['an older image', '20348.4171', '20348.4294', 'yes'],
    ['a newer image', '20348.4297', '20348.4294', 'ahead'],
    ['a newer image, compared as a number', '26100.32230', '26100.7462', 'ahead'],
    ['2022 on 2025, whatever the revision', '20348.4294', '26100.1742', 'yes'],
    ['2016 unless they are equal', '14393.8519', '14393.8422', 'RevisionMustMatch'],
    ['2016 the other way round', '14393.8422', '14393.8519', 'RevisionMustMatch'],
  ])('%s: %s on %s', (_, image, instance, expected) => {
    expect(verdict(image, instance)).toBe(expected);
  });
});

describe('the floors that are shipped', () => {
  it.each([
    // 2020-02-11: both sides of the update (Azure/AKS#1465).
    ['17763.1040', '17763.1039', 'ahead'],
    ['17763.1039', '17763.973', 'BelowFloor'],
    ['17763.973', '17763.1039', 'BelowFloor'],
    ['17763.973', '17763.914', 'ahead'],
    // April 2025: a new image on an old instance (Windows-Containers#591), and only that.
    ['17763.7249', '17763.7009', 'BelowFloor'],
    ['17763.7136', '17763.7009', 'ahead'],
    ['17763.7249', '17763.7314', 'yes'],
    ['17763.7009', '17763.7314', 'yes'],
    ['26100.3781', '26100.3476', 'BelowFloor'],
    ['26100.4061', '26100.4061', 'yes'],
    ['20348.3566', '20348.3328', 'ahead'],
  ])('%s on %s', (image, instance, expected) => {
    expect(verdict(image, instance)).toBe(expected);
  });

  it('name the builds and their source', () => {
    const found = mayRun(build('17763.7249'), build('17763.7009'));
    expect(found).toMatchObject({
      detail: expect.stringMatching(/17763\.7249 on 17763\.7009.*Windows-Containers#591/),
    });
  });

  it('can be taken away', () => {
    expect(verdict('17763.7249', '17763.7009', { floors: [], learnedBadPairs: [] })).toBe('ahead');
  });
});

describe('pairs that were seen to fail', () => {
  const learnedBadPairs = [{ image: build('26100.33296'), instance: build('26100.33158') }];
  const policy = { ...defaultCompatibility, learnedBadPairs };

  it('are not tried again, and only they are not', () => {
    expect(verdict('26100.33296', '26100.33158', policy)).toBe('KnownBadPair');
    expect(verdict('26100.33296', '26100.33296', policy)).toBe('yes');
    expect(verdict('26100.33158', '26100.33296', policy)).toBe('yes');
  });
});

describe('any pair', () => {
  const any = fc
    .tuple(fc.constantFrom(14393, 17763, 20348, 26100), fc.nat({ max: 40_000 }))
    .map(([number, revision]) => build(`${number}.${revision}`));

  it('is allowed on itself: an image and an instance of one build always go together', () => {
    fc.assert(
      fc.property(any, (each) => {
        expect(verdict(each, each)).toBe('yes');
      }),
    );
  });

  it('that a policy without floors refuses, every policy refuses', () => {
    fc.assert(
      fc.property(any, any, (image, instance) => {
        const bare = mayRun(image, instance, { floors: [], learnedBadPairs: [] });
        if (!bare.allowed) expect(mayRun(image, instance).allowed).toBe(false);
      }),
    );
  });
});
