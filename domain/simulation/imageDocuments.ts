import { instantText } from './instantText.ts';
import { sha256 } from './sha256.ts';
import type { Layer } from './world.ts';

export const manifestType = 'application/vnd.docker.distribution.manifest.v2+json';
export const indexType = 'application/vnd.docker.distribution.manifest.list.v2+json';
const configType = 'application/vnd.docker.container.image.v1+json';
const layerType = 'application/vnd.docker.image.rootfs.diff.tar.gzip';

export type HistoryEntry = { readonly created: string; readonly created_by: string };

export type Documents = {
  readonly config: string;
  readonly configDigest: string;
  readonly manifest: string;
  readonly manifestDigest: string;
};

/**
 * Config and manifest of a Windows image: `os.version`, one history entry and one diff id a layer,
 * base first, and no foreign layers, as images are since 2023-06-13
 * (docker-library/official-images#13735, containerd#8690).
 */
export const imageDocuments = (image: {
  readonly build: string;
  readonly createdAt: number;
  readonly history: readonly HistoryEntry[];
  readonly layers: readonly Layer[];
}): Documents => {
  const config = JSON.stringify({
    architecture: 'amd64',
    config: { Cmd: ['c:\\windows\\system32\\cmd.exe'], WorkingDir: 'C:\\app' },
    created: instantText(image.createdAt),
    history: image.history,
    os: 'windows',
    'os.version': `10.0.${image.build}`,
    rootfs: { type: 'layers', diff_ids: image.layers.map((layer) => layer.diffId) },
  });
  const configDigest = sha256(config);
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: manifestType,
    config: { mediaType: configType, size: config.length, digest: configDigest },
    layers: image.layers.map((layer) => ({
      mediaType: layerType,
      size: layer.bytes,
      digest: layer.digest,
    })),
  });
  return { config, configDigest, manifest, manifestDigest: sha256(manifest) };
};

/** A list with one windows/amd64 entry that carries `os.version` (official-images#13874). */
export const indexDocument = (manifest: string, manifestDigest: string, build: string): string =>
  JSON.stringify({
    schemaVersion: 2,
    mediaType: indexType,
    manifests: [
      {
        mediaType: manifestType,
        size: manifest.length,
        digest: manifestDigest,
        platform: { architecture: 'amd64', os: 'windows', 'os.version': `10.0.${build}` },
      },
    ],
  });
