import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Digest } from '../../../events/ids.ts';
import { createRegistryClient } from '../../../infra/registry/dockerRegistryClient.ts';
import {
  answering,
  type Content,
  publish,
  type RegistryServer,
  registryServer,
  sha256,
} from './registryServer.ts';

const servercore = { repository: 'windows/servercore', tag: 'ltsc2022' };
const outOfBand: Content = {
  osVersion: '10.0.20348.4297',
  history: ['Apply image 10.0.20348.4294', 'Install update 10.0.20348.4297'],
  diffIds: [sha256('base'), sha256('patch')],
};

let server: RegistryServer;
beforeEach(async () => {
  server = await registryServer();
});
afterEach(() => server.close());

const readTag = (known?: string, { repository, tag } = servercore) =>
  createRegistryClient(server.url, { timeoutMs: 2_000 }).readTag(
    repository,
    tag,
    known === undefined ? undefined : Digest.parse(known),
  );

describe('a tag', () => {
  it('is read: digest of the index, os.version, layers and history', async () => {
    const { digest } = publish(server, servercore, outOfBand);
    expect(await readTag()).toEqual({ status: 'read', digest, ...outOfBand });
  });

  it('that still holds the known digest costs one HEAD', async () => {
    const { digest, paths } = publish(server, servercore, outOfBand);
    expect(await readTag(digest)).toEqual({ status: 'unchanged', digest });
    expect(server.asked).toEqual([`HEAD ${paths.tag}`]);
  });

  it('is read by digest after the HEAD, so that it may move meanwhile', async () => {
    const { paths } = publish(server, servercore, outOfBand);
    await readTag();
    expect(server.asked).not.toContain(`GET ${paths.tag}`);
  });

  it('that holds a single manifest is read too', async () => {
    const { manifest } = publish(server, servercore, outOfBand);
    const held = { 'docker-content-digest': sha256(manifest) };
    server.on('/v2/windows/servercore/manifests/ltsc2022-amd64', answering(manifest, held));
    const found = await readTag(undefined, { ...servercore, tag: 'ltsc2022-amd64' });
    expect(found).toMatchObject({ status: 'read', digest: sha256(manifest), ...outOfBand });
  });

  it('of a registry that states no digest is known by what it holds', async () => {
    const { index, digest, paths } = publish(server, servercore, outOfBand);
    server.on(paths.tag, answering(index));
    expect(await readTag()).toMatchObject({ status: 'read', digest });
    expect(await readTag(digest)).toEqual({ status: 'unchanged', digest });
  });

  it('asks for every kind of index and manifest', async () => {
    const accepted: string[] = [];
    const { index, paths } = publish(server, servercore, outOfBand);
    server.on(paths.tag, (request, response) => {
      accepted.push(request.headers.accept ?? '');
      response.writeHead(200, { 'docker-content-digest': sha256(index) }).end();
    });
    await readTag();
    for (const kind of ['manifest.list.v2', 'image.index.v1', 'manifest.v2', 'image.manifest.v1']) {
      expect(accepted[0]).toContain(kind);
    }
  });
});

describe('an index with several Windows entries', () => {
  const other = (osVersion: string) => ({
    digest: sha256(osVersion),
    platform: { os: 'windows', architecture: 'amd64', 'os.version': osVersion },
  });
  const linux = { digest: sha256('linux'), platform: { os: 'linux', architecture: 'amd64' } };
  const jre = { repository: 'eclipse-temurin', tag: '26-windowsservercore-ltsc2022' };

  it('gives the entry of the channel that the tag names, not the first of the list', async () => {
    publish(server, jre, outOfBand, [linux, other('10.0.26100.33438'), other('10.0.20348.4294')]);
    expect(await readTag(undefined, jre)).toMatchObject({ osVersion: '10.0.20348.4297' });
  });

  it('is unknown where none fits', async () => {
    const tag = { ...jre, tag: '26-jre' };
    publish(server, tag, outOfBand, [other('10.0.26100.33438')]);
    expect(await readTag(undefined, tag)).toMatchObject({
      status: 'unknown',
      reason: expect.stringContaining('none of 2 Windows entries fits'),
    });
  });

  it('is unknown where none is Windows', async () => {
    const index = JSON.stringify({ manifests: [linux] });
    server.on(`/v2/${jre.repository}/manifests/${jre.tag}`, answering(index));
    expect(await readTag(undefined, jre)).toMatchObject({
      reason: expect.stringContaining('no windows/amd64 entry'),
    });
  });
});

describe('the builds that have tags of their own', () => {
  const list = () => createRegistryClient(server.url).listBuilds('windows/servercore');
  const tags = (...names: readonly string[]) => JSON.stringify({ name: 'x', tags: names });
  const tagsPath = '/v2/windows/servercore/tags/list';

  it('are told by number, the newest of each channel, over all pages', async () => {
    const first = ['10.0.26100.7462', '10.0.26100.32230', '10.0.20348.4297-amd64', 'ltsc2022'];
    const link = `<${tagsPath}?last=ltsc2022>; rel="next"`;
    server.on(tagsPath, answering(tags(...first), { link }));
    const second = ['10.0.20348.4294', '10.0.20348.999', '10.0.25398.1', '20348.9999', '10.0.x'];
    server.on(`${tagsPath}?last=ltsc2022`, answering(tags(...second)));
    expect(await list()).toEqual({ status: 'listed', builds: ['20348.4294', '26100.32230'] });
  });

  it.each([
    ['are not known where the list does not come', answering('Ref A: 0', {}, 429), '429'],
    ['are not known where it is none', answering('{"tags":"all"}'), 'tags'],
    ['are not known where it is too long', answering(tags('x'.repeat(5_000_000))), 'more than'],
  ])('%s', async (_, answer, reason) => {
    server.on(tagsPath, answer);
    expect(await list()).toEqual({
      status: 'unknown',
      reason: expect.stringContaining(reason),
    });
  });

  it('are not known where a page leads to itself', async () => {
    server.on(tagsPath, answering(tags('1809'), { link: `<${tagsPath}>; rel="next"` }));
    expect(await list()).toEqual({
      status: 'unknown',
      reason: expect.stringContaining('20 pages'),
    });
  });
});

describe('the KB of a release', () => {
  const tagsPath = '/v2/windows/servercore/tags/list';
  const kbPath = (kb: string) => `/v2/windows/servercore/manifests/ltsc2022-${kb}`;
  const listed = (...tags: readonly string[]) => JSON.stringify({ name: 'x', tags });

  it('is that of the tag with the same digest, found over the pages of the list', async () => {
    const { digest } = publish(server, servercore, outOfBand);
    const link = { link: `<${tagsPath}?last=1809>; rel="next"` };
    server.on(
      tagsPath,
      answering(listed('1809', 'ltsc2022-KB5066782', 'ltsc2025-KB9999999'), link),
    );
    server.on(`${tagsPath}?last=1809`, answering(listed('ltsc2022', 'ltsc2022-KB5070884')));
    server.on(kbPath('KB5070884'), answering('', { 'docker-content-digest': digest }));
    expect(await readTag()).toMatchObject({ status: 'read', kb: 'KB5070884' });
  });

  it.each([
    ['there is no such tag yet', answering(listed('ltsc2022', '10.0.20348.4297'))],
    ['the tag holds something else', answering(listed('ltsc2022-KB5066782'))],
    ['the list cannot be read', answering('Ref A: 1', {}, 429)],
    ['the list is not JSON', answering('<html>')],
    ['the list leads away', answering(listed(), { link: '<http://localhost:1/x>; rel="next"' })],
  ])('is left out where %s', async (_, answer) => {
    const { digest } = publish(server, servercore, outOfBand);
    server.on(tagsPath, answer);
    server.on(kbPath('KB5066782'), answering('', { 'docker-content-digest': sha256('other') }));
    expect(await readTag()).toEqual({ status: 'read', digest, ...outOfBand });
  });

  it('is not looked for in derived repositories, which have none', async () => {
    const iis = { repository: 'windows/servercore/iis', tag: 'windowsservercore-ltsc2022' };
    publish(server, iis, outOfBand);
    expect(await readTag(undefined, iis)).toMatchObject({ status: 'read' });
    expect(server.asked.filter((each) => each.includes('tags/list'))).toEqual([]);
  });
});

describe('a registry that misbehaves', () => {
  const big = 'x'.repeat(1024 * 1024 + 1);

  it.each([
    [
      'is throttled, with a body that is no JSON',
      'tag',
      answering('Ref A: 0', {}, 429),
      /answered 429/,
    ],
    ['is broken', 'tag', answering('', {}, 503), /answered 503/],
    ['knows no such tag', 'tag', answering('', {}, 404), /answered 404/],
    [
      'says that nothing changed without being asked',
      'tag',
      answering('', {}, 304),
      /answered 304/,
    ],
    [
      'states a digest that is none',
      'tag',
      answering('', { 'docker-content-digest': 'latest' }),
      /no digest/,
    ],
    ['cuts the index short', 'tag', answering('{"manifests":[{"dig'), /not JSON/],
    ['sends an index without entries', 'tag', answering('{"manifests":{}}'), /manifests/],
    ['sends something else', 'tag', answering('{"errors":[]}'), /config/],
    ['sends another index', 'index', answering('{"manifests":[]}'), /is not sha256:/],
    ['sends too much', 'index', answering(big), /more than 1048576 bytes/],
    ['sends another manifest', 'manifest', answering('{"config":{}}'), /is not sha256:/],
    ['sends another config', 'config', answering('{}'), /is not sha256:/],
    ['loses the config', 'config', answering('', {}, 500), /answered 500/],
  ] as const)('and %s: unknown, with the request that failed', async (_, path, answer, reason) => {
    const { paths } = publish(server, servercore, outOfBand);
    server.on(paths[path], answer);
    const found = await readTag();
    expect(found).toEqual({ status: 'unknown', reason: expect.stringMatching(reason) });
    expect(found).toMatchObject({ reason: expect.stringContaining('/v2/windows/servercore/') });
  });

  it('and whose index and config disagree: unknown', async () => {
    const { index, paths } = publish(server, servercore, outOfBand);
    const lying = index.replace('20348.4297', '20348.4405');
    server.on(paths.tag, answering(lying));
    expect(await readTag()).toMatchObject({
      status: 'unknown',
      reason: expect.stringContaining('its index says 10.0.20348.4405'),
    });
  });

  it('and never answers: unknown', async () => {
    const { paths } = publish(server, servercore, outOfBand);
    server.on(paths.tag, () => {});
    const client = createRegistryClient(server.url, { timeoutMs: 50 });
    expect(await client.readTag(servercore.repository, servercore.tag)).toMatchObject({
      status: 'unknown',
      reason: expect.stringContaining('no answer within 50 ms'),
    });
  });

  it('and stops in the middle of a body: unknown', async () => {
    const { paths } = publish(server, servercore, outOfBand);
    server.on(`GET ${paths.index}`, (_, response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('{"manifests"');
      setTimeout(() => response.destroy(), 10);
    });
    expect(await readTag()).toMatchObject({ status: 'unknown' });
  });

  it('and is not there: unknown', async () => {
    const { url } = server;
    await server.close();
    const client = createRegistryClient(url, { timeoutMs: 2_000 });
    expect(await client.readTag(servercore.repository, servercore.tag)).toMatchObject({
      status: 'unknown',
      reason: expect.stringContaining('ECONNREFUSED'),
    });
    server = await registryServer();
  });
});
