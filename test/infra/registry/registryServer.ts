import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export const sha256 = (text: string) => `sha256:${createHash('sha256').update(text).digest('hex')}`;

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/**
 * A registry on loopback that says what a test tells it to, path by path, and remembers who asked.
 */
export const registryServer = async () => {
  const answers = new Map<string, Answer>();
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    const answer =
      answers.get(`${request.method} ${request.url}`) ?? answers.get(request.url ?? '');
    if (answer !== undefined) answer(request, response);
    else response.writeHead(404, { 'content-type': 'application/json' }).end('{"errors":[]}');
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    /** By path, or by `<method> <path>`. */
    on: (path: string, answer: Answer) => answers.set(path, answer),
    close: () =>
      new Promise<void>((closed) => {
        server.closeAllConnections();
        server.close(() => closed());
      }),
  };
};

export type RegistryServer = Awaited<ReturnType<typeof registryServer>>;

export const answering =
  (body: string, headers: Record<string, string> = {}, status = 200): Answer =>
  (request, response) => {
    response.writeHead(status, headers).end(request.method === 'HEAD' ? undefined : body);
  };

export type Content = {
  readonly osVersion: string;
  readonly history: readonly string[];
  readonly diffIds: readonly string[];
};

type Platform = {
  readonly os: string;
  readonly architecture: string;
  readonly 'os.version'?: string;
};

/**
 * Puts config, manifest and an index over it behind a tag; `others` are further entries of the
 * index.
 */
export const publish = (
  server: RegistryServer,
  { repository, tag }: { readonly repository: string; readonly tag: string },
  content: Content,
  others: readonly { readonly digest: string; readonly platform: Platform }[] = [],
) => {
  const config = JSON.stringify({
    os: 'windows',
    'os.version': content.osVersion,
    history: content.history.map((created_by) => ({ created_by })),
    rootfs: { type: 'layers', diff_ids: content.diffIds },
  });
  const manifest = JSON.stringify({
    schemaVersion: 2,
    config: { digest: sha256(config), size: config.length },
    layers: [],
  });
  const platform = { os: 'windows', architecture: 'amd64', 'os.version': content.osVersion };
  const entries = [...others, { digest: sha256(manifest), platform }];
  const index = JSON.stringify({ schemaVersion: 2, manifests: entries });
  const held = { 'docker-content-digest': sha256(index) };
  server.on(`/v2/${repository}/manifests/${tag}`, answering(index, held));
  server.on(`/v2/${repository}/manifests/${sha256(index)}`, answering(index, held));
  server.on(`/v2/${repository}/manifests/${sha256(manifest)}`, answering(manifest));
  server.on(`/v2/${repository}/blobs/${sha256(config)}`, answering(config));
  const paths = {
    tag: `/v2/${repository}/manifests/${tag}`,
    index: `/v2/${repository}/manifests/${sha256(index)}`,
    manifest: `/v2/${repository}/manifests/${sha256(manifest)}`,
    config: `/v2/${repository}/blobs/${sha256(config)}`,
  };
  return { digest: sha256(index), index, manifest, config, paths };
};
