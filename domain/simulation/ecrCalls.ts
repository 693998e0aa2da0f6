import { fail, type Input, type Operation, ok, recordsOf, textOf, textsOf } from './answers.ts';
import { manifestType } from './imageDocuments.ts';
import { ecrKey, registryHost } from './images.ts';
import { sum } from './shapes.ts';
import type { EcrImage, World } from './world.ts';

const imagesOf = (world: World, repository: string): EcrImage[] =>
  Object.values(world.ecr).filter((image) => image.repository === repository);

const repositoryNames = (world: World): string[] => [
  ...new Set(Object.values(world.appTags).map(({ repository }) => repository)),
];

/** Operations on one repository answer RepositoryNotFoundException for one that is not there. */
const inRepository =
  (
    operation: (world: World, repository: string, input: Input) => ReturnType<Operation>,
  ): Operation =>
  (world, input) => {
    const name = textOf(input, 'repositoryName') ?? '';
    return repositoryNames(world).includes(name)
      ? operation(world, name, input)
      : fail(
          'RepositoryNotFoundException',
          `The repository with name '${name}' does not exist in the registry ` +
            `with id '${world.account}'`,
        );
  };

const find = (world: World, repository: string, id: Input): EcrImage | undefined => {
  const digest = textOf(id, 'imageDigest');
  const tag = textOf(id, 'imageTag');
  if (digest !== undefined) return world.ecr[ecrKey(repository, digest)];
  return imagesOf(world, repository).find(({ tags }) => tag !== undefined && tags.includes(tag));
};

const batchGetImage = inRepository((world, repository, input) => {
  const ids = recordsOf(input, 'imageIds');
  return ok({
    images: ids.flatMap((id) => {
      const image = find(world, repository, id);
      if (image === undefined) return [];
      const imageTag = textOf(id, 'imageTag') ?? image.tags[0];
      return [
        {
          registryId: world.account,
          repositoryName: repository,
          imageId: { imageDigest: image.digest, ...(imageTag && { imageTag }) },
          imageManifest: image.manifest,
          imageManifestMediaType: manifestType,
        },
      ];
    }),
    failures: ids
      .filter((id) => find(world, repository, id) === undefined)
      .map((imageId) => ({
        imageId,
        failureCode: 'ImageNotFound',
        failureReason: 'Requested image not found',
      })),
  });
});

const describeImages = inRepository((world, repository, input) => {
  const ids = recordsOf(input, 'imageIds');
  const missing = ids.find((id) => find(world, repository, id) === undefined);
  if (missing !== undefined) {
    return fail(
      'ImageNotFoundException',
      `The image with imageId ${JSON.stringify(missing)} does not exist`,
    );
  }
  const images =
    ids.length === 0
      ? imagesOf(world, repository)
      : ids.flatMap((id) => find(world, repository, id) ?? []);
  return ok({
    imageDetails: images.map((image) => ({
      registryId: world.account,
      repositoryName: repository,
      imageDigest: image.digest,
      ...(image.tags.length > 0 && { imageTags: image.tags }),
      imageSizeInBytes: sum(image.layers, ({ bytes }) => bytes),
      imagePushedAt: image.pushedAt / 1000,
      imageManifestMediaType: manifestType,
      artifactMediaType: 'application/vnd.docker.container.image.v1+json',
    })),
  });
});

const listImages = inRepository((world, repository) =>
  ok({
    imageIds: imagesOf(world, repository).flatMap(({ digest, tags }) =>
      tags.length === 0
        ? [{ imageDigest: digest }]
        : tags.map((imageTag) => ({ imageDigest: digest, imageTag })),
    ),
  }),
);

/**
 * Configs are fetched as layers. The scheme is replaced by the address of the server that serves
 * the blob.
 */
const getDownloadUrlForLayer = inRepository((world, repository, input) => {
  const layerDigest = textOf(input, 'layerDigest') ?? '';
  const isHere = imagesOf(world, repository).some(
    ({ configDigest, layers }) =>
      configDigest === layerDigest || layers.some(({ digest }) => digest === layerDigest),
  );
  return isHere
    ? ok({ downloadUrl: `simulated:/ecr/${repository}/blobs/${layerDigest}`, layerDigest })
    : fail(
        'LayersNotFoundException',
        `The layer with digest '${layerDigest}' was not found in the repository ` +
          `with name '${repository}'`,
      );
});

const describeRepositories: Operation = (world, input) => {
  const wanted = textsOf(input, 'repositoryNames');
  const names = repositoryNames(world);
  const missing = wanted.find((name) => !names.includes(name));
  if (missing !== undefined) {
    return fail(
      'RepositoryNotFoundException',
      `The repository with name '${missing}' does not exist`,
    );
  }
  return ok({
    repositories: (wanted.length === 0 ? names : wanted).map((repositoryName) => ({
      repositoryArn: `arn:aws:ecr:${world.region}:${world.account}:repository/${repositoryName}`,
      registryId: world.account,
      repositoryName,
      repositoryUri: `${registryHost(world)}/${repositoryName}`,
      imageTagMutability: 'MUTABLE',
    })),
  });
};

const getAuthorizationToken: Operation = (world) =>
  ok({
    authorizationData: [
      {
        authorizationToken: 'QVdTOnNpbXVsYXRlZA==',
        expiresAt: (world.now + 43_200_000) / 1000,
        proxyEndpoint: `https://${registryHost(world)}`,
      },
    ],
  });

/** The config behind a digest; layers have no bytes here. */
export const readEcrBlob = (world: World, repository: string, digest: string): string | undefined =>
  imagesOf(world, repository).find(({ configDigest }) => configDigest === digest)?.config;

export const ecrOperations: Readonly<Record<string, Operation>> = {
  GetLifecyclePolicy: inRepository((_world, repository) =>
    fail('LifecyclePolicyNotFoundException', `Lifecycle policy does not exist for ${repository}`),
  ),
  BatchGetImage: batchGetImage,
  DescribeImages: describeImages,
  ListImages: listImages,
  GetDownloadUrlForLayer: getDownloadUrlForLayer,
  DescribeRepositories: describeRepositories,
  GetAuthorizationToken: getAuthorizationToken,
};
