import type { TagObservation } from '../../domain/windows/channel.ts';
import { flavourOfBase } from '../../domain/windows/tag.ts';
import { Digest } from '../../events/ids.ts';
import { kbOf } from './kbTag.ts';
import type { RegistryClient } from './registryClient.ts';
import { readConfigFacts, readManifestConfig, readTagDocument } from './registryDocuments.ts';
import {
  checkDigest,
  type Fetch,
  RegistryProblem,
  type RegistryReader,
  registryReader,
  sha256Of,
} from './registryReader.ts';
import { listTags, newestListed } from './tagList.ts';

/** An index has some hundred bytes and a config some kilobytes: more than this is neither. */
const documentBytesMax = 1024 * 1024;
const timeoutMsDefault = 10_000;

/**
 * Reads floating tags of a Docker Registry v2 such as Microsoft's, anonymously. Neither call ever
 * throws: what cannot be read, in time and whole, is `unknown` with the request and what was wrong.
 * An unchanged tag costs one HEAD. Nothing is tried twice: whoever looks again, later, is the tick.
 */
export const createRegistryClient = (
  baseUrl = 'https://mcr.microsoft.com',
  {
    timeoutMs = timeoutMsDefault,
    fetch = globalThis.fetch,
    now = Date.now,
  }: {
    readonly timeoutMs?: number;
    readonly fetch?: Fetch;
    readonly now?: () => number;
  } = {},
): RegistryClient => {
  const reader = registryReader(baseUrl, { timeoutMs, fetch, now });
  return {
    readTag: async (repository, tag, knownDigest) => {
      try {
        return await readTag(reader, repository, tag, knownDigest);
      } catch (error) {
        if (error instanceof RegistryProblem) return { status: 'unknown', reason: error.message };
        return { status: 'unknown', reason: `${repository}:${tag}: ${messageOf(error)}` };
      }
    },
    listBuilds: async (repository) => {
      try {
        return { status: 'listed', builds: newestListed(await listTags(reader, repository)) };
      } catch (error) {
        return { status: 'unknown', reason: messageOf(error) };
      }
    },
  };
};

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

const readTag = async (
  reader: RegistryReader,
  repository: string,
  tag: string,
  knownDigest: Digest | undefined,
): Promise<TagObservation> => {
  const manifests = `/v2/${repository}/manifests`;
  const held = await reader.head(`${manifests}/${tag}`);
  if (held !== undefined && held === knownDigest) return { status: 'unchanged', digest: held };
  // By digest, because the tag may move between the two requests.
  const path = `${manifests}/${held ?? tag}`;
  const { text } = await reader.get(path, documentBytesMax);
  if (held !== undefined) checkDigest(text, held, path);
  const digest = held ?? Digest.parse(sha256Of(text));
  if (digest === knownDigest) return { status: 'unchanged', digest };
  const document = readTagDocument(text, tag, path);
  const entry = document.kind === 'index' ? document.entry : undefined;
  const configDigest =
    document.kind === 'index'
      ? await configOfEntry(reader, manifests, document.entry.digest)
      : document.configDigest;
  const { osVersion, ...layers } = await readConfig(reader, repository, configDigest);
  if (entry?.osVersion && osVersion && entry.osVersion !== osVersion) {
    const both = `its index says ${entry.osVersion} and its config ${osVersion}`;
    throw new RegistryProblem(`${repository}:${tag}: ${both}`);
  }
  const version = entry?.osVersion ?? osVersion;
  if (version === undefined) throw new RegistryProblem(`${repository}:${tag}: no os.version`);
  const isBase = flavourOfBase(repository) !== undefined;
  const kb = isBase ? await kbOf(reader, repository, tag, digest) : undefined;
  const named = kb === undefined ? {} : { kb };
  return { status: 'read', digest, osVersion: version, ...layers, ...named };
};

const configOfEntry = async (
  reader: RegistryReader,
  manifests: string,
  digest: Digest,
): Promise<Digest> => {
  const path = `${manifests}/${digest}`;
  const { text } = await reader.get(path, documentBytesMax);
  checkDigest(text, digest, path);
  return readManifestConfig(text, path);
};

const readConfig = async (reader: RegistryReader, repository: string, digest: Digest) => {
  const path = `/v2/${repository}/blobs/${digest}`;
  const { text } = await reader.get(path, documentBytesMax);
  checkDigest(text, digest, path);
  return readConfigFacts(text, path);
};
