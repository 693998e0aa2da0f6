import * as z from 'zod';
import { buildOf, channelOfBuild, compareBuilds } from '../../domain/windows/build.ts';
import { channelOfTag } from '../../domain/windows/tag.ts';
import { Digest } from '../../events/ids.ts';
import { RegistryProblem } from './registryReader.ts';

// Index, manifest and config, of which only what is used is looked at (Docker Image Manifest
// Version 2, Schema 2; OCI Image Format Specification).

const Platform = z.object({
  os: z.string().nullish(),
  architecture: z.string().nullish(),
  'os.version': z.string().max(64).nullish(),
});

const Index = z.object({
  manifests: z.array(z.object({ digest: Digest, platform: Platform.nullish() })).max(1_000),
});

const Manifest = z.object({ config: z.object({ digest: Digest }) });

const Config = z.object({
  'os.version': z.string().max(64).nullish(),
  history: z.array(z.object({ created_by: z.string().max(65_536).nullish() })).nullish(),
  rootfs: z.object({ diff_ids: z.array(Digest).nullish() }),
});

export type IndexEntry = { readonly digest: Digest; readonly osVersion?: string };

const jsonFrom = (text: string, what: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new RegistryProblem(`${what}: not JSON`, { cause });
  }
};

const readAs = <Schema extends z.ZodType>(
  schema: Schema,
  raw: unknown,
  what: string,
): z.output<Schema> => {
  const parsed = schema.safeParse(raw);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const field = issue?.path.join('.') || '(the whole of it)';
  throw new RegistryProblem(`${what}: ${field}: ${issue?.message}`, { cause: parsed.error });
};

/** The manifest behind a tag: named by an index, or the document itself. */
export type TagDocument =
  | { readonly kind: 'index'; readonly entry: IndexEntry }
  | { readonly kind: 'manifest'; readonly configDigest: Digest };

/**
 * Throws `RegistryProblem` where the document is neither, or an index from which no entry follows.
 */
export const readTagDocument = (text: string, tag: string, what: string): TagDocument => {
  const raw = jsonFrom(text, what);
  if (typeof raw === 'object' && raw !== null && 'manifests' in raw) {
    return { kind: 'index', entry: entryFor(readAs(Index, raw, what).manifests, tag, what) };
  }
  return { kind: 'manifest', configDigest: readAs(Manifest, raw, what).config.digest };
};

export const readManifestConfig = (text: string, what: string): Digest =>
  readAs(Manifest, jsonFrom(text, what), what).config.digest;

type Entries = z.output<typeof Index>['manifests'];

/**
 * The only Windows entry; of several, the newest in the channel that the tag names, not the first
 * of the list.
 */
const entryFor = (entries: Entries, tag: string, what: string): IndexEntry => {
  const windows = entries
    .filter(({ platform }) => platform?.os === 'windows' && platform.architecture === 'amd64')
    .map(({ digest, platform }): IndexEntry => {
      const osVersion = platform?.['os.version'];
      return osVersion ? { digest, osVersion } : { digest };
    });
  const [only, ...others] = windows;
  if (only === undefined) throw new RegistryProblem(`${what}: no windows/amd64 entry`);
  if (others.length === 0) return only;
  const fitting = windows
    .flatMap((entry) => {
      const build = entry.osVersion === undefined ? undefined : buildOf(entry.osVersion);
      return build === undefined ? [] : [{ entry, build }];
    })
    .filter(({ build }) => channelOfBuild(build) === channelOfTag(tag))
    .toSorted((a, b) => compareBuilds(b.build, a.build));
  const [newest] = fitting;
  if (newest !== undefined) return newest.entry;
  throw new RegistryProblem(`${what}: none of ${windows.length} Windows entries fits the tag`);
};

export type ConfigFacts = {
  readonly osVersion?: string;
  readonly history: readonly string[];
  readonly diffIds: readonly Digest[];
};

/** An entry of the history without `created_by` keeps its place as empty text. */
export const readConfigFacts = (text: string, what: string): ConfigFacts => {
  const config = readAs(Config, jsonFrom(text, what), what);
  const osVersion = config['os.version'];
  return {
    ...(osVersion ? { osVersion } : {}),
    history: (config.history ?? []).map(({ created_by }) => created_by ?? ''),
    diffIds: config.rootfs.diff_ids ?? [],
  };
};

const TagList = z.object({ tags: z.array(z.string().max(200)).max(100_000).nullish() });

export const readTagList = (text: string, what: string): readonly string[] =>
  readAs(TagList, jsonFrom(text, what), what).tags ?? [];
