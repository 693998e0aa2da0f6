import { createHash } from 'node:crypto';
import {
  BatchGetImageCommand,
  ECRClient,
  GetDownloadUrlForLayerCommand,
} from '@aws-sdk/client-ecr';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { Digest } from '../../../events/ids.ts';
import { createEcrGateway } from '../../../infra/aws/ecr.ts';
import { sdkError } from './sdkError.ts';

const ecr = mockClient(ECRClient);
const client = new ECRClient({ region: 'eu-west-1' });
const place = { registryId: '111122223333', path: 'shop' };
const url = 'https://layers.example/config';
const digest = (digit: string) => Digest.parse(`sha256:${digit.repeat(64)}`);
const digestOf = (text: string) => `sha256:${createHash('sha256').update(text).digest('hex')}`;

const config = JSON.stringify({
  'os.version': '10.0.20348.4294',
  created: '2025-10-14T17:00:00Z',
  history: [{ created_by: 'Apply image 10.0.20348.4294' }, { empty_layer: true }],
  rootfs: { type: 'layers', diff_ids: [digest('d')] },
});
const manifest = (text = config) =>
  JSON.stringify({
    config: { digest: digestOf(text), size: text.length },
    layers: [{ digest: digest('1'), size: 1_500_000_000 }],
  });
const entry = (digit: string, os: string, architecture = 'amd64') => ({
  digest: digest(digit),
  platform: { os, architecture },
});
const index = (...manifests: object[]) => JSON.stringify({ manifests });

const answering = (...documents: string[]) => {
  const on = ecr.on(BatchGetImageCommand);
  for (const imageManifest of documents) on.resolvesOnce({ images: [{ imageManifest }] });
};
const read = (text: string | Response = config) =>
  createEcrGateway(client, async (asked) => {
    expect(asked).toBe(url);
    return typeof text === 'string' ? new Response(text) : text;
  }).readImageConfig(place, digest('a'));

beforeEach(() => {
  ecr.reset();
  ecr.on(GetDownloadUrlForLayerCommand).resolves({ downloadUrl: url });
});

describe('reading the config of an image', () => {
  it('goes from manifest to config', async () => {
    answering(manifest());
    expect(await read()).toEqual({
      osVersion: '10.0.20348.4294',
      history: ['Apply image 10.0.20348.4294', ''],
      diffIds: [digest('d')],
      layers: [{ digest: digest('1'), bytes: 1_500_000_000 }],
      createdAt: Date.parse('2025-10-14T17:00:00Z'),
    });
    expect(ecr.commandCalls(BatchGetImageCommand)[0]?.args[0].input).toMatchObject({
      registryId: '111122223333',
      repositoryName: 'shop',
      imageIds: [{ imageDigest: digest('a') }],
    });
    expect(ecr.commandCalls(GetDownloadUrlForLayerCommand)[0]?.args[0].input).toEqual({
      registryId: '111122223333',
      repositoryName: 'shop',
      layerDigest: digestOf(config),
    });
  });

  it('picks windows/amd64 out of an index', async () => {
    answering(
      index(entry('2', 'linux'), entry('3', 'windows'), entry('4', 'windows', 'arm64')),
      manifest(),
    );
    await read();
    const [, second] = ecr.commandCalls(BatchGetImageCommand);
    expect(second?.args[0].input.imageIds).toEqual([{ imageDigest: digest('3') }]);
  });

  it.each([
    ['NotWindows', index(entry('2', 'linux'))],
    ['SeveralWindowsImages', index(entry('2', 'windows'), entry('3', 'windows'))],
    ['UnexpectedShape', '{"schemaVersion":1}'],
    ['UnexpectedShape', 'no JSON'],
  ])('is refused as %s where the manifest is %s', async (code, document) => {
    answering(document);
    await expect(read()).rejects.toMatchObject({ kind: 'refused', code });
  });

  it('is refused where an index holds an index', async () => {
    answering(index(entry('3', 'windows')), index(entry('3', 'windows')));
    await expect(read()).rejects.toMatchObject({ code: 'UnexpectedShape' });
  });

  it('is refused where the bytes are not those that the manifest names', async () => {
    answering(manifest());
    await expect(read(`${config} `)).rejects.toMatchObject({ code: 'DigestMismatch' });
  });

  it('is refused where there is no end to the bytes', async () => {
    answering(manifest());
    const endless = new ReadableStream({
      pull: (stream) => stream.enqueue(new Uint8Array(65_536)),
    });
    await expect(read(new Response(endless))).rejects.toMatchObject({ code: 'ConfigTooLarge' });
  });

  it.each([
    [403, 'refused'],
    [503, 'throttled'],
  ])('where the download answers %i it is %s', async (status, kind) => {
    answering(manifest());
    await expect(read(new Response('', { status }))).rejects.toMatchObject({ kind });
  });

  it('asks for another address, once, where the first has run out', async () => {
    const fresh = 'https://layers.example/fresh';
    const addresses = ecr.on(GetDownloadUrlForLayerCommand);
    addresses.resolvesOnce({ downloadUrl: url }).resolves({ downloadUrl: fresh });
    const fetched: string[] = [];
    const gateway = createEcrGateway(client, async (asked, { redirect }) => {
      expect(redirect).toBe('error');
      fetched.push(asked);
      return asked === fresh ? new Response(config) : new Response('expired', { status: 403 });
    });
    answering(manifest());
    expect(await gateway.readImageConfig(place, digest('a'))).toMatchObject({
      osVersion: '10.0.20348.4294',
    });
    expect(fetched).toEqual([url, fresh]);
  });

  it('is refused where every address is denied', async () => {
    answering(manifest());
    const denied = createEcrGateway(client, async () => new Response('', { status: 403 }));
    const asked = denied.readImageConfig(place, digest('a'));
    await expect(asked).rejects.toMatchObject({ kind: 'refused', code: 'DownloadDenied' });
  });

  it('is to be tried later where the bytes break off', async () => {
    answering(manifest());
    const broken = new ReadableStream({
      start: (stream) => {
        stream.enqueue(new TextEncoder().encode('{"os.ver'));
        stream.error(new Error('terminated'));
      },
    });
    await expect(read(new Response(broken))).rejects.toMatchObject({ kind: 'throttled' });
  });

  it('marks layers that lie in another registry', async () => {
    const foreign = {
      mediaType: 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip',
      digest: digest('8'),
      size: 1_251_699_055,
      urls: [`https://mcr.microsoft.com/v2/windows/servercore/blobs/${digest('8')}`],
    };
    const own = { ...foreign, mediaType: 'application/vnd.docker.image.rootfs.diff.tar.gzip' };
    const { urls: _urls, ...held } = own;
    answering(
      JSON.stringify({ config: { digest: digestOf(config) }, layers: [foreign, own, held] }),
    );
    expect((await read()).layers).toEqual([
      { digest: digest('8'), bytes: 1_251_699_055, foreign: true },
      { digest: digest('8'), bytes: 1_251_699_055, foreign: true },
      { digest: digest('8'), bytes: 1_251_699_055 },
    ]);
  });

  it.each(['AccessDeniedException', 'RepositoryNotFoundException', 'KmsException'])(
    'is refused with the code of ECR: %s',
    async (code) => {
      ecr.on(BatchGetImageCommand).rejects(sdkError(code, 400));
      await expect(read()).rejects.toMatchObject({ kind: 'refused', code });
    },
  );

  it('is refused where ECR has no such image', async () => {
    const failures = [{ failureCode: 'ImageNotFound' as const, failureReason: 'not found' }];
    ecr.on(BatchGetImageCommand).resolves({ images: [], failures });
    await expect(read()).rejects.toMatchObject({ kind: 'refused', code: 'ImageNotFound' });
  });

  it('tells throttling from absence', async () => {
    ecr.on(BatchGetImageCommand).rejects(sdkError('ThrottlingException', 400));
    await expect(read()).rejects.toMatchObject({ kind: 'throttled' });
  });
});

describe('a lifecycle policy', () => {
  const read = (answer: () => unknown) =>
    createEcrGateway({
      send: (async (command: { input: unknown }) => {
        expect(command.input).toEqual({ registryId: '111122223333', repositoryName: 'shop' });
        return answer();
      }) as never,
    }).readLifecyclePolicy(place);
  const rules = (selection: object) =>
    JSON.stringify({ rules: [{ rulePriority: 3, selection, action: { type: 'expire' } }] });

  it('is read, rule by rule', async () => {
    const selection = {
      tagStatus: 'tagged',
      tagPatternList: ['live*'],
      countType: 'imageCountMoreThan',
      countNumber: 10,
    };
    expect(await read(() => ({ lifecyclePolicyText: rules(selection) }))).toEqual([
      {
        rulePriority: 3,
        tagStatus: 'tagged',
        tagPrefixes: [],
        tagPatterns: ['live*'],
        count: { type: 'imageCountMoreThan', images: 10 },
      },
    ]);
  });

  it('keeps the name of a count that came after this Tuesday', async () => {
    const selection = { tagStatus: 'any', countType: 'sinceImagePulled', countNumber: 9 };
    expect(await read(() => ({ lifecyclePolicyText: rules(selection) }))).toMatchObject([
      { count: { type: 'notUnderstood', name: 'sinceImagePulled' } },
    ]);
  });

  it('may be missing', async () => {
    const missing = Object.assign(new Error('none'), {
      name: 'LifecyclePolicyNotFoundException',
      $metadata: { httpStatusCode: 400 },
    });
    expect(await read(() => Promise.reject(missing))).toEqual([]);
  });

  it('is refused where it is no policy', async () => {
    for (const text of ['', '[]', 'null', '{"rules":[{"rulePriority":0}]}']) {
      await expect(read(() => ({ lifecyclePolicyText: text }))).rejects.toMatchObject({
        code: 'UnexpectedShape',
      });
    }
  });
});
