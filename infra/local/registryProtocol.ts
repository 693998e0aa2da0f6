import type { IncomingMessage, ServerResponse } from 'node:http';
import { listTags, readBlob, readManifest } from '../../domain/simulation/registry.ts';
import type { World } from '../../domain/simulation/world.ts';

/**
 * Docker Registry v2, read only: manifests by tag or digest, config blobs, tags. An outage answers
 * as Microsoft's registry did in May 2024: a status, and a body that is not JSON (Azure/acr#754).
 */
export const answerRegistry = (
  world: World,
  request: IncomingMessage,
  path: string,
  outage: number | undefined,
  response: ServerResponse,
): void => {
  const isHead = request.method === 'HEAD';
  if (outage !== undefined) {
    reply(response, isHead, outage, 'text/html', 'Ref A: 0 Ref B: SIMULATED Ref C: 0');
    return;
  }
  const manifest = /^\/v2\/(.+)\/manifests\/([^/]+)$/.exec(path);
  const blob = /^\/v2\/(.+)\/blobs\/([^/]+)$/.exec(path);
  const tags = /^\/v2\/(.+)\/tags\/list$/.exec(path);
  if (manifest !== null) answerManifest(world, manifest, isHead, response);
  else if (blob !== null) {
    const body = readBlob(world, blob[1] ?? '', blob[2] ?? '');
    if (body === undefined) refuse(response, isHead, 'BLOB_UNKNOWN', 'blob unknown to registry');
    else reply(response, isHead, 200, 'application/octet-stream', body);
  } else if (tags !== null) {
    const name = tags[1] ?? '';
    const found = listTags(world, name);
    if (found === undefined) refuse(response, isHead, 'NAME_UNKNOWN', 'repository name not known');
    else reply(response, isHead, 200, 'application/json', JSON.stringify({ name, tags: found }));
  } else reply(response, isHead, 200, 'application/json', '{}');
};

const answerManifest = (
  world: World,
  [, name = '', reference = '']: RegExpExecArray,
  isHead: boolean,
  response: ServerResponse,
): void => {
  const found = readManifest(world, name, reference);
  if (found === undefined) {
    refuse(response, isHead, 'MANIFEST_UNKNOWN', 'manifest unknown');
    return;
  }
  response.setHeader('docker-content-digest', found.digest);
  reply(response, isHead, 200, found.mediaType, found.body);
};

const refuse = (response: ServerResponse, isHead: boolean, code: string, message: string): void => {
  const body = JSON.stringify({ errors: [{ code, message, detail: {} }] });
  reply(response, isHead, 404, 'application/json', body);
};

const reply = (
  response: ServerResponse,
  isHead: boolean,
  status: number,
  contentType: string,
  body: string,
): void => {
  response.statusCode = status;
  response.setHeader('content-type', contentType);
  response.setHeader('content-length', Buffer.byteLength(body));
  response.setHeader('docker-distribution-api-version', 'registry/2.0');
  response.end(isHead ? undefined : body);
};
