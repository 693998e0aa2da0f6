import * as z from 'zod';
import { buildOf } from '../../domain/windows/build.ts';
import { readSourceFiles } from '../documents.ts';
import { UserError } from '../userError.ts';

/** `--image-os-version`. Throws `UserError` unless it is a whole build. */
export const osVersionAsked = (osVersion: string): string => {
  if (buildOf(osVersion) !== undefined) return osVersion;
  const remedy = 'write a build with its revision, such as 10.0.20348.4294';
  throw new UserError(`--image-os-version ${osVersion}: is no Windows build`, remedy);
};

const Manifest = z.object({
  layers: z.array(
    z.object({ mediaType: z.string().default(''), urls: z.array(z.string()).optional() }),
  ),
});

/**
 * How many layers a manifest, as `crane manifest` prints it, leaves to another registry: those of
 * the media type for foreign layers, and those with `urls`.
 */
export const foreignLayersIn = (file: string): number => {
  const [source] = readSourceFiles([file]);
  const manifest = Manifest.safeParse(parsedOr(source?.text ?? ''));
  if (!manifest.success) {
    const remedy = 'name what `crane manifest <image>` prints: one image, with its layers';
    throw new UserError(`--manifest ${file}: has no list of layers`, remedy);
  }
  return manifest.data.layers.filter(
    ({ mediaType, urls = [] }) => /foreign|nondistributable/.test(mediaType) || urls.length > 0,
  ).length;
};

const parsedOr = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};
