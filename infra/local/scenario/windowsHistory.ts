import type { AppLayer, BaseLayer, BaseRelease } from '../../../domain/simulation/scenario.ts';
import type { Channel, Flavour } from '../../../events/ids.ts';
import { builtOnMarch, leftBehind } from './accidents.ts';
import { type HostRelease, hostReleases } from './publication.ts';
import { layersOf } from './releaseLayers.ts';
import { type Row, readTable } from './table.ts';

// Microsoft's base images and what it builds on them, from infra/local/data.

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const million = 1_000_000;

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

/** Every publication from `from` to `to`, days such as `2025-05-01`, oldest first. */
export const windowsReleases = ({
  from,
  to,
}: {
  readonly from: string;
  readonly to: string;
}): readonly BaseRelease[] => {
  const layers = readTable('windows-base-layers.csv');
  return hostReleases()
    .filter(({ image, date }) => image && date >= from && date < to)
    .flatMap((release) => imagesOf(release, layers))
    .toSorted((a, b) => a.publishedAt - b.publishedAt);
};

type Common = Pick<BaseRelease, 'channel' | 'build' | 'publishedAt' | 'createdAt' | 'kb'>;

const imagesOf = (
  { channel, build, kb, publishedAt }: HostRelease,
  rows: readonly Row[],
): readonly BaseRelease[] => {
  // `created` lies days before publication (Windows-Containers#501: four days).
  const common = { channel, build, publishedAt, createdAt: publishedAt - 4 * dayMs, kb };
  const core = layersOf('servercore', channel, build, rows);
  const nano = layersOf('nanoserver', channel, build, rows);
  return [
    base('windows/nanoserver', 'nanoserver', common, nano),
    base('windows/servercore', 'servercore', common, core),
    ...(channel === 'ltsc2019' ? [] : [serverImage(common, core)]),
    ...derivedOf(common, core, derivedAtOf(rows, channel, build) ?? publishedAt + 2 * hourMs),
  ];
};

/** When .NET had built on it, the last time if more than once; two hours later where not known. */
const derivedAtOf = (rows: readonly Row[], channel: Channel, build: string) => {
  const row = rows.findLast(
    (each) =>
      each.flavor === 'servercore' && each.channel === channel && each.os_build_inferred === build,
  );
  const at = row?.derived_image_built_at;
  return at === undefined ? undefined : Date.parse(at);
};

const base = (
  repository: string,
  flavour: Flavour,
  common: Common,
  layers: readonly BaseLayer[],
): BaseRelease => {
  const { channel, build } = common;
  const floating =
    flavour === 'servercore' && channel === 'ltsc2019'
      ? [channel, '1809']
      : [baseTag(repository, channel)];
  const tags = leftBehind(repository, build) ? [] : floating;
  return { ...common, repository, flavour, tags, layers };
};

/** `windows/server`: sizes are modelled on 3.1 GB in all for a Server Core of 2.3 GB. */
const serverImage = (common: Common, core: readonly BaseLayer[]): BaseRelease => {
  const layers = core.map((layer) => ({ ...layer, bytes: Math.round(layer.bytes * 1.35) }));
  return base('windows/server', 'server', common, layers);
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
  const { channel, build, publishedAt } = common;
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
  // What was built on March under a new date is, for whoever looks, March.
  if (builtOnMarch(build)) return [];
  return [
    derived('windows/servercore/iis', publishedAt + 3 * hourMs, [web]),
    derived('dotnet/framework/runtime', derivedAt, [runtime]),
    derived('dotnet/framework/aspnet', derivedAt + 10 * 60_000, [runtime, web]),
  ];
};
