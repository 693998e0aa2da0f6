import { request } from 'node:http';
import { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { serveCommand } from '../../cli/commands/serve.ts';
import type { CliTools } from '../../cli/tools.ts';
import type { EventStore } from '../../infra/eventStore/eventStore.ts';
import { aLivelyRecord, now } from '../functions/api/apiRecord.ts';
import { listening } from './apiServer.ts';

let store: EventStore & { readonly close: () => void };
let server: Awaited<ReturnType<typeof listening>>;
beforeEach(async () => {
  store = await aLivelyRecord();
  server = await listening(store);
});
afterEach(() => server.close());

/** A request to the letter: `fetch` would mend the path and set its own Host. */
const send = (
  method: string,
  path: string,
  { headers = {}, body = '' }: { headers?: Record<string, string>; body?: string } = {},
) =>
  new Promise<{ status: number; headers: Record<string, unknown>; text: string }>(
    (resolve, reject) => {
      const outgoing = request({ port: server.port, host: '127.0.0.1', method, path, headers });
      outgoing.on('error', reject);
      outgoing.on('response', (incoming) => {
        let text = '';
        incoming.on('data', (chunk) => {
          text += chunk;
        });
        incoming.on('end', () =>
          resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text }),
        );
      });
      outgoing.end(body);
    },
  );
const json = { 'content-type': 'application/json', 'idempotency-key': 'a-key-of-this-test' };

describe('tuesday serve', () => {
  it.each([
    ['GET', '/', 404, 'RouteNotFound'],
    ['GET', '/clusters/', 404, 'RouteNotFound'],
    ['GET', '/clusters/shop/../../etc/passwd', 404, 'RouteNotFound'],
    ['GET', '/clusters/%ff', 404, 'RouteNotFound'],
    ['GET', '//clusters', 404, 'RouteNotFound'],
    ['GET', '/clusters/%2e%2e', 400, 'Malformed'],
    ['DELETE', '/clusters', 405, 'MethodNotAllowed'],
    ['HEAD', '/clusters', 405, undefined],
    ['PATCH', '/clusters/shop/mode', 405, 'MethodNotAllowed'],
  ])('answers %s %s with %i', async (method, path, status, code) => {
    const answer = await send(method, path);
    expect(answer.status).toBe(status);
    expect(answer.headers['content-type']).toBe('application/problem+json');
    if (code !== undefined) expect(JSON.parse(answer.text)).toMatchObject({ code, status });
    if (status === 405) expect(answer.headers.allow).toMatch(/^(GET, POST|PUT)$/);
    expect(server.failures).toEqual([]);
  });

  it('finds the route that says more before the one that takes anything', async () => {
    const options = { headers: json, body: '{}' };
    const preview = await send('POST', '/clusters/shop/rollouts/preview', options);
    expect(JSON.parse(preview.text)).toHaveProperty('planToken');
  });

  it('writes down for whom it took who asked', async () => {
    const body = '{"mode":"observe"}';
    const answer = await send('PUT', '/clusters/shop/mode', { headers: json, body });
    expect(answer.status).toBe(200);
    expect((await store.readStream('cluster#shop')).at(-1)?.events).toMatchObject([
      { data: { actor: 'operator' } },
    ]);
  });

  it('stops reading a body that is too large, and says so', async () => {
    const body = `{"dockerfile":"${'x'.repeat(2_000_000)}"}`;
    const answer = await send('POST', '/lint/dockerfile', { headers: json, body }).catch(
      (error: NodeJS.ErrnoException) => error.code,
    );
    // The answer, or the end of the connection before all of it was sent.
    const isRefused = typeof answer === 'object' ? answer.status === 413 : answer === 'EPIPE';
    expect([isRefused, answer]).toEqual([true, answer]);
  });

  it.each([
    ['another name for this machine', { host: 'evil.example.com' }],
    ['a page of another site', { host: '127.0.0.1:1', origin: 'https://evil.example.com' }],
  ])('answers no request through %s', async (_, headers) => {
    const answer = await send('GET', '/clusters', { headers });
    expect(answer.status).toBe(401);
    expect(answer.text).not.toContain('shop');
  });

  it('tells a failure on its own side alone', async () => {
    server.close();
    const broken = { ...store, load: () => Promise.reject(new Error('canary')) };
    server = await listening(broken);
    const answer = await send('GET', '/clusters/shop/rollouts/rollout-x');
    expect([answer.status, JSON.parse(answer.text).code]).toEqual([500, 'Unforeseen']);
    expect(answer.text).not.toContain('canary');
    expect(server.failures.map(String)).toEqual(['Error: canary']);
  });

  const serving = async (...words: readonly string[]) => {
    const printed: string[] = [];
    let asked: string | undefined;
    const tools: CliTools = {
      openStore: () => ({ ...store, close: () => {} }),
      now: () => now,
      out: (line) => printed.push(line),
      err: (line) => printed.push(line),
      isTerminal: false,
    };
    const program = new Command().exitOverride().option('--store <file>', '', 'unused');
    serveCommand(program, tools, async () => {
      const url = printed[0]?.split(' ')[0];
      asked = await (await fetch(`${url}/clusters`)).text();
    });
    await program.parseAsync(words, { from: 'user' });
    return { printed, asked };
  };

  it('says where it listens, and ends when it is told to', async () => {
    const { printed, asked } = await serving('serve', '--port', '0');
    expect(printed[0]).toMatch(/^http:\/\/127\.0\.0\.1:\d+ answers/);
    expect(asked).toContain('"name":"shop"');
    await expect(fetch(`${printed[0]?.split(' ')[0]}/clusters`)).rejects.toThrow();
  });

  it.each([
    ['http', 'is no port'],
    ['70000', 'is no port'],
  ])('refuses port %s', async (port, what) => {
    await expect(serving('serve', '--port', port)).rejects.toThrow(what);
  });

  it('says that a port is taken', async () => {
    await expect(serving('serve', '--port', `${server.port}`)).rejects.toThrow('EADDRINUSE');
  });
});
