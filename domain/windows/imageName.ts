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
