import * as z from 'zod';
import type { ImageConfigFacts } from '../../domain/windows/image.ts';
import { Digest, Instant } from '../../events/ids.ts';
import { absent, list, Moment, readShape } from './awsShape.ts';
import { GatewayError } from './gateways.ts';

// The three documents behind an image: index, manifest, config (OCI Image Format Specification;
// Docker Image Manifest Version 2, Schema 2).

/** What BatchGetImage is asked for: without the list, ECR would convert to the oldest form. */
export const manifestMediaTypes = [
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.oci.image.index.v1+json',
];

const Index = z.object({
  manifests: z
    .array(
      z.object({
        digest: Digest,
        platform: absent(z.object({ os: absent(z.string()), architecture: absent(z.string()) })),
      }),
    )
    .max(1_000),
});

const Manifest = z.object({
  config: z.object({ digest: Digest }),
  layers: z
    .array(
      z.object({
        digest: Digest,
        size: z.int().nonnegative(),
        mediaType: absent(z.string().max(200)),
        urls: absent(z.array(z.string().max(2_048)).max(100)),
      }),
    )
    .max(500),
});

export type ReadManifest =
  | { readonly kind: 'index'; readonly windowsDigest: Digest }
  | {
      readonly kind: 'manifest';
      readonly configDigest: Digest;
      readonly layers: ImageConfigFacts['layers'];
    };

/**
 * Reads either document. Throws `GatewayError` where it is neither, or an index with no single
 * Windows image.
 */
export const readManifest = (text: string, what: string): ReadManifest => {
  const document = jsonFrom(text, what);
  if (z.looseObject({ manifests: z.unknown() }).safeParse(document).data?.manifests) {
    return { kind: 'index', windowsDigest: windowsDigestOf(document, what) };
  }
  const manifest = readShape(Manifest, document, `manifest of ${what}`);
  return {
    kind: 'manifest',
    configDigest: manifest.config.digest,
    layers: manifest.layers.map(({ digest, size, mediaType, urls = [] }) => {
      const isForeign = urls.length > 0 || /foreign|nondistributable/.test(mediaType ?? '');
      return { digest, bytes: size, ...(isForeign && { foreign: true }) };
    }),
  };
};

/**
 * An index may hold one windows/amd64 image for each Windows build. Which of them a task ran
 * depends on its instance, so with several the answer is "not known" and not the first.
 */
const windowsDigestOf = (document: unknown, what: string): Digest => {
  const { manifests } = readShape(Index, document, `index of ${what}`);
  const windows = manifests.filter(
    ({ platform }) => platform?.os === 'windows' && platform.architecture === 'amd64',
  );
  const [first, ...others] = new Set(windows.map(({ digest }) => digest));
  if (first === undefined) {
    throw new GatewayError(
      'refused',
      'NotWindows',
      `${what}: its index has no windows/amd64 image`,
    );
  }
  if (others.length > 0) {
    const message = `${what}: its index has ${others.length + 1} windows/amd64 images`;
    throw new GatewayError('refused', 'SeveralWindowsImages', message);
  }
  return first;
};

const Config = z.object({
  'os.version': absent(z.string().max(64)),
  created: absent(Moment),
  history: list(z.object({ created_by: absent(z.string().max(65_536)) })),
  rootfs: z.object({ diff_ids: list(Digest) }),
});

/**
 * Reads an image config; an entry of the history without `created_by` keeps its place as empty
 * text.
 */
export const readConfig = (
  text: string,
  layers: ImageConfigFacts['layers'],
  what: string,
): ImageConfigFacts => {
  const config = readShape(Config, jsonFrom(text, what), `config of ${what}`);
  const { 'os.version': osVersion, created } = config;
  return {
    history: config.history.map(({ created_by }) => created_by ?? ''),
    diffIds: config.rootfs.diff_ids,
    layers,
    ...(osVersion === undefined ? {} : { osVersion }),
    ...(created === undefined ? {} : { createdAt: Instant.parse(created) }),
  };
};

const jsonFrom = (text: string, what: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new GatewayError('refused', 'UnexpectedShape', `${what}: not JSON`, { cause });
  }
};
