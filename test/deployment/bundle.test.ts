import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBytes } from '../../bench/bundle/startBytes.ts';
import { bundleOptions } from '../../infra/bundle.ts';
import { readFunctions } from '../../infra/local/template.ts';
import { request } from '../functions/httpRequest.ts';

const root = join(import.meta.dirname, '../..');
const source = 'functions/api/commandsHandler.ts';

/** Asks the bundle as Lambda does, in a process of its own. */
const asking = `
const { handler } = await import(process.argv[1]);
const context = { functionName: 'tuesday-dev-commands', awsRequestId: '1' };
const answer = await handler(JSON.parse(process.argv[2]), context);
process.stdout.write(JSON.stringify(answer));
process.exit();`;

describe('what is loaded at start', () => {
  const functions = readFunctions(join(root, 'serverless.yml')).map(
    (each) => [each.name, each] as const,
  );

  // A gate, because one import in the domain may bring a library along to every function.
  it.each(functions)('by %s is at most 480 KB', async (_, { source: file }) => {
    const options = bundleOptions(root, file, join(root, 'dist'));
    const { metafile } = await build({ ...options, write: false });
    expect(startBytes(metafile, file)).toBeLessThanOrEqual(480_000);
  });
});

describe('X20: a bundle', () => {
  let folder: string;
  let dynamo: Server;
  const asked: string[] = [];
  beforeAll(async () => {
    folder = mkdtempSync(join(root, '.bundle-'));
    for (const name of ['one', 'two']) await build(bundleOptions(root, source, join(folder, name)));
    dynamo = createServer((incoming, answer) => {
      asked.push(String(incoming.headers['x-amz-target']));
      answer.setHeader('content-type', 'application/x-amz-json-1.0');
      answer.end('{"Items":[],"Count":0}');
    });
    await new Promise<void>((resolve) => void dynamo.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
    dynamo.close();
  });

  const hashes = (name: string) =>
    globSync('**/*', { cwd: join(folder, name) })
      .filter((file) => file.endsWith('.mjs'))
      .toSorted()
      .map((file) => {
        const content = readFileSync(join(folder, name, file));
        return `${file} ${createHash('sha256').update(content).digest('hex')}`;
      });

  it('made twice is the same to the byte', () => {
    expect(hashes('one').length).toBeGreaterThan(1);
    expect(hashes('one')).toEqual(hashes('two'));
  });

  // Of all functions it has the most parts, some of them loaded later.
  it('of effects is the same too, part by part', async () => {
    const parts = async () => {
      const options = bundleOptions(root, 'functions/effects/handler.ts', join(folder, 'effects'));
      const { outputFiles } = await build({ ...options, write: false });
      return outputFiles.map(({ path, hash }) => `${path} ${hash}`).toSorted();
    };
    const first = await parts();
    expect(first.length).toBeGreaterThan(2);
    expect(await parts()).toEqual(first);
  });

  it('carries no source map, and no path of the machine that made it', () => {
    expect(globSync('**/*.map', { cwd: folder })).toEqual([]);
    for (const file of globSync('one/**/*.mjs', { cwd: folder })) {
      const content = readFileSync(join(folder, file), 'utf8');
      expect(content.includes('sourceMappingURL')).toBe(false);
      expect(content.includes(root)).toBe(false);
    }
  });

  it('answers in a bare process, over a real connection', async () => {
    const { port } = dynamo.address() as AddressInfo;
    const file = join(folder, 'one', source.replace(/\.ts$/, '.mjs'));
    const event = request('POST /clusters/{cluster}/rollouts/{rolloutId}/pause', {
      parameters: { cluster: 'shop', rolloutId: 'rollout-shop-2025-10-14' },
      body: { reason: 'a look' },
      key: 'a-look-at-the-bundle',
    });
    const parameters = ['--input-type=module', '--eval', asking, pathToFileURL(file).href];
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [...parameters, JSON.stringify(event)],
      {
        env: {
          AWS_REGION: 'eu-west-1',
          AWS_ACCESS_KEY_ID: 'none',
          AWS_SECRET_ACCESS_KEY: 'none',
          AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${port}`,
          EVENT_TABLE: 'events',
          VIEW_TABLE: 'views',
          BUS_NAME: 'tuesday-dev',
          EFFECT_QUEUE_URL: 'https://sqs.eu-west-1.amazonaws.com/123456789012/effects',
          CONTROL_QUEUE_URL: 'https://sqs.eu-west-1.amazonaws.com/123456789012/control.fifo',
          POWERTOOLS_LOG_LEVEL: 'SILENT',
        },
      },
    );
    expect(JSON.parse(stdout)).toMatchObject({ statusCode: 404 });
    expect(asked[0]).toMatch(/^DynamoDB_20120810\./);
  });
});
