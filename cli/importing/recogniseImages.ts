import * as z from 'zod';
import { DockerImage, type ImageConfigRead, OciImageConfig } from '../../events/aws/imageConfig.ts';
import { Digest } from '../../events/ids.ts';
import { type Finding, notTaken } from './findings.ts';

/** `crane config` prints no name: the digest comes from `--digest` or from the file's own name. */
export type NamedImage = {
  readonly file: string;
  readonly digest?: string | undefined;
  readonly repository?: string | undefined;
};

/** `orders@sha256-<64 hexadecimal digits>.json`, or with `_` for `-`. */
const digestInName = /sha256[-_]([0-9a-f]{32,64})(?:\.json)?$/;

/**
 * The image a text describes: the config that `crane config` prints, or one image of `docker image
 * inspect`.
 */
export const imagesIn = (value: unknown, named: NamedImage): readonly Finding[] => {
  const keys = z.looseObject({}).safeParse(value).data ?? {};
  if ('rootfs' in keys) return [fromConfig(value, named)];
  return 'RootFS' in keys ? fromDocker(value, named) : [];
};

const fromConfig = (value: unknown, named: NamedImage): Finding => {
  const config = OciImageConfig.safeParse(value);
  if (!config.success) return malformed(config.error, named);
  const digestText = named.digest ?? digestOfFile(named.file);
  const digest = Digest.safeParse(digestText);
  if (!digest.success) {
    const detail =
      digestText === undefined
        ? 'say which it is: --digest sha256:..., or name the file <anything>@sha256-<hex>.json'
        : `${digestText} is no digest; write sha256: and its hexadecimal digits`;
    return notTaken('image', named.file, 'DigestUnknown', detail);
  }
  return imageFinding(config.data, { digest: digest.data, repository: named.repository });
};

const digestOfFile = (file: string): string | undefined => {
  const [, hex] = digestInName.exec(file) ?? [];
  return hex === undefined ? undefined : `sha256:${hex}`;
};

const fromDocker = (value: unknown, named: NamedImage): readonly Finding[] => {
  const image = DockerImage.safeParse(value);
  if (!image.success) return [malformed(image.error, named)];
  const { config, references } = image.data;
  if (references.length === 0) {
    const detail = 'RepoDigests is empty: pull the image from its registry first';
    return [notTaken('image', named.file, 'DigestUnknown', detail)];
  }
  return references.map((reference) => imageFinding(config, reference));
};

const imageFinding = (
  { os, ...config }: ImageConfigRead,
  { digest, repository }: { readonly digest: Digest; readonly repository: string | undefined },
): Finding => {
  const name = repository === undefined ? digest : `${repository}@${digest}`;
  if (os !== 'windows') {
    return notTaken('image', name, 'NotWindows', `its operating system is ${os}`);
  }
  const found = { what: 'image', name, to: 'image', digest } as const;
  const facts = { config: { ...config, layers: [] } };
  return repository === undefined ? { ...found, ...facts } : { ...found, repository, ...facts };
};

const malformed = ({ issues: [issue] }: z.ZodError, { file }: NamedImage): Finding =>
  notTaken('image', file, 'Malformed', `${issue?.path.join('.')}: ${issue?.message}`);
