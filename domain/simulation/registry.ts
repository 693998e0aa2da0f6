import {
  type HistoryEntry,
  imageDocuments,
  indexDocument,
  indexType,
  manifestType,
} from './imageDocuments.ts';
import { instantText } from './instantText.ts';
import type { BaseLayer, BaseRelease, TagMove } from './scenario.ts';
import { sha256 } from './sha256.ts';
import type { BaseRepository, ImageContent, Layer, World } from './world.ts';

/**
 * Puts a release into Microsoft's registry: its documents, its own tags, and its floating tags
 * moved to it.
 */
export const publishRelease = (world: World, release: BaseRelease): void => {
  world.publications += 1;
  const repository = repositoryOf(world, release.repository);
  const layers = [...baseLayers(release), ...extraLayers(release)];
  const documents = imageDocuments({ ...release, history: historyOf(release), layers });
  const index = indexDocument(documents.manifest, documents.manifestDigest, release.build);
  const digest = sha256(index);
  repository.manifests[digest] = { mediaType: indexType, body: index };
  repository.manifests[documents.manifestDigest] = {
    mediaType: manifestType,
    body: documents.manifest,
  };
  repository.blobs[documents.configDigest] = documents.config;
  const { configDigest } = documents;
  repository.contents[digest] = { build: release.build, layers, bad: false, configDigest };
  for (const tag of release.tags) {
    repository.tags[tag] = digest;
    repository.tags[`${tag}-amd64`] = documents.manifestDigest;
    repository.releases[`${tag}@${release.build}`] = digest;
    if (release.kb !== undefined) repository.tags[`${tag}-${release.kb}`] = digest;
  }
  for (const tag of release.fixedTags ?? []) repository.tags[tag] = digest;
  if (release.extraLayers !== undefined) return;
  repository.tags[`10.0.${release.build}`] = digest;
  repository.tags[`10.0.${release.build}-amd64`] = documents.manifestDigest;
};

/** Sets a floating tag to a release that was published before; without one, changes nothing. */
export const moveTag = (world: World, { repository: name, tag, build }: TagMove): void => {
  const repository = world.registry[name];
  const digest = repository?.tags[`10.0.${build}`];
  if (repository === undefined || digest === undefined) return;
  world.publications += 1;
  repository.tags[tag] = digest;
  const manifestDigest = repository.tags[`10.0.${build}-amd64`];
  if (manifestDigest !== undefined) repository.tags[`${tag}-amd64`] = manifestDigest;
  repository.releases[`${tag}@${build}`] = digest;
};

const repositoryOf = (world: World, name: string): BaseRepository => {
  const known = world.registry[name];
  if (known !== undefined) return known;
  const made: BaseRepository = { tags: {}, manifests: {}, blobs: {}, contents: {}, releases: {} };
  world.registry[name] = made;
  return made;
};

/**
 * Uncompressed layers are the same wherever an image of this flavour and build stands; compressed
 * ones are not.
 */
const baseLayers = (release: BaseRelease): Layer[] =>
  release.layers.map((layer) => ({
    diffId: baseDiffId(release.flavour, layer),
    digest: layer.digest ?? sha256(`mcr ${release.flavour} ${layer.kind} ${layer.build}`),
    bytes: layer.bytes,
  }));

const baseDiffId = (flavour: string, layer: BaseLayer) =>
  sha256(`diff ${flavour} ${layer.kind} ${layer.build}`);

const extraLayers = (release: BaseRelease): Layer[] =>
  (release.extraLayers ?? []).map(({ name, bytes }) => {
    const diffId = sha256(`diff ${release.repository} ${release.tags[0]} ${name} ${release.build}`);
    return { diffId, digest: sha256(`mcr ${diffId}`), bytes };
  });

const historyOf = (release: BaseRelease): HistoryEntry[] => {
  const created = instantText(release.createdAt);
  return [
    ...release.layers.map((layer) => ({
      created,
      created_by: `${layer.kind === 'base' ? 'Apply image' : 'Install update'} 10.0.${layer.build}`,
    })),
    ...(release.extraLayers ?? []).map(({ name }) => ({ created, created_by: name })),
  ];
};

/** The base image that `<repository>:<tag>` holds now, or held at `build`. */
export const baseImage = (
  world: World,
  base: { readonly repository: string; readonly tag: string },
  build?: string,
): (ImageContent & { readonly history: HistoryEntry[] }) | undefined => {
  const repository = world.registry[base.repository];
  const digest =
    build === undefined ? repository?.tags[base.tag] : repository?.releases[`${base.tag}@${build}`];
  if (repository === undefined || digest === undefined) return undefined;
  const content = repository.contents[digest];
  if (content === undefined) return undefined;
  const config = JSON.parse(repository.blobs[content.configDigest] ?? '{}');
  return { ...content, history: config.history };
};

/**
 * Layers of `windows/servercore` that an AMI of this build brings along; none when no such image
 * was published.
 */
export const cachedLayers = (world: World, build: string): Layer[] => {
  const repository = world.registry['windows/servercore'];
  const digest = repository?.tags[`10.0.${build}`];
  return (digest === undefined ? undefined : repository?.contents[digest]?.layers) ?? [];
};

export type Document = {
  readonly mediaType: string;
  readonly digest: string;
  readonly body: string;
};

/**
 * A manifest or index by tag or digest, as `GET /v2/<repository>/manifests/<reference>` answers it.
 */
export const readManifest = (
  world: World,
  name: string,
  reference: string,
): Document | undefined => {
  const repository = world.registry[name];
  const digest = reference.startsWith('sha256:') ? reference : repository?.tags[reference];
  const found = digest === undefined ? undefined : repository?.manifests[digest];
  return found === undefined || digest === undefined ? undefined : { ...found, digest };
};

export const readBlob = (world: World, name: string, digest: string): string | undefined =>
  world.registry[name]?.blobs[digest];

export const listTags = (world: World, name: string): readonly string[] | undefined => {
  const repository = world.registry[name];
  return repository === undefined ? undefined : Object.keys(repository.tags).sort();
};
