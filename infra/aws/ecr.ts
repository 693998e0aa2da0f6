import { createHash } from 'node:crypto';
import {
  BatchGetImageCommand,
  type ECRClient,
  GetDownloadUrlForLayerCommand,
  GetLifecyclePolicyCommand,
} from '@aws-sdk/client-ecr';
import type { EcrPlace } from '../../domain/windows/imageName.ts';
import type { Digest } from '../../events/ids.ts';
import { calling, gatewayError } from './awsError.ts';
import { type EcrGateway, GatewayError, isGatewayError } from './gateways.ts';
import {
  manifestMediaTypes,
  type ReadManifest,
  readConfig,
  readManifest,
} from './imageManifest.ts';
import { readLifecyclePolicy } from './lifecyclePolicyText.ts';

/** A config holds a few kilobytes; more than this is no config, and is not read to its end. */
const configBytesMax = 4 * 1024 * 1024;
const fetchTimeoutMs = 15_000;

type Sender = Pick<ECRClient, 'send'>;
type Fetch = (
  url: string,
  init: { readonly signal: AbortSignal; readonly redirect: 'error' },
) => Promise<Response>;

/**
 * ECR behind the port. The config comes from storage by a signed address, so its bytes are checked
 * against the digest that the manifest names.
 */
export const createEcrGateway = (client: Sender, fetch: Fetch = globalThis.fetch): EcrGateway => ({
  readImageConfig: async (place, digest) => {
    const what = `${place.path}@${digest}`;
    const { configDigest, layers } = await windowsManifest(client, place, digest);
    const bytes = await downloadConfig(client, fetch, place, configDigest, what);
    const actual = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
    if (actual === configDigest) return readConfig(bytes.toString('utf8'), layers, what);
    const message = `${what}: its config should be ${configDigest}, but is ${actual}`;
    throw new GatewayError('refused', 'DigestMismatch', message);
  },
  readLifecyclePolicy: async ({ registryId, path }) => {
    const command = new GetLifecyclePolicyCommand({ registryId, repositoryName: path });
    try {
      const answer = await calling('read', 'GetLifecyclePolicy', client.send(command));
      return readLifecyclePolicy(answer.lifecyclePolicyText ?? '', path);
    } catch (error) {
      if (isGatewayError(error) && error.code === 'LifecyclePolicyNotFoundException') return [];
      throw error;
    }
  },
});

const windowsManifest = async (client: Sender, place: EcrPlace, digest: Digest) => {
  const first = await manifest(client, place, digest);
  if (first.kind === 'manifest') return first;
  const second = await manifest(client, place, first.windowsDigest);
  if (second.kind === 'manifest') return second;
  const message = `${place.path}@${digest}: an index within an index`;
  throw new GatewayError('refused', 'UnexpectedShape', message);
};

const manifest = async (
  client: Sender,
  { registryId, path }: EcrPlace,
  digest: Digest,
): Promise<ReadManifest> => {
  const command = new BatchGetImageCommand({
    registryId,
    repositoryName: path,
    imageIds: [{ imageDigest: digest }],
    acceptedMediaTypes: manifestMediaTypes,
  });
  const answer = await calling('read', 'BatchGetImage', client.send(command));
  const text = answer.images?.[0]?.imageManifest;
  if (text !== undefined) return readManifest(text, `${path}@${digest}`);
  const failure = answer.failures?.[0];
  const message = `${path}@${digest}: ${failure?.failureReason ?? 'no such image'}`;
  throw new GatewayError('refused', failure?.failureCode ?? 'ImageNotFound', message);
};

/**
 * A signed address holds for a while only (API GetDownloadUrlForLayer), and storage answers 403 to
 * one that has run out: another is asked for, once.
 */
const downloadConfig = async (
  client: Sender,
  fetch: Fetch,
  place: EcrPlace,
  configDigest: Digest,
  what: string,
): Promise<Buffer> => {
  try {
    return await download(fetch, await downloadUrl(client, place, configDigest), what);
  } catch (error) {
    if (!isGatewayError(error) || error.code !== 'DownloadDenied') throw error;
    return download(fetch, await downloadUrl(client, place, configDigest), what);
  }
};

const downloadUrl = async (
  client: Sender,
  { registryId, path }: EcrPlace,
  layerDigest: Digest,
): Promise<string> => {
  const request = { registryId, repositoryName: path, layerDigest };
  const command = new GetDownloadUrlForLayerCommand(request);
  const answer = await calling('read', 'GetDownloadUrlForLayer', client.send(command));
  if (answer.downloadUrl !== undefined) return answer.downloadUrl;
  const message = `${path}@${layerDigest}: no address to download it from`;
  throw new GatewayError('refused', 'NoDownloadUrl', message);
};

const download = async (fetch: Fetch, url: string, what: string): Promise<Buffer> => {
  try {
    const signal = AbortSignal.timeout(fetchTimeoutMs);
    const response = await fetch(url, { signal, redirect: 'error' });
    if (response.ok) return await readBounded(response, what);
    await response.body?.cancel();
    const $metadata = { httpStatusCode: response.status };
    const name = response.status === 403 ? 'DownloadDenied' : 'DownloadFailed';
    throw Object.assign(new Error(`answered ${response.status}`), { name, $metadata });
  } catch (error) {
    throw gatewayError(error, 'read', `download of the config of ${what}`);
  }
};

/** Counts while reading: a length that the server states proves nothing. */
const readBounded = async (response: Response, what: string): Promise<Buffer> => {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > configBytesMax) {
      const message = `${what}: its config is larger than ${configBytesMax} bytes`;
      throw new GatewayError('refused', 'ConfigTooLarge', message);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
};
