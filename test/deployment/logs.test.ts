import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SQSEvent } from 'aws-lambda';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LambdaTools } from '../../infra/composition.ts';
import { request } from '../functions/httpRequest.ts';
import { aRecord } from '../functions/record.ts';
import { asLambda, context, printedBy, printing, toolsOver } from '../support/doors/doors.ts';

// X14: a canary is put wherever a secret may come from, and looked for in all that is printed.

let tools: LambdaTools;
vi.mock('../../infra/composition.ts', () => ({ lambdaTools: () => tools }));

const canary = 'canary-7f3a1c';
const sample = join(import.meta.dirname, '../../events/samples/sqs-batch.json');
const batch = JSON.parse(readFileSync(sample, 'utf8')) as SQSEvent;

/** An error as the SDK throws it: with the request and its headers about it. */
const sdkError = Object.assign(new Error('the table does not answer'), {
  $request: { headers: { authorization: canary } },
  $metadata: { httpStatusCode: 503 },
  cause: new Error(canary),
});

describe('X14: what is printed', () => {
  beforeEach(async () => {
    for (const [name, value] of Object.entries(printing)) vi.stubEnv(name, value);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', canary);
    vi.stubEnv('AWS_SESSION_TOKEN', canary);
    vi.resetModules();
    tools = toolsOver(await aRecord('observe'));
  });
  afterEach(() => vi.unstubAllEnvs());

  const broken = () => Promise.reject(sdkError);
  const brokenStore = () => ({ ...tools.store, load: broken, append: broken });

  it('of an event that carries a secret has none of it, taken, parked or failed', async () => {
    const { handler } = await import('../../functions/ingest/handler.ts');
    const [first] = batch.Records;
    const record = (body: string) => ({ ...first, body }) as SQSEvent['Records'][number];
    const overrides = { containerOverrides: [{ environment: [{ name: 'KEY', value: canary }] }] };
    const event = JSON.parse(batch.Records[1]?.body ?? '');
    const told = { ...event, detail: { ...event.detail, overrides } };
    const Records = [record(JSON.stringify(told)), record(canary), ...batch.Records];
    const lines = await printedBy(async () => {
      await handler({ Records }, context);
      tools = { ...tools, store: brokenStore() };
      await asLambda(() => handler({ Records }, context));
    });
    expect(lines.length).toBeGreaterThan(2);
    expect(lines.join('\n')).not.toContain(canary);
  });

  it('of a failure has its message, and nothing that hangs on the error', async () => {
    const { handler } = await import('../../functions/ticks/sweepHandler.ts');
    const ecs = { ...tools.gateways.ecs, listInstances: broken };
    tools = { ...tools, gateways: { ...tools.gateways, ecs } };
    const lines = await printedBy(async () => {
      await asLambda(() => handler({ time: '2025-10-14T17:05:00Z' }, context));
    });
    expect(lines.join('\n')).toContain('the table does not answer');
    expect(lines.join('\n')).not.toContain(canary);
  });

  it('of a request has neither its headers nor its body', async () => {
    const { handler } = await import('../../functions/api/commandsHandler.ts');
    tools = { ...tools, store: brokenStore() };
    const route = 'POST /clusters/{cluster}/rollouts/{rolloutId}/pause';
    const parameters = { cluster: 'shop', rolloutId: 'rollout-shop-2025-10-14' };
    const sent = { parameters, headers: { authorization: canary }, key: `${canary}-key` };
    const lines = await printedBy(async () => {
      for (const reason of [canary, '']) {
        const asked = request(route, { ...sent, body: { reason } });
        await asLambda(() => handler(asked, context));
      }
    });
    expect(lines.join('\n')).toContain('the table does not answer');
    expect(lines.join('\n')).not.toContain(canary);
  });

  it('is one line for each entry, whatever a message holds', async () => {
    const { logger, whyOf } = await import('../../functions/telemetry.ts');
    const hostile = new Error('a\nb\u001b[31m{"level":"ERROR"}\r\nc');
    const lines = await printedBy(async () => logger.warn('comes again', { why: whyOf(hostile) }));
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ message: 'comes again', level: 'WARN' });
    expect(lines[0]).not.toContain('\u001b');
  });
});
