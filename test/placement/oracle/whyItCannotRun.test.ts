import { describe, expect, it } from 'vitest';
import { build } from './byHand.ts';
import { type CompatibilityReason, whyItCannotRun } from './whyItCannotRun.ts';

const floor = (from: string, binds: 'image' | 'both') => ({
  imageFrom: build(from),
  instanceFrom: build(from),
  binds,
  why: '',
  source: '',
});

// Azure/AKS#1465 (February 2020), microsoft/Windows-Containers#591 (April 2025), and two pairs as
// somebody might have learned them.
const policy = {
  floors: [floor('17763.1039', 'both'), floor('26100.3781', 'image')],
  learnedBadPairs: [
    { image: build('20348.4294'), instance: build('20348.4171') },
    { image: build('20348.4294'), instance: build('26100.6899') },
  ],
};

describe('an image on an instance, in process isolation', () => {
  it.each<readonly [string, string, CompatibilityReason | null]>([
    // Microsoft's table, version-compatibility
    ['14393.8422', '14393.8422', null],
    ['14393.8422', '14393.8519', 'RevisionMustMatch'],
    ['14393.8422', '17763.7919', 'BuildMismatch'],
    ['17763.7919', '20348.4294', 'BuildMismatch'],
    ['20348.4294', '17763.7919', 'BuildMismatch'],
    ['20348.4171', '20348.4294', null],
    ['20348.4171', '26100.1', null],
    ['26100.6899', '20348.4294', 'BuildMismatch'],
    // hcsshim: an instance of the annual channel takes images from the release before it on
    ['20348.4171', '25398.1849', 'BuildMismatch'],
    ['25398.1849', '26100.6899', 'BuildMismatch'],
    ['25398.1849', '20348.4294', 'BuildMismatch'],
    // February 2020: both on one side
    ['17763.1039', '17763.1038', 'BelowFloor'],
    ['17763.1038', '17763.1039', 'BelowFloor'],
    ['17763.1038', '17763.973', null],
    ['17763.1040', '17763.1039', null],
    // April 2025: a new image on an old instance alone
    ['26100.3781', '26100.3780', 'BelowFloor'],
    ['26100.3780', '26100.3781', null],
    // a pair that was seen to fail binds between equal builds alone
    ['20348.4294', '20348.4171', 'KnownBadPair'],
    ['20348.4294', '26100.6899', null],
  ])('%s on %s: %s', (image, instance, reason) => {
    expect(whyItCannotRun(build(image), build(instance), policy)).toBe(reason);
  });
});
