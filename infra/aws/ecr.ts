import { createHash } from 'node:crypto';
import {
  BatchGetImageCommand,
  type ECRClient,
  GetDownloadUrlForLayerCommand,
  GetLifecyclePolicyCommand,
} from '@aws-sdk/client-ecr';
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
type Fetch = (url: string, init: { readonly signal: AbortSignal }) => Promise<Response>;

/**
 * ECR behind the port. The config comes from storage by a signed address, so its bytes are checked
 * against the digest that the manifest names.
 */
export const createEcrGateway = (client: Sender, fetch: Fetch = globalThis.fetch): EcrGateway => ({
  readImageConfig: async (repository, digest) => {
    const what = `${repository}@${digest}`;
    const { configDigest, layers } = await windowsManifest(client, repository, digest);
    const url = await downloadUrl(client, repository, configDigest);
    const bytes = await download(fetch, url, what);
    const actual = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
    if (actual === configDigest) return readConfig(bytes.toString('utf8'), layers, what);
    const message = `${what}: its config should be ${configDigest}, but is ${actual}`;
    throw new GatewayError('refused', 'DigestMismatch', message);
  },
  readLifecyclePolicy: async (repository) => {
    const command = new GetLifecyclePolicyCommand({ repositoryName: repository });
    try {
      const answer = await calling('read', 'GetLifecyclePolicy', client.send(command));
      return readLifecyclePolicy(answer.lifecyclePolicyText ?? '', repository);
    } catch (error) {
      if (isGatewayError(error) && error.code === 'LifecyclePolicyNotFoundException') return [];
      throw error;
    }
  },
});

const windowsManifest = async (client: Sender, repository: string, digest: Digest) => {
  const first = await manifest(client, repository, digest);
  if (first.kind === 'manifest') return first;
  const second = await manifest(client, repository, first.windowsDigest);
  if (second.kind === 'manifest') return second;
  const message = `${repository}@${digest}: an index within an index`;
  throw new GatewayError('refused', 'UnexpectedShape', message);
};

const manifest = async (
  client: Sender,
  repository: string,
  digest: Digest,
): Promise<ReadManifest> => {
  const command = new BatchGetImageCommand({
    repositoryName: repository,
    imageIds: [{ imageDigest: digest }],
    acceptedMediaTypes: manifestMediaTypes,
  });
  const answer = await calling('read', 'BatchGetImage', client.send(command));
  const text = answer.images?.[0]?.imageManifest;
  if (text !== undefined) return readManifest(text, `${repository}@${digest}`);
  const failure = answer.failures?.[0];
  const message = `${repository}@${digest}: ${failure?.failureReason ?? 'no such image'}`;
  throw new GatewayError('refused', failure?.failureCode ?? 'ImageNotFound', message);
};

const downloadUrl = async (client: Sender, repository: string, layerDigest: Digest) => {
  const command = new GetDownloadUrlForLayerCommand({ repositoryName: repository, layerDigest });
  const answer = await calling('read', 'GetDownloadUrlForLayer', client.send(command));
  if (answer.downloadUrl !== undefined) return answer.downloadUrl;
  const message = `${repository}@${layerDigest}: no address to download it from`;
  throw new GatewayError('refused', 'NoDownloadUrl', message);
};

const download = async (fetch: Fetch, url: string, what: string): Promise<Buffer> => {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(fetchTimeoutMs) });
    if (response.ok) return await readBounded(response, what);
    const $metadata = { httpStatusCode: response.status };
    const error = new Error(`answered ${response.status}`);
    throw Object.assign(error, { name: 'DownloadFailed', $metadata });
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
