/** The parts of an image reference as a task definition writes it. */
export type ImageName = {
  /** Registry host and path. */
  readonly repository: string;
  /** `latest` where neither tag nor digest is written; absent where only a digest is. */
  readonly tag?: string;
  readonly digest?: string;
};

/**
 * Reads `host:5000/path:tag@sha256:...`; a colon before the last slash belongs to the host's port.
 */
export const imageName = (image: string): ImageName => {
  const [named = '', digest] = image.split('@');
  const colon = named.indexOf(':', named.lastIndexOf('/') + 1);
  const repository = colon === -1 ? named : named.slice(0, colon);
  const tag = colon === -1 ? undefined : named.slice(colon + 1);
  if (digest !== undefined) return { repository, ...(tag === undefined ? {} : { tag }), digest };
  return { repository, tag: tag ?? 'latest' };
};

/** Where in ECR a repository lies: the account whose registry it is, and its path there. */
export type EcrPlace = { readonly registryId: string; readonly path: string };

/** `undefined` for another registry than ECR (Amazon ECR User Guide, "Registries"). */
export const ecrPlace = (repository: string): EcrPlace | undefined => {
  const found = /^(\d{12})\.dkr\.ecr(?:-fips)?\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?\/(.+)$/.exec(
    repository,
  );
  const [, registryId, path] = found ?? [];
  return registryId === undefined || path === undefined ? undefined : { registryId, path };
};
