import type { IngestResult } from '../../ingest/ingest.ts';
import { replayParked as handInAgain } from '../../ingest/replayParked.ts';
import type { replayParked } from '../contract/parked.ts';
import { parkedNamed } from '../queries/parked.ts';
import type { Handle } from '../route.ts';

/** What it writes is named after the body: handed in twice, it is known. */
export const replay: Handle<typeof replayParked> = async ({ parameters }, { now }, tools) => {
  const entry = await parkedNamed(parameters.parkedId, tools);
  const { store, scope } = tools;
  const result = await handInAgain({ store, scope, now: () => now }, entry);
  return { parkedId: entry.parkedId, outcome: result.outcome, reason: reasonOf(result) };
};

const reasonOf = (result: IngestResult): string | null =>
  result.outcome === 'applied' ? null : result.reason;
