import { readFileSync } from 'node:fs';
import type { AppLayer, BaseLayer, BaseRelease } from '../../../domain/simulation/scenario.ts';
import type { Channel, Flavour } from '../../../events/ids.ts';

// Microsoft's releases of May to October 2025, from infra/local/data (SOURCES.md says what each
// column is).

type Row = Readonly<Record<string, string>>;

const readTable = (name: string): readonly Row[] => {
  const text = readFileSync(new URL(`../data/${name}`, import.meta.url), 'utf8');
  const [header = '', ...lines] = text.trim().split('\n');
  const columns = header.split(',');
  return lines.map((line) => {
    const values = line.split(',');
    return Object.fromEntries(columns.map((column, index) => [column, values[index] ?? '']));
  });
};

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const million = 1_000_000;

/**
 * The builds on which each channel's Server Core base layer stood before October 2025 (modelled
 * from the first images on it).
 */
const earlierBaseline: Readonly<Record<string, string>> = {
  ltsc2019: '17763.6293',
  ltsc2022: '20348.2700',
  ltsc2025: '26100.2314',
};

export const channels = ['ltsc2019', 'ltsc2022', 'ltsc2025'] as const;
export const nanoTag = (channel: string) => (channel === 'ltsc2019' ? '1809' : channel);
/** .NET Framework versions of a channel, newest last: 2022 has both (dotnet/framework on MCR). */
const frameworkVersions: Readonly<Record<string, readonly string[]>> = {
  ltsc2019: ['4.8'],
  ltsc2022: ['4.8', '4.8.1'],
  ltsc2025: ['4.8.1'],
};
const frameworkTags = (channel: string) =>
  (frameworkVersions[channel] ?? []).map((version) => `${version}-windowsservercore-${channel}`);
const frameworkTag = (channel: string) => frameworkTags(channel).at(-1) ?? channel;

/** The floating tag of each base that app images of a channel are built on. */
export const baseTag = (repository: string, channel: string): string => {
  if (repository === 'windows/nanoserver') return nanoTag(channel);
  if (repository === 'windows/servercore/iis') return `windowsservercore-${channel}`;
  return repository.startsWith('dotnet/framework/') ? frameworkTag(channel) : channel;
};

/** Every publication, oldest first. */
export const windowsReleases = (): readonly BaseRelease[] => {
  const layers = readTable('windows-base-layers.csv');
  const kbs = new Map(readTable('windows-releases.csv').map((row) => [row.build, row.kb]));
  const digests = readTable('windows-tag-digests.csv');
  const releases = layers.flatMap((row) => releasesOf(row, kbs, digests));
  return releases.sort((a, b) => a.publishedAt - b.publishedAt);
};

type Common = Pick<BaseRelease, 'channel' | 'build' | 'publishedAt' | 'createdAt' | 'kb'>;

const releasesOf = (
  row: Row,
  kbs: ReadonlyMap<string | undefined, string | undefined>,
  digests: readonly Row[],
): readonly BaseRelease[] => {
  const channel = row.channel as Channel;
  const build = row.os_build_inferred ?? '';
  const derivedAt = Date.parse(row.derived_image_built_at ?? '');
  const publishedAt = publicationOf(derivedAt, channel);
  const kb = kbs.get(build);
  // `created` lies days before publication (Windows-Containers#501: four days).
  const createdAt = publishedAt - 4 * dayMs;
  const common = { channel, build, publishedAt, createdAt, ...(kb && { kb }) };
  if (row.flavor === 'nanoserver') {
    return [base('windows/nanoserver', 'nanoserver', common, layersOf(row, build), digests)];
  }
  const core = layersOf(row, build);
  return [
    base('windows/servercore', 'servercore', common, core, digests),
    ...(channel === 'ltsc2019' ? [] : [serverImage(common, core, digests)]),
    ...derivedOf(common, core, derivedAt),
  ];
};

/**
 * Patch Tuesday at 10:00 Pacific, 17:00 UTC in summer; the channels some minutes apart. The
 * out-of-band of 23 October went out that evening, Pacific time. Minutes and the evening's hour are
 * modelled.
 */
const publicationOf = (derivedAt: number, channel: Channel): number => {
  const day = Math.floor(derivedAt / dayMs) * dayMs;
  const isOutOfBand = day === Date.parse('2025-10-24T00:00:00Z');
  const minutes = { ltsc2016: 0, ltsc2019: 0, ltsc2022: 5, ltsc2025: 10 }[channel];
  return day + (isOutOfBand ? 1 : 17) * hourMs + minutes * 60_000;
};

const layersOf = (row: Row, build: string): readonly BaseLayer[] => {
  const bytes = Number(row.base_layer_bytes);
  const patch = Number(row.patch_layer_bytes);
  if (patch === 0) return [{ kind: 'base', build, bytes }];
  const baseline = { ltsc2019: '17763.7919', ltsc2022: '20348.4294' }[row.channel ?? ''];
  const isAfterRebaseline = (row.derived_image_built_at ?? '') > '2025-10-14';
  const earlier = earlierBaseline[row.channel ?? ''] ?? build;
  const under = isAfterRebaseline ? (baseline ?? earlier) : earlier;
  return [
    { kind: 'base', build: under, bytes },
    { kind: 'patch', build, bytes: patch },
  ];
};

const base = (
  repository: string,
  flavour: Flavour,
  common: Common,
  layers: readonly BaseLayer[],
  digests: readonly Row[],
): BaseRelease => {
  const { channel, publishedAt } = common;
  const tags =
    flavour === 'servercore' && channel === 'ltsc2019'
      ? [channel, '1809']
      : [baseTag(repository, channel)];
  const indexDigest = indexDigestOf(digests, repository, tags, publishedAt);
  return { ...common, repository, flavour, tags, layers, ...(indexDigest && { indexDigest }) };
};

/** The pin of docker-library that was written from a week before publication to a day after it. */
const indexDigestOf = (
  digests: readonly Row[],
  repository: string,
  tags: readonly string[],
  publishedAt: number,
): string | undefined =>
  digests.findLast((row) => {
    const at = Date.parse(`${row.commit_time_local}Z`);
    const isNear = at > publishedAt - 7 * dayMs && at < publishedAt + dayMs;
    return row.repo === repository && tags.includes(row.tag ?? '') && isNear;
  })?.index_digest;

/** `windows/server`: sizes are modelled on 3.1 GB in all for a Server Core of 2.3 GB. */
const serverImage = (
  common: Common,
  core: readonly BaseLayer[],
  digests: readonly Row[],
): BaseRelease => {
  const layers = core.map((layer) => ({ ...layer, bytes: Math.round(layer.bytes * 1.35) }));
  return base('windows/server', 'server', common, layers, digests);
};

/**
 * .NET Framework at the measured hour, IIS three hours after its base (modelled); layer sizes of
 * .NET as of October 2025.
 */
const derivedOf = (
  common: Common,
  core: readonly BaseLayer[],
  derivedAt: number,
): readonly BaseRelease[] => {
  const { channel, publishedAt } = common;
  const date = new Date(derivedAt).toISOString().slice(0, 10).replaceAll('-', '');
  const framework = { ltsc2016: 850, ltsc2019: 850, ltsc2022: 510, ltsc2025: 100 }[channel];
  const runtime = { name: 'cmd /S /C install .NET Framework 4.8', bytes: framework * million };
  const derived = (
    repository: string,
    at: number,
    extraLayers: readonly AppLayer[],
  ): BaseRelease => {
    const { kb: _kb, ...rest } = common;
    const tag = baseTag(repository, channel);
    const fixedTags = repository.startsWith('dotnet/')
      ? [tag.replace('-windows', `-${date}-windows`)]
      : [];
    return {
      ...rest,
      repository,
      flavour: 'servercore',
      tags: repository.startsWith('dotnet/framework/') ? frameworkTags(channel) : [tag],
      fixedTags,
      publishedAt: Math.max(at, publishedAt),
      createdAt: at,
      layers: core,
      extraLayers,
    };
  };
  const web = { name: 'cmd /S /C Add-WindowsFeature Web-Server', bytes: 115 * million };
  return [
    derived('windows/servercore/iis', publishedAt + 3 * hourMs, [web]),
    derived('dotnet/framework/runtime', derivedAt, [runtime]),
    derived('dotnet/framework/aspnet', derivedAt + 10 * 60_000, [runtime, web]),
  ];
};
