import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SQSEvent } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { LambdaTools } from '../../infra/composition.ts';
import { aRecord } from '../functions/record.ts';
import { alarmed, charted, type Named, named } from '../support/deployed/metrics.ts';
import { resolved } from '../support/deployed/resolve.ts';
import { synthesised } from '../support/deployed/synthesise.ts';
import { context, printedBy, printing, toolsOver } from '../support/doors/doors.ts';

// What alarms and the dashboard name is what the functions print when they run, under the same
// dimensions, and nothing that is printed goes unseen.

let tools: LambdaTools;
vi.mock('../../infra/composition.ts', () => ({ lambdaTools: () => tools }));

const sample = join(import.meta.dirname, '../../events/samples/sqs-batch.json');
const batch = JSON.parse(readFileSync(sample, 'utf8')) as SQSEvent;
const tickEvent = { time: '2025-10-14T17:05:00Z' } as never;

/** Runs every function that measures something, as Lambda would, and reads what it prints. */
const emitted = async (): Promise<readonly Named[]> => {
  tools = toolsOver(await aRecord('observe'));
  const { gatewayError } = await import('../../infra/aws/awsError.ts');
  const lines = await printedBy(async () => {
    const { handler: ingest } = await import('../../functions/ingest/handler.ts');
    await ingest(batch, context);
    for (const name of ['watch', 'inspect', 'sweep', 'wake']) {
      const { handler } = await import(`../../functions/ticks/${name}Handler.ts`);
      await handler(tickEvent, context);
    }
    const wake = await import('../../functions/ticks/wakeHandler.ts');
    gatewayError(
      Object.assign(new Error('slow down'), { name: 'ThrottlingException' }),
      'read',
      'ListTasks',
    );
    await wake.handler(tickEvent, context);
  });
  return lines.flatMap(named);
};

const asText = ({ namespace, metric, dimensions }: Named): string =>
  `${namespace} ${metric} ${JSON.stringify(Object.entries(dimensions).toSorted())}`;

describe('metrics', () => {
  const resources = resolved(synthesised('drive'));
  let texts: ReadonlySet<string>;
  beforeAll(async () => {
    for (const [name, value] of Object.entries(printing)) vi.stubEnv(name, value);
    vi.resetModules();
    texts = new Set((await emitted()).map(asText));
  });
  afterAll(() => vi.unstubAllEnvs());

  const ours = (all: readonly Named[]) => all.filter(({ namespace }) => namespace === 'Tuesday');

  it.each(ours(alarmed(resources)).map((each) => [each.by, each] as const))(
    'that %s waits for are emitted, under its very dimensions',
    (_, metric) => {
      expect([...texts]).toContain(asText(metric));
    },
  );

  it.each(ours(charted(resources)).map((each) => [each.metric, each] as const))(
    'that the dashboard shows are emitted: %s',
    (_, metric) => {
      expect([...texts]).toContain(asText(metric));
    },
  );

  it('that are emitted are on the dashboard', () => {
    const shown = new Set(charted(resources).map(({ metric }) => metric));
    const unseen = [...texts]
      .map((text) => text.split(' ')[1] ?? '')
      .filter((name) => !shown.has(name));
    expect(unseen).toEqual([]);
  });

  /** Metrics of AWS's own by namespace, with the dimension that each is told under. */
  const ofAws: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    'AWS/SQS': {
      ApproximateAgeOfOldestMessage: 'QueueName',
      ApproximateNumberOfMessagesVisible: 'QueueName',
    },
    'AWS/Lambda': { IteratorAge: 'FunctionName', Duration: 'FunctionName' },
    'AWS/DynamoDB': {
      ConsumedReadCapacityUnits: 'TableName',
      ConsumedWriteCapacityUnits: 'TableName',
    },
    'AWS/ApiGateway': { '5xx': 'ApiId' },
  };

  it('of AWS are asked for under the dimension that AWS tells them by', () => {
    const theirs = [...alarmed(resources), ...charted(resources)].filter(
      ({ namespace }) => namespace !== 'Tuesday',
    );
    expect(theirs).not.toHaveLength(0);
    for (const { namespace, metric, dimensions } of theirs) {
      expect([metric, Object.keys(dimensions)]).toEqual([metric, [ofAws[namespace]?.[metric]]]);
      for (const resource of Object.values(dimensions)) {
        const ids = Object.entries(resources).flatMap(([id, { Properties }]) => [
          id,
          Properties.FunctionName,
        ]);
        expect(ids).toContain(resource);
      }
    }
  });
});
