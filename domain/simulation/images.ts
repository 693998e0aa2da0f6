import { majorOf, orderOfBuilds } from './builds.ts';
import { publishEcrPush } from './envelopes.ts';
import { imageDocuments } from './imageDocuments.ts';
import { instantText } from './instantText.ts';
import { baseImage } from './registry.ts';
import type { BadPair } from './scenario.ts';
import { sha256 } from './sha256.ts';
import type { AppTag, EcrImage, ImageContent, Layer, World } from './world.ts';

export const registryHost = (world: World): string =>
  `${world.account}.dkr.ecr.${world.region}.amazonaws.com`;

export const appTagKey = (repository: string, tag: string) => `${repository}:${tag}`;
export const ecrKey = (repository: string, digest: string) => `${repository}@${digest}`;

/**
 * Builds an app image on `build` of its base and pushes it under the tag, which leaves its
 * predecessor untagged.
 */
export const pushAppImage = (
  world: World,
  app: AppTag,
  build: string | undefined,
  pushedAt: number,
): EcrImage | undefined => {
  const base = baseImage(world, app.base, build);
  if (base === undefined) return undefined;
  app.builds += 1;
  const layers = [...base.layers.map(recompressed), ...appLayers(app, base.build)];
  const created = instantText(pushedAt);
  const history = [
    ...base.history,
    ...app.appLayers.map(({ name }) => ({ created, created_by: `cmd /S /C #(nop) COPY ${name}` })),
  ];
  const documents = imageDocuments({ build: base.build, createdAt: pushedAt, history, layers });
  for (const image of Object.values(world.ecr)) {
    if (image.repository === app.repository)
      image.tags = image.tags.filter((tag) => tag !== app.tag);
  }
  const image: EcrImage = {
    repository: app.repository,
    digest: documents.manifestDigest,
    tags: [app.tag],
    manifest: documents.manifest,
    configDigest: documents.configDigest,
    config: documents.config,
    pushedAt,
    build: base.build,
    layers,
    bad: false,
  };
  world.ecr[ecrKey(image.repository, image.digest)] = image;
  if (pushedAt >= world.now) publishEcrPush(world, image, app.tag);
  return image;
};

/**
 * `docker push` compresses base layers anew, so their digests differ from Microsoft's
 * (Windows-Containers#519).
 */
const recompressed = (layer: Layer): Layer => ({
  ...layer,
  digest: sha256(`recompressed ${layer.diffId}`),
});

const appLayers = (app: AppTag, build: string): Layer[] =>
  app.appLayers.map(({ name, bytes }) => {
    const diffId = sha256(
      `diff ${app.repository}:${app.tag} ${name} on ${build}, build ${app.builds}`,
    );
    return { diffId, digest: sha256(`pushed ${diffId}`), bytes };
  });

export type Resolved = { readonly digest: string | null; readonly content: ImageContent };

/**
 * What an image reference of a task definition means now; `undefined` where a pull would not find
 * it.
 */
export const resolveImage = (
  world: World,
  image: string,
  pinned: string | undefined,
): Resolved | undefined => {
  const slash = image.indexOf('/');
  const host = image.slice(0, slash);
  if (host === registryHost(world)) return resolveEcr(world, image.slice(slash + 1), pinned);
  if (host === 'mcr.microsoft.com') return resolveBase(world, image.slice(slash + 1), pinned);
  const content = world.vendorImages[image];
  return content === undefined ? undefined : { digest: null, content };
};

const resolveEcr = (world: World, path: string, pinned: string | undefined) => {
  const { name, tag, digest } = parsePath(path);
  const wanted = pinned ?? digest;
  const found =
    wanted === undefined
      ? Object.values(world.ecr).find((one) => one.repository === name && one.tags.includes(tag))
      : world.ecr[ecrKey(name, wanted)];
  return found === undefined ? undefined : { digest: found.digest, content: found };
};

const resolveBase = (world: World, path: string, pinned: string | undefined) => {
  const { name, tag, digest } = parsePath(path);
  const repository = world.registry[name];
  const wanted = pinned ?? digest ?? repository?.tags[tag];
  const content = wanted === undefined ? undefined : repository?.contents[wanted];
  return content === undefined || wanted === undefined ? undefined : { digest: wanted, content };
};

const parsePath = (path: string) => {
  const [withoutDigest = '', digest] = path.split('@');
  const [name = '', tag = 'latest'] = withoutDigest.split(':');
  return { name, tag, digest };
};

/**
 * Why an image cannot run on an instance, in the words of Moby and hcsshim; `undefined` when it
 * can.
 */
export const whyNotOn = (
  image: ImageContent,
  instanceBuild: string,
  badPairs: readonly BadPair[],
): string | undefined => {
  const imageMajor = majorOf(image.build);
  const instanceMajor = majorOf(instanceBuild);
  if (imageMajor > instanceMajor) {
    const versions = `10.0.${image.build}-based image is incompatible with a 10.0.${instanceBuild}`;
    return `CannotPullContainerError: a Windows version ${versions} host`;
  }
  if (imageMajor < instanceMajor && !(imageMajor === 20348 && instanceMajor === 26100)) {
    return (
      'CannotStartContainerError: hcsshim::CreateComputeSystem: ' +
      'The container operating system does not match the host operating system.'
    );
  }
  const bad = badPairs.some(
    (pair) =>
      majorOf(pair.imageFrom) === imageMajor &&
      orderOfBuilds(image.build, pair.imageFrom) >= 0 &&
      orderOfBuilds(instanceBuild, pair.instanceFrom) < 0,
  );
  return bad || image.bad
    ? 'CannotStartContainerError: hcs::System::Start: the virtual machine or container ' +
        'exited unexpectedly (0xc0370106)'
    : undefined;
};
