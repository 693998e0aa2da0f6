import { describe, expect, test } from 'vitest';
import { callAws } from '../../../domain/simulation/callAws.ts';
import { whyNotOn } from '../../../domain/simulation/images.ts';
import { listTags, readBlob, readManifest } from '../../../domain/simulation/registry.ts';
import { sha256 } from '../../../domain/simulation/sha256.ts';
import type { World } from '../../../domain/simulation/world.ts';
import { at, eventsOf, hour, october, pass, september, smallWorld } from './smallWorld.ts';

const core = 'windows/servercore';

const requestRebuild = (world: World, effectId: string, toBuild: string) =>
  callAws(world, 'events', 'PutEvents', {
    Entries: [
      {
        Source: 'tuesday',
        DetailType: 'Image Rebuild Requested',
        Detail: JSON.stringify({
          effectId,
          repository: '111122223333.dkr.ecr.eu-west-1.amazonaws.com/orders',
          tag: 'live',
          toBuild,
        }),
      },
    ],
  });

const pushes = (world: World) => eventsOf(world, 'ECR Image Action').map(({ detail }) => detail);

describe("Microsoft's registry", () => {
  test('a release appears at its instant, and floating, revision and KB tags agree', () => {
    const world = smallWorld();
    const before = readManifest(world, core, 'ltsc2022')?.digest;
    pass(world, 2 * hour - 1);
    expect(readManifest(world, core, 'ltsc2022')?.digest).toBe(before);
    pass(world, 1);
    const digests = ['ltsc2022', `10.0.${october}`, 'ltsc2022-KB5066782'].map(
      (tag) => readManifest(world, core, tag)?.digest,
    );
    expect(new Set(digests).size).toBe(1);
    expect(digests[0]).not.toBe(before);
    expect(readManifest(world, core, `10.0.${september}`)?.digest).toBe(before);
    expect(listTags(world, core)).toContain('ltsc2022');
  });

  test('index, manifest and config lead to one another, and digests are true', () => {
    const world = smallWorld();
    const index = readManifest(world, core, 'ltsc2022');
    expect(sha256(index?.body ?? '')).toBe(index?.digest);
    const entry = at(JSON.parse(index?.body ?? ''), 'manifests', 0);
    expect(at(entry, 'platform', 'os.version')).toBe(`10.0.${september}`);
    const manifest = readManifest(world, core, String(at(entry, 'digest')));
    const configDigest = String(at(JSON.parse(manifest?.body ?? ''), 'config', 'digest'));
    const config = readBlob(world, core, configDigest) ?? '';
    expect(sha256(config)).toBe(configDigest);
    expect(JSON.parse(config)).toMatchObject({
      os: 'windows',
      'os.version': `10.0.${september}`,
      history: [
        { created_by: 'Apply image 10.0.20348.2700' },
        { created_by: `Install update 10.0.${september}` },
      ],
    });
  });
});

describe('an app image', () => {
  test('has the diff ids of its base and other compressed digests', () => {
    const world = smallWorld();
    const [image] = Object.values(world.ecr);
    const base = Object.values(world.registry[core]?.contents ?? {})[0];
    const app = image?.layers.slice(0, 2) ?? [];
    expect(app.map(({ diffId }) => diffId)).toEqual(base?.layers.map(({ diffId }) => diffId));
    expect(app.map(({ digest }) => digest)).not.toEqual(base?.layers.map(({ digest }) => digest));
    expect(sha256(image?.manifest ?? '')).toBe(image?.digest);
  });

  test('a rebuild asked for twice is pushed once, on the build asked for, and announced', () => {
    const world = smallWorld();
    const before = Object.values(world.ecr)[0]?.digest;
    requestRebuild(world, 'effect-1', october);
    requestRebuild(world, 'effect-1', october);
    pass(world, 12 * hour);
    expect(pushes(world)).toHaveLength(1);
    const [push] = pushes(world);
    expect(push).toMatchObject({ 'repository-name': 'orders', 'image-tag': 'live' });
    expect(push?.['image-digest']).not.toBe(before);
    expect(world.ecr[`orders@${push?.['image-digest']}`]?.build).toBe(october);
    expect(world.ecr[`orders@${before}`]?.tags).toEqual([]);
  });

  test('a pipeline that is silent never answers', () => {
    const world = smallWorld();
    const app = world.appTags['orders:live'];
    if (app !== undefined) app.builder = 'silent';
    requestRebuild(world, 'effect-1', october);
    pass(world, 24 * hour);
    expect(pushes(world)).toEqual([]);
  });
});

describe('an image on an instance', () => {
  const image = (build: string) => ({ build, layers: [], bad: false });

  test.each([
    [
      '20348.4171',
      '17763.7792',
      /CannotPullContainerError: a Windows version 10.0.20348.4171-based/,
    ],
    ['17763.7792', '20348.4171', /operating system does not match/],
    ['17763.7792', '26100.6584', /operating system does not match/],
    ['20348.4171', '26100.6584', undefined],
    ['20348.4294', '20348.4171', undefined],
  ])('%s on %s', (build, instanceBuild, message) => {
    const answer = whyNotOn(image(build), instanceBuild, []);
    if (message === undefined) expect(answer).toBeUndefined();
    else expect(answer).toMatch(message);
  });

  test('a bad pair fails the newer image on the older instance only', () => {
    const pair = {
      channel: 'ltsc2022' as const,
      imageFrom: '20348.4294',
      instanceFrom: '20348.4294',
    };
    expect(whyNotOn(image('20348.4294'), '20348.4171', [pair])).toMatch(/0xc0370106/);
    expect(whyNotOn(image('20348.4294'), '20348.10000', [pair])).toBeUndefined();
    expect(whyNotOn(image('20348.4171'), '20348.4171', [pair])).toBeUndefined();
  });
});
