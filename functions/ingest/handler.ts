import { lambdaTools } from '../../infra/composition.ts';
import { batchQueue } from '../queue.ts';
import { measure } from '../telemetry.ts';
import { ingestBatch } from './ingest.ts';
import { intakeReadings } from './intakeReadings.ts';

/** Events from EventBridge, by way of the ingest queue. */
export const handler = batchQueue(async (bodies) => {
  const results = await ingestBatch(lambdaTools(), bodies);
  measure(intakeReadings(results));
  return results.map((result) =>
    result.outcome === 'failed' ? { status: 'again', why: result.detail } : { status: 'done' },
  );
});
