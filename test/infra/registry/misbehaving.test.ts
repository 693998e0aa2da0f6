import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fold } from '../../../domain/decider.ts';
import { channel } from '../../../domain/windows/channel.ts';
import { type Digest, Instant } from '../../../events/ids.ts';
import { createRegistryClient } from '../../../infra/registry/dockerRegistryClient.ts';
import {
  answering,
  type Content,
  publish,
  type RegistryServer,
  registryServer,
  sha256,
} from './registryServer.ts';

const place = { repository: 'windows/servercore', tag: 'ltsc2022' };
const tagPath = `/v2/${place.repository}/manifests/${place.tag}`;
const content: Content = {
  osVersion: '10.0.20348.4294',
  history: ['Apply image 10.0.20348.4294'],
  diffIds: [sha256('base')],
};

let server: RegistryServer;
beforeEach(async () => {
  server = await registryServer();
});
afterEach(() => server.close());

const read = (known?: Digest) =>
  createRegistryClient(server.url, { timeoutMs: 10_000 }).readTag(
    place.repository,
    place.tag,
    known,
  );

const unknown = (...parts: readonly string[]) =>
  expect.objectContaining({
    status: 'unknown',
    reason: expect.stringMatching(new RegExp(parts.join('.*'))),
  });

/** Answers that an operator has seen, or that someone may wish Tuesday to see. */
const misdeeds: readonly (readonly [
  string,
  (served: ReturnType<typeof publish>) => void,
  string,
])[] = [
  [
    '429 whose body is not JSON (Azure/acr#754)',
    () => server.on(tagPath, answering('Ref A: 0 Ref B: X', { 'retry-after': '5' }, 429)),
    'answered 429',
  ],
  ['5xx', () => server.on(tagPath, answering('<html>', {}, 503)), 'answered 503'],
  [
    'an index that is not what its digest says',
    ({ paths }) => server.on(paths.index, answering('{"manifests":[]}')),
    'manifests/sha256',
  ],
  [
    'a manifest that is not what its digest says',
    ({ paths }) => server.on(paths.manifest, answering('{"config":{}}')),
    'manifests/sha256',
  ],
  [
    'a truncated body',
    ({ paths, index }) =>
      server.on(paths.index, (_, response) => {
        response.writeHead(200, { 'content-length': String(index.length) });
        response.write(index.slice(0, 20));
        setTimeout(() => response.destroy(), 20);
      }),
    'manifests/sha256',
  ],
  [
    'a body that is not UTF-8',
    ({ paths }) =>
      server.on(paths.index, (_, response) => {
        response.writeHead(200).end(Buffer.from([0x7b, 0xff, 0xfe, 0x80, 0x7d]));
      }),
    'is not sha256',
  ],
  [
    'an index within an index',
    () => {
      const inner = JSON.stringify({ manifests: [] });
      const platform = { os: 'windows', architecture: 'amd64', 'os.version': '10.0.20348.4294' };
      const outer = JSON.stringify({ manifests: [{ digest: sha256(inner), platform }] });
      server.on(tagPath, answering(outer, { 'docker-content-digest': sha256(outer) }));
      server.on(`/v2/${place.repository}/manifests/${sha256(outer)}`, answering(outer));
      server.on(`/v2/${place.repository}/manifests/${sha256(inner)}`, answering(inner));
    },
    'config',
  ],
  [
    'an oversized body',
    ({ paths }) => server.on(paths.index, answering('x'.repeat(2_000_000))),
    'more than 1048576 bytes',
  ],
  [
    'a small body that unpacks to a large one',
    ({ paths }) =>
      server.on(paths.index, (_, response) => {
        response.writeHead(200, { 'content-encoding': 'gzip' });
        response.end(gzipSync(Buffer.alloc(8_000_000)));
      }),
    'more than 1048576 bytes',
  ],
  [
    'JSON nested a hundred thousand deep',
    () => {
      const deep = '['.repeat(100_000);
      const held = { 'docker-content-digest': sha256(deep) };
      server.on(tagPath, answering(deep, held));
      server.on(`/v2/${place.repository}/manifests/${sha256(deep)}`, answering(deep));
    },
    'not JSON',
  ],
  [
    'a redirect to the metadata service of the machine',
    () => server.on(tagPath, answering('', { location: 'http://169.254.169.254/latest' }, 302)),
    'redirected to 169.254.169.254',
  ],
  [
    'a redirect to a file',
    () => server.on(tagPath, answering('', { location: 'file:///etc/passwd' }, 302)),
    'redirected to file:',
  ],
  [
    'a redirect in a circle',
    () => server.on(tagPath, answering('', { location: tagPath }, 307)),
    'more than 3 redirects',
  ],
  [
    'a redirect to nowhere',
    () => server.on(tagPath, answering('', {}, 302)),
    'redirected|answered',
  ],
];

describe('a registry that misbehaves', () => {
  it.each(misdeeds)('with %s: unknown, and says why', async (_, misbehave, why) => {
    misbehave(publish(server, place, content));
    expect(await read()).toEqual(unknown(why));
  });

  it('never moves a channel, nor makes it forget what it knew', async () => {
    const at = (hours: number) => Instant.parse(1_760_000_000_000 + hours * 3_600_000);
    const served = publish(server, place, content);
    const observe = (reading: Awaited<ReturnType<typeof read>>, hours: number) =>
      ({ type: 'ObserveTag', ...place, reading, now: at(hours) }) as const;
    const first = channel.decide(observe(await read(), 0), undefined);
    let state = fold(channel, first);
    const newest = state?.newest;
    for (const [index, [, misbehave]] of misdeeds.entries()) {
      misbehave(served);
      const events = channel.decide(observe(await read(), index + 1), state);
      state = events.reduce(channel.evolve, state);
      expect(state?.newest).toEqual(newest);
      expect(state?.unreadable).toBeDefined();
      publish(server, place, content);
    }
    const again = channel.decide(observe(await read(), 100), state);
    expect(again).toMatchObject([{ type: 'ChannelBecameReadable' }]);
  });

  it('whose body stops coming is waited for no longer than the deadline', async () => {
    const { paths, index } = publish(server, place, content);
    server.on(paths.index, (_, response) => {
      response.writeHead(200, { 'content-length': String(index.length) });
      response.write(index.slice(0, 20));
    });
    const client = createRegistryClient(server.url, { timeoutMs: 300 });
    const found = await client.readTag(place.repository, place.tag);
    expect(found).toEqual(unknown('no answer within 300 ms'));
  });

  it.each([
    ['seconds', '600', 600_000],
    ['a date', new Date(1_760_000_060_000).toUTCString(), 60_000],
    ['more than an hour, which is too much', '99999999999999999999', 3_600_000],
  ])('is left alone as long as it asks in %s', async (_, retryAfter, quietMs) => {
    publish(server, place, content);
    server.on(tagPath, answering('Ref A: 0', { 'retry-after': retryAfter }, 429));
    let now = 1_760_000_000_000;
    const client = createRegistryClient(server.url, { now: () => now });
    const look = () => client.readTag(place.repository, place.tag);
    expect(await look()).toEqual(unknown('answered 429'));
    publish(server, place, content);
    now += quietMs - 1;
    expect(await look()).toEqual(unknown('not asked', 'left until 2025-10-09T'));
    expect(server.asked).toHaveLength(1);
    now += 1;
    expect(await look()).toMatchObject({ status: 'read' });
  });

  it.each(['soon', '-5', ''])('is asked again at once where it says "%s"', async (retryAfter) => {
    publish(server, place, content);
    server.on(tagPath, answering('', { 'retry-after': retryAfter }, 503));
    await read();
    publish(server, place, content);
    expect(await read()).toMatchObject({ status: 'read' });
  });

  it('is followed where blobs are kept elsewhere on the same host', async () => {
    const { paths, config } = publish(server, place, content);
    server.on('/storage/1', answering(config));
    server.on(paths.config, answering('', { location: '/storage/1' }, 307));
    expect(await read()).toMatchObject({ status: 'read', osVersion: content.osVersion });
  });
});
