import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCli } from '../../cli/runCli.ts';
import type { CliTools } from '../../cli/tools.ts';
import type { EventStore } from '../../infra/eventStore/eventStore.ts';
import { rolloutId } from '../domain/rollout/rolloutBuilder.ts';
import { aLivelyRecord, now } from '../functions/api/apiRecord.ts';
import { taskArn } from '../support/fleetBuilder.ts';
import { listening } from './apiServer.ts';

let store: EventStore & { readonly close: () => void };
let server: Awaited<ReturnType<typeof listening>>;
beforeEach(async () => {
  store = await aLivelyRecord();
  server = await listening(store);
});
afterEach(() => server.close());

/** Runs a whole command line; what it printed, and its exit code. */
const run = async (...words: readonly string[]) => {
  const printed: string[] = [];
  const tools: CliTools = {
    openStore: () => ({ ...store, close: () => {} }),
    now: () => now,
    out: (line) => printed.push(line),
    err: (line) => printed.push(`! ${line}`),
    isTerminal: false,
  };
  const code = await runCli(words, tools);
  return { code, printed };
};
const asked = (...words: readonly string[]) => run('--api', server.url, ...words);

describe('with --api a cluster is adopted', () => {
  it('by its ARN, in mode observe', async () => {
    const arn = 'arn:aws:ecs:eu-west-1:111122223333:cluster/office';
    expect(await asked('cluster', 'adopt', arn)).toEqual({
      code: 0,
      printed: [
        'office is watched in mode observe; the next sweep reads it, in five minutes at most',
      ],
    });
    const { code, printed } = await asked('cluster', 'adopt', 'office');
    expect(code).toBe(2);
    expect(printed.join('\n')).toContain('aws ecs list-clusters');
  });
});

describe('with --api a question is answered as it is here', () => {
  it.each([
    ['cluster'],
    ['windows'],
    ['budget'],
    ['capacity'],
    ['exposure'],
    ['exposure --by task'],
    ['exposure --by instance'],
    ['fleet'],
    ['fleet --tasks'],
    ['fleet --where attribute:ecs.os-type==windows'],
    ['fleet --where attribute:moon==full'],
    ['releases'],
    ['releases --history'],
    ['rollout list'],
    ['rollout watch'],
    [`rollout watch ${rolloutId}`],
    ['explain t2cc'],
    ['explain orders'],
    ['drain list'],
    ['drain plan one two'],
    ['drain plan three --standalone 30 --allow-last-task'],
    ['parked'],
    [`explain ${taskArn('t1aa')}`],
  ])('%s', async (line) => {
    for (const words of [line.split(' '), ['--json', ...line.split(' ')]]) {
      const [there, here] = [await asked(...words), await run(...words)];
      expect(there.printed.length).toBeGreaterThan(0);
      expect(there).toEqual(here);
      expect(there.code).toBe(0);
    }
    expect(server.failures).toEqual([]);
  });

  it('parked show', async () => {
    const [first] = (await asked('--json', 'parked')).printed;
    const { parkedId } = JSON.parse(first ?? '{}');
    const words = ['parked', 'show', parkedId.slice(0, 8)];
    expect(await asked(...words)).toEqual(await run(...words));
  });

  it('events of one stream, but for the order over all streams', async () => {
    const words = ['events', '--stream', `rollout#${rolloutId}`];
    const [there, here] = [await asked(...words), await run(...words)];
    const without = ({ printed }: typeof here) => printed.map((line) => line.replace(/^\S+\t/, ''));
    expect(without(there)).toEqual(without(here));
    expect(there.printed[0]).toMatch(/^-\t2025-10-14T17:00:00.000Z\trollout#/);
  });

  it('events of the cluster, from a moment on', async () => {
    const from = ['--from', '2025-10-14T17:04:00Z'];
    const { printed } = await asked('--json', 'events', ...from, '--type', 'TaskObserved');
    expect(printed.map((line) => JSON.parse(line).type)).toEqual(Array(4).fill('TaskObserved'));
    const here = await run('--json', 'events', ...from, '--type', 'TaskObserved');
    expect(here.printed).toHaveLength(4);
  });

  it('events up to a limit, and on from there', async () => {
    const words = ['events', '--stream', `rollout#${rolloutId}`, '--limit', '1'];
    const { printed } = await asked(...words);
    const cursor = /--after (\S+)$/.exec(printed.at(-1) ?? '')?.[1] ?? '';
    expect((await asked(...words, '--after', cursor)).printed).toEqual([]);
  });
});

describe('with --api a command is carried out there', () => {
  it('starts a drain, tells of it, and undoes it', async () => {
    const { printed } = await asked('drain', 'start', 'one', '--reason', 'a noisy disk');
    expect(printed.join('\n')).toContain('is waiting\nfollow it with: tuesday drain list');
    expect((await asked('drain', 'list')).printed.join('\n')).toContain('a noisy disk');
    const undone = await asked('drain', 'undo', 'one', '--reason', 'it is well');
    expect(undone).toMatchObject({ code: 0, printed: [expect.stringMatching(/ is ended$/)] });
    const refused = await asked('drain', 'undo', 'three', '--reason', 'it is well');
    expect(refused.code).toBe(2);
    expect(refused.printed.join('\n')).toContain('DrainNotFound');
  });

  it('plans, starts, pauses, resumes and aborts a rollout', async () => {
    const { printed } = await asked('rollout', 'plan');
    expect(printed.at(-1)).toBe(`\nstart it with: tuesday rollout start ${rolloutId}-2`);
    const id = `${rolloutId}-2`;
    expect(await asked('rollout', 'start', id)).toEqual({ code: 0, printed: [`${id} is running`] });
    const moves = [
      ['pause', 'paused'],
      ['pause', 'paused already'],
      ['resume', 'running'],
      ['abort', 'aborted'],
    ] as const;
    for (const [move, status] of moves) {
      expect((await asked('rollout', move, id)).printed).toEqual([`${id} is ${status}`]);
    }
  });

  it('raises and lowers the mode, takes a downgrade, replays what is parked', async () => {
    expect((await asked('cluster', 'mode', 'shop', 'advise')).printed).toEqual([
      'shop is in mode advise',
    ]);
    const accept = ['releases', 'accept', 'windows/servercore:ltsc2022', '20348.4171'];
    expect((await asked(...accept, '--reason', 'printers')).printed).toEqual([
      'windows/servercore:ltsc2022: 20348.4171 counts from now on',
    ]);
    expect((await asked('parked', 'replay')).printed).toHaveLength(2);
  });
});

describe('with --api a slip is told without a stack trace', () => {
  it.each([
    ['rollout start rollout-none', 'RolloutNotFound', 'tuesday rollout list'],
    ['rollout start nonsense', 'RolloutNotFound', 'tuesday rollout list'],
    ['explain nothing', 'TaskNotFound', 'tuesday fleet --tasks'],
    ['releases --tag ltsc2031', 'TagNotFound', 'it is one of: windows/servercore:ltsc2022'],
    ['fleet --cluster nope', '--cluster nope is not known', 'it is one of: shop'],
    ['rollout pause x --actor kim', '--actor does not go with --api', 'who signs'],
    ['lint x.json', 'tuesday lint takes no --api', '--store'],
    ['releases --read', '--read reads into a record on this machine', 'by itself'],
    ['events --stream image#', '--stream image# with --api', 'rollout#'],
    ['events --from yesterday', '--from yesterday', '2025-10-14T17:00:00Z'],
  ])('%s', async (line, what, remedy) => {
    const { code, printed } = await asked(...line.split(' '));
    expect(code).toBe(2);
    expect(printed.join('\n')).toContain(what);
    expect(printed.join('\n')).toContain(remedy);
    expect(printed.join('\n')).not.toMatch(/\bat .*:\d+:\d+/);
  });

  it.each([
    ['nonsense', 'is no address'],
    ['ftp://127.0.0.1', 'only https leaves this machine'],
    ['http://tuesday.example.com', 'only https leaves this machine'],
    ['https://tuesday.example.com', 'names no Region'],
    ['http://127.0.0.1:1', 'cannot be reached'],
  ])('--api %s', async (address, what) => {
    const { code, printed } = await run('--api', address, 'exposure');
    expect(code).toBe(2);
    expect(printed.join('\n')).toContain(what);
  });
});

describe('what answers instead of the API', () => {
  let other: Server | undefined;
  afterEach(() => other?.close());
  const answering = async (...answers: readonly (readonly [number, string])[]) => {
    const keys: (string | undefined)[] = [];
    let asks = 0;
    other = createServer((incoming, outgoing) => {
      const [status, body] = answers[Math.min(asks, answers.length - 1)] ?? [500, ''];
      asks += 1;
      keys.push(incoming.headers['idempotency-key'] as string | undefined);
      outgoing.writeHead(status, { 'content-type': 'application/json' });
      outgoing.end(body);
    });
    await new Promise<void>((resolve) => void other?.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    return { url: `http://127.0.0.1:${port}`, keys };
  };

  it.each([
    [403, '{"message":"Forbidden"}', '403: Forbidden', 'execute-api:Invoke'],
    [500, '{"message":"Internal Server Error"}', '500: Internal Server Error', 'CloudWatch'],
    [200, '<html>', 'answered 200 with no JSON', 'npm run deploy'],
    [200, '{"items":[{"name":7}]}', 'cannot read, at items.0', 'the version that is deployed'],
  ])('is told: %i %s', async (status, body, what, remedy) => {
    const { url } = await answering([status, body]);
    const { code, printed } = await run('--api', url, 'cluster');
    expect(code).toBe(2);
    expect(printed.join('\n')).toContain(what);
    expect(printed.join('\n')).toContain(remedy);
  });

  it('is asked again while it is busy, a command under the same key', async () => {
    const cluster = {
      ...{ name: 'shop', account: '1', region: 'eu-west-1', mode: 'advise', hasPolicy: false },
      arn: 'arn:aws:ecs:eu-west-1:111122223333:cluster/shop',
    };
    const { url, keys } = await answering(
      [429, '{"message":"Too Many Requests"}'],
      [200, JSON.stringify({ items: [cluster] })],
      [503, '{"message":"Service Unavailable"}'],
      [200, '{"name":"shop","mode":"drive","changed":true}'],
    );
    expect(await run('--api', url, 'cluster', 'mode', 'shop', 'advise')).toEqual({
      code: 0,
      printed: ['shop is in mode advise'],
    });
    expect(keys.slice(0, 2)).toEqual([undefined, undefined]);
    expect(keys[2]).toMatch(/^[0-9a-f-]{36}$/);
    expect(keys[3]).toBe(keys[2]);
  });
});
