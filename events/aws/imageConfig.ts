import * as z from 'zod';
import { Digest, type Instant } from '../ids.ts';
import { OptionalMoment } from './moment.ts';
import { present } from './present.ts';

/**
 * What an image says of itself, read from its config: the only sources of lineage (design decision
 * 6).
 */
export type ImageConfigRead = {
  readonly os: string;
  readonly osVersion?: string;
  readonly history: readonly string[];
  readonly diffIds: readonly Digest[];
  readonly createdAt?: Instant;
};

const lines = z.array(z.object({ created_by: z.string().max(8_192).optional() })).max(1_000);

/** The config of an image by the OCI Image Specification, as `crane config` prints it. */
export const OciImageConfig = z
  .object({
    os: z.string().max(64).default('unknown'),
    'os.version': z.string().max(64).optional(),
    created: OptionalMoment,
    history: lines.nullish(),
    rootfs: z.object({ diff_ids: z.array(Digest).max(1_000) }),
  })
  .transform(
    (config): ImageConfigRead => ({
      os: config.os,
      ...present({ osVersion: config['os.version'], createdAt: config.created }),
      history: (config.history ?? []).flatMap(({ created_by }) => created_by ?? []),
      diffIds: config.rootfs.diff_ids,
    }),
  );

/** One image as `docker image inspect` prints it. It shows no history. */
export const DockerImage = z
  .object({
    Os: z.string().max(64).default('unknown'),
    OsVersion: z.string().max(64).optional(),
    Created: OptionalMoment,
    RootFS: z.object({ Layers: z.array(Digest).max(1_000).nullish() }),
    RepoDigests: z.array(z.string().max(512)).max(100).nullish(),
  })
  .transform((image) => {
    const config: ImageConfigRead = {
      os: image.Os,
      ...present({ osVersion: image.OsVersion || undefined, createdAt: image.Created }),
      history: [],
      diffIds: image.RootFS.Layers ?? [],
    };
    return { config, references: (image.RepoDigests ?? []).flatMap(referenceOf) };
  });

/** `<repository>@<digest>`. */
const referenceOf = (text: string) => {
  const [repository, digestText] = text.split('@');
  const digest = Digest.safeParse(digestText).data;
  return repository && digest !== undefined ? [{ repository, digest }] : [];
};
