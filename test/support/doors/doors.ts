import type { Context } from 'aws-lambda';
import { vi } from 'vitest';
import { Instant } from '../../../events/ids.ts';
import { GatewayError } from '../../../infra/aws/gateways.ts';
import type { LambdaTools } from '../../../infra/composition.ts';
import type { EventStore } from '../../../infra/eventStore/eventStore.ts';
import { followViews } from '../../../infra/views/views.ts';
import { anAutoScaling, anEcs, gatewaysWith } from '../../functions/gatewayDoubles.ts';

// The handlers as Lambda runs them, over tools of ours, and what they print.

export const context = {
  functionName: 'tuesday-dev-any',
  awsRequestId: '8f5c0000-0000-4000-8000-000000000001',
  getRemainingTimeInMillis: () => 30_000,
} as Context;

/** A world in which nothing is wrong and nothing is to be seen, but for what `fields` say. */
export const toolsOver = (store: EventStore, fields: Partial<LambdaTools> = {}): LambdaTools => ({
  store,
  readCommit: async () => undefined,
  views: followViews(store),
  viewsTable: { readKind: async () => [], put: async () => true },
  recordedStreams: async function* () {},
  gateways: gatewaysWith({
    ecs: anEcs({
      describeCluster: async () => undefined,
      getTaskProtection: async () => [],
      listInstances: async () => [],
      listTasks: async () => [],
      listServices: async () => [],
      describeTasks: async () => [],
      describeInstance: async () => undefined,
    }),
    autoScaling: anAutoScaling({
      describeGroups: async () => [],
      findGroupNames: async () => new Map(),
    }),
    ecr: {
      readImageConfig: () => Promise.reject(new GatewayError('throttled', 'SlowDown', 'later')),
      readLifecyclePolicy: async () => [],
    },
    ssm: { readAmi: async () => undefined },
  }),
  registry: {
    listBuilds: async () => ({ status: 'listed', builds: [] }),
    readTag: async () => ({ status: 'unknown', reason: 'TimedOut' }),
  },
  queues: { effects: { send: async () => undefined }, control: { send: async () => undefined } },
  scope: { clusters: ['shop'], accounts: ['111122223333'], regions: ['eu-west-1'] },
  now: () => Instant.parse(Date.parse('2025-10-14T17:05:00Z')),
  ...fields,
});

/**
 * Calls a handler, and prints an error that leaves it as Lambda's runtime client does: with all of
 * its enumerable properties.
 */
export const asLambda = async (call: () => Promise<unknown>): Promise<void> => {
  try {
    await call();
  } catch (error) {
    const { name, message, stack } = error as Error;
    process.stderr.write(`${JSON.stringify({ ...(error as Error), name, message, stack })}\n`);
  }
};

/** Everything that is printed while `run` runs, line by line, with logs and metrics turned on. */
export const printedBy = async (run: () => Promise<unknown>): Promise<readonly string[]> => {
  const printed: string[] = [];
  const keep = (chunk: unknown) => printed.push(String(chunk)) > 0;
  const spies = [process.stdout, process.stderr].map((stream) =>
    vi.spyOn(stream, 'write').mockImplementation(keep as never),
  );
  try {
    await run();
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  return printed.join('').split('\n').filter(Boolean);
};

/** As serverless.yml sets it for stage `dev`, with everything printed. */
export const printing = {
  POWERTOOLS_SERVICE_NAME: 'tuesday-dev',
  POWERTOOLS_METRICS_DISABLED: 'false',
  POWERTOOLS_LOG_LEVEL: 'DEBUG',
};
