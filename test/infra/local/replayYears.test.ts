import { describe, expect, it } from 'vitest';
import { compareBuilds } from '../../../domain/windows/build.ts';
import { releaseKind } from '../../../domain/windows/patchTuesday.ts';
import type { Instant, WindowsBuild } from '../../../events/ids.ts';
import { amiDates, hostReleases } from '../../../infra/local/scenario/publication.ts';
import { replayYears } from '../../../infra/local/scenario/replayYears.ts';

const scenario = replayYears({ from: '2025-03-01', to: '2026-03-31' });
const released = (repository: string, build: string) =>
  scenario.releases.find((each) => each.repository === repository && each.build === build);

describe('the fleet of the replay', () => {
  it('has 120 instances and 900 tasks on three channels', () => {
    expect(scenario.instances.length).toBe(120);
    const tasks = scenario.services.reduce((sum, { desiredCount }) => sum + desiredCount, 0);
    expect(tasks).toBe(900);
    expect(new Set(scenario.groups.map(({ channel }) => channel)).size).toBe(3);
  });
});

describe('what Microsoft published', () => {
  it('was rebaselined in October 2025, and 2025 in January 2026', () => {
    const kinds = (build: string) =>
      released('windows/servercore', build)?.layers.map(({ kind }) => kind);
    for (const build of ['17763.7919', '20348.4294', '26100.32230']) {
      expect(kinds(build)).toEqual(['base']);
    }
    for (const build of ['17763.7792', '20348.4297', '26100.7462', '26100.32370']) {
      expect(kinds(build)).toEqual(['base', 'patch']);
    }
  });

  it('jumped from .7462 to .32230, which is later as a number and earlier as text', () => {
    const [december, january] = ['26100.7462', '26100.32230'] as WindowsBuild[];
    expect(compareBuilds(january as WindowsBuild, december as WindowsBuild)).toBe(1);
    expect((january ?? '') < (december ?? '')).toBe(true);
  });

  it('has sizes as measured from May 2025 on, and growing to them before', () => {
    const patch = (build: string) => released('windows/servercore', build)?.layers[1]?.bytes ?? 0;
    expect(patch('20348.3692')).toBe(811_435_715);
    expect(patch('20348.3328')).toBeLessThan(patch('20348.3453'));
    expect(patch('20348.3453')).toBeLessThan(patch('20348.3692'));
  });

  it('came on the hour that Tuesday itself takes for Patch Tuesday, or out of band', () => {
    for (const { publishedAt, kind, image } of hostReleases()) {
      if (image) expect(releaseKind(publishedAt as Instant)).toBe(kind === 'B' ? 'B' : 'OutOfBand');
    }
  });

  it('left the floating tag of 2025 behind on 16 April, where only its own tag existed', () => {
    expect(released('windows/servercore', '26100.3781')?.tags).toEqual([]);
    expect(released('windows/nanoserver', '26100.3781')?.tags).toEqual(['ltsc2025']);
    const moves = scenario.tagMoves?.filter(({ tag }) => tag === 'ltsc2025') ?? [];
    expect(moves.map(({ build }) => build)).toContain('26100.3476');
  });
});

describe('the AMIs', () => {
  it('come on the listed day, else four days after a release that became an image', () => {
    const dates = amiDates()
      .filter(({ channel }) => channel === 'ltsc2022')
      .map(({ date, modelled }) => `${date}${modelled ? ' ~' : ''}`);
    expect(dates).toContain('2025.07.16');
    expect(dates).toContain('2025.08.24');
    expect(dates).toContain('2025.10.18 ~');
    expect(dates).toContain('2025.10.27 ~');
    expect(dates).not.toContain('2026.01.21 ~');
  });

  it('hold what was out two days before, also where an out-of-band for hosts came since', () => {
    const found = amiDates().find((each) => each.date === '2025.04.12');
    expect(found).toMatchObject({ channel: 'ltsc2019', build: '17763.7136' });
  });
});
