import { lambdaTools } from '../../infra/composition.ts';
import { batchQueue } from '../queue.ts';
import { ingestBatch } from './ingest.ts';

/** Events from EventBridge, by way of the ingest queue. */
export const handler = batchQueue(async (bodies) => {
  const results = await ingestBatch(lambdaTools(), bodies);
  return results.map((result) =>
    result.outcome === 'failed' ? { status: 'again', why: result.detail } : { status: 'done' },
  );
});
