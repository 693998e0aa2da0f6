import { describe, expect, test } from 'vitest';
import { advance } from '../../../domain/simulation/advance.ts';
import { callAws } from '../../../domain/simulation/callAws.ts';
import { createWorld } from '../../../domain/simulation/createWorld.ts';
import { groundTruth } from '../../../domain/simulation/groundTruth.ts';
import { bytesToPull } from '../../../domain/simulation/imagePull.ts';
import { readManifest } from '../../../domain/simulation/registry.ts';
import { sha256 } from '../../../domain/simulation/sha256.ts';
import type { World } from '../../../domain/simulation/world.ts';
import { october2025 } from '../../../infra/local/scenario/october2025.ts';

const scenario = october2025();
const at = (text: string) => Date.parse(text);

const buildOf = (world: World, repository: string, tag: string): string => {
  const manifest = JSON.parse(readManifest(world, repository, tag)?.body ?? '{}');
  return manifest.manifests[0].platform['os.version'];
};

const amiOf = (world: World, year: number): string => {
  const Name = `/aws/service/ami-windows-latest/Windows_Server-${year}-English-Core-ECS_Optimized`;
  const answer = callAws(world, 'ssm', 'GetParameter', { Name });
  if ('error' in answer) throw new Error(answer.error.code);
  const { Parameter } = answer.ok as { Parameter: { Value: string } };
  return JSON.parse(Parameter.Value).image_name.slice(-10);
};

describe('the fleet of October 2025', () => {
  const world = createWorld(scenario, 1);
  const truth = groundTruth(world);

  test('has 40 instances, 25 services and 300 tasks, all healthy', () => {
    expect(truth.instances).toHaveLength(40);
    expect(truth.services).toHaveLength(25);
    expect(truth.tasks).toHaveLength(300);
    expect(truth.tasks.every(({ healthy }) => healthy)).toBe(true);
  });

  test('uses about two thirds of its memory in each group', () => {
    for (const group of Object.values(world.groups)) {
      const instances = group.instances.flatMap((id) => world.instances[id] ?? []);
      const used = instances.reduce((total, one) => total + one.memoryUsedMiB, 0);
      const share = used / (instances.length * 16_384);
      expect(share).toBeGreaterThan(0.62);
      expect(share).toBeLessThan(0.71);
    }
  });

  test('has images of May, June and July, two that cannot be read, two nameless instances', () => {
    const builds = new Set(Object.values(world.ecr).map(({ build }) => build));
    expect([...builds].sort()).toEqual(
      expect.arrayContaining(['17763.7314', '20348.3807', '20348.3932', '26100.4349']),
    );
    const unread = truth.tasks.filter(({ image }) => image.startsWith('registry.vendor.example/'));
    expect(new Set(unread.map(({ service }) => service))).toEqual(new Set(['ledger', 'scanner']));
    const known = new Set(scenario.amis.map(({ amiId }) => amiId));
    const nameless = Object.values(world.instances).filter(
      ({ amiId, attributes }) => !known.has(amiId) && attributes['tuesday.os-build'] === undefined,
    );
    expect(nameless).toHaveLength(2);
  });
});

describe('October 2025 as it was', () => {
  const world = createWorld(scenario, 1);
  const core = 'windows/servercore';
  const floating = () =>
    ['ltsc2019', 'ltsc2022', 'ltsc2025'].map((tag) => buildOf(world, core, tag));

  test('Patch Tuesday at 10:00 Pacific, true digests and two full pulls', () => {
    advance(world, at('2025-10-14T16:59:59Z'));
    expect(floating()).toEqual(['10.0.17763.7792', '10.0.20348.4171', '10.0.26100.6584']);
    advance(world, at('2025-10-14T17:30:00Z'));
    expect(floating()).toEqual(['10.0.17763.7919', '10.0.20348.4294', '10.0.26100.6899']);
    const held = readManifest(world, core, 'ltsc2022');
    expect(held?.digest).toBe(sha256(held?.body ?? ''));
    const bytes = ['2019', '2022', '2025'].map((year) => {
      const id = world.groups[`shop-${year}`]?.instances[0] ?? '';
      const digest = readManifest(world, core, `ltsc${year}`)?.digest ?? '';
      const content = world.registry[core]?.contents[digest];
      const instance = world.instances[id];
      return content && instance ? Math.round(bytesToPull(instance, content) / 1e6) : 0;
    });
    expect(bytes).toEqual([1750, 1489, 1005]);
  });

  test('derived images follow within hours', () => {
    const aspnet = 'dotnet/framework/aspnet';
    expect(buildOf(world, aspnet, '4.8.1-windowsservercore-ltsc2022')).toBe('10.0.20348.4171');
    advance(world, at('2025-10-14T21:00:00Z'));
    expect(buildOf(world, aspnet, '4.8.1-windowsservercore-ltsc2022')).toBe('10.0.20348.4294');
    expect(buildOf(world, `${core}/iis`, 'windowsservercore-ltsc2022')).toBe('10.0.20348.4294');
  });

  test('AMIs after four days; 26100.6901 never becomes an image', () => {
    advance(world, at('2025-10-18T17:00:00Z'));
    expect(amiOf(world, 2025)).toBe('2025.09.13');
    advance(world, at('2025-10-22T12:00:00Z'));
    expect(amiOf(world, 2025)).toBe('2025.10.18');
    expect(floating()[2]).toBe('10.0.26100.6899');
    expect(readManifest(world, core, '10.0.26100.6901')).toBeUndefined();
  });

  test('the out-of-band of the 23rd, Pacific time, on all three', () => {
    advance(world, at('2025-10-24T02:00:00Z'));
    expect(floating()).toEqual(['10.0.17763.7922', '10.0.20348.4297', '10.0.26100.6905']);
    advance(world, scenario.endsAt);
    expect([2019, 2022, 2025].map((year) => amiOf(world, year))).toEqual([
      '2025.10.27',
      '2025.10.27',
      '2025.10.27',
    ]);
  });
});
