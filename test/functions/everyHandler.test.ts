import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Context } from 'aws-lambda';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { LambdaTools } from '../../infra/composition.ts';
import type { EventStore } from '../../infra/eventStore/eventStore.ts';
import { readFunctions } from '../../infra/local/template.ts';
import { happened, planned, rolloutId } from '../domain/rollout/rolloutBuilder.ts';
import { context, toolsOver } from '../support/doors/doors.ts';
import { at } from '../support/fleetBuilder.ts';
import { streamEvent } from '../support/streamRecords.ts';
import { request } from './httpRequest.ts';
import { aRecord } from './record.ts';

// Every function of serverless.yml, called as Lambda calls it: in the shape that its trigger gives.

let tools: LambdaTools;
vi.mock('../../infra/composition.ts', () => ({ lambdaTools: () => tools }));

const root = join(import.meta.dirname, '../..');
const samples = join(root, 'events/samples');
const sample = (name: string): unknown => JSON.parse(readFileSync(join(samples, name), 'utf8'));
const events = readdirSync(samples).filter((name) => /^(asg|ec2|ecr|ecs)-.*\.json$/.test(name));

const messages = (...bodies: readonly unknown[]) => ({
  Records: bodies.map((body, index) => ({
    messageId: `m${index}`,
    receiptHandle: 'synthetic',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    attributes: { SentTimestamp: '1760461390000', MessageGroupId: `g${index}` },
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:eu-west-1:111122223333:tuesday-dev-any',
  })),
});
const record = (n: number) => ({
  eventID: `${n}`,
  eventName: 'INSERT' as const,
  dynamodb: { SequenceNumber: `${n}`, NewImage: {} },
});
const scheduled = { time: '2025-10-14T17:05:00Z' };
const failures = (...names: readonly string[]) => ({
  batchItemFailures: names.map((itemIdentifier) => ({ itemIdentifier })),
});

type Case = {
  /** All of it can be handled. */
  readonly good: unknown;
  readonly answer: unknown;
  /** Its second record cannot. */
  readonly mixed?: { readonly event: unknown; readonly answer: unknown };
  /** With nearly no time left; absent where the platform repeats what timed out. */
  readonly late?: unknown;
};

const wake = { clusterName: 'shop' };
const effect = { rolloutId, effectId: 'drain-a' };
const tick = { good: scheduled, answer: { refused: [] } };

const cases: Readonly<Record<string, Case>> = {
  ingest: {
    good: messages(...events.map(sample)),
    answer: failures(),
    // What cannot be read is parked whole, and so it is done with.
    mixed: {
      event: messages(sample('ecs-service-action.json'), '{"no":"event'),
      answer: failures(),
    },
    late: failures(...events.map((_, n) => `m${n}`)),
  },
  watch: tick,
  inspect: tick,
  sweep: tick,
  wake: tick,
  control: {
    good: messages(wake),
    answer: failures(),
    mixed: { event: messages(wake, { clusterName: '' }, wake), answer: failures('m1') },
    late: failures('m0'),
  },
  effects: {
    good: messages(effect),
    answer: failures(),
    mixed: { event: messages(effect, { effectId: 'of nothing' }, effect), answer: failures('m1') },
    late: failures('m0'),
  },
  relay: {
    good: streamEvent(record(1), record(2)),
    answer: failures(),
    late: failures('1', '2'),
  },
  views: {
    good: streamEvent(record(1)),
    answer: failures(),
    late: failures('1'),
  },
  rebuildViews: { good: {}, answer: {} },
  queries: { good: request('GET /clusters', {}), answer: { statusCode: 200 } },
  commands: {
    good: request('PUT /clusters/{cluster}/mode', {
      parameters: { cluster: 'shop' },
      body: { mode: 'advise' },
      key: 'a-key-of-this-test',
    }),
    answer: { statusCode: 200 },
  },
};

let store: EventStore & { readonly close: () => void };
beforeEach(async () => {
  store = await aRecord('drive', planned(), happened.started());
  tools = toolsOver(store, {
    readCommit: async () => ({
      version: 1,
      commitId: 'c',
      at: at(1),
      stream: `rollout#${rolloutId}`,
      events: [happened.started()],
    }),
  });
  const bus = { put: async () => undefined };
  tools = { ...tools, gateways: { ...tools.gateways, bus } };
});

const functions = readFunctions(join(root, 'serverless.yml'));
const call = async (name: string, event: unknown, within: Context = context) => {
  const source = functions.find((each) => each.name === name)?.source ?? '';
  const { handler } = await import(pathToFileURL(join(root, source)).href);
  return handler(event, within);
};
const nearlyOver = { ...context, getRemainingTimeInMillis: () => 50 } as Context;

describe('every function of serverless.yml', () => {
  it('has its case here', () => {
    expect(Object.keys(cases).toSorted()).toEqual(functions.map(({ name }) => name).toSorted());
  });

  it.each(Object.entries(cases))('%s takes what Lambda brings', async (name, { good, answer }) => {
    expect(await call(name, good)).toMatchObject(answer as object);
  });

  const mixed = Object.entries(cases).flatMap(([name, { mixed: each }]) =>
    each === undefined ? [] : [[name, each] as const],
  );
  it.each(mixed)('%s has no neighbour pay for what cannot be read', async (name, given) => {
    expect(await call(name, given.event)).toEqual(given.answer);
  });

  const late = Object.entries(cases).filter(([, each]) => each.late !== undefined);
  it.each(late)('%s begins nothing with nearly no time left', async (name, given) => {
    const before = await store.readAll(0, 1_000);
    expect(await call(name, given.good, nearlyOver)).toEqual(given.late);
    expect(await store.readAll(0, 1_000)).toEqual(before);
  });
});

describe('the function ingest', () => {
  it('takes the batch of the samples', async () => {
    expect(await call('ingest', sample('sqs-batch.json'))).toEqual(failures());
    const streams = (await store.readAll(0, 1_000)).map(({ stream }) => stream);
    expect(streams.some((stream) => stream.startsWith('fleet#shop#'))).toBe(true);
  });

  it('parks what it cannot read, with the reason', async () => {
    await call('ingest', messages('{"no":"event'));
    const streams = (await store.readAll(0, 1_000)).map(({ stream }) => stream);
    expect(streams.some((stream) => stream.startsWith('parked#'))).toBe(true);
  });
});
