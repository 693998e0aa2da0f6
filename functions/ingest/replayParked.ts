import { type ParkedEntry, parked } from '../../domain/parking/parked.ts';
import { parseAwsEvent } from '../../events/aws/parseAwsEvent.ts';
import { handleCommand } from '../../infra/eventStore/handleCommand.ts';
import { commitIdOf } from './commitId.ts';
import { type IngestResult, type IngestTools, ingestBatch } from './ingest.ts';
import { parkedStreamAt } from './park.ts';

/**
 * Hands a parked body in once more, after the scope or Tuesday itself has changed, and records what
 * became of it. What still cannot be handled stays where it is and is not parked a second time.
 */
export const replayParked = async (
  tools: IngestTools,
  { parkedId, body, parkedAt }: ParkedEntry,
): Promise<IngestResult> => {
  const result = await ingestAgain(tools, parkedId, body);
  if (result.outcome === 'failed') return result;
  const now = tools.now();
  const stream = parkedStreamAt(parkedAt);
  const outcome = outcomeText(result);
  const command = { type: 'RecordReplay', parkedId, outcome, now } as const;
  const commitId = commitIdOf(stream, [parkedId, outcome, String(now)]);
  await handleCommand(tools.store, parked, stream, command, { commitId, now });
  return result;
};

const ingestAgain = async (
  tools: IngestTools,
  parkedId: string,
  body: string,
): Promise<IngestResult> => {
  const parse = parseAwsEvent(body, tools.scope);
  if (parse.outcome === 'parked') {
    return { outcome: 'parked', reason: parse.reason, detail: parse.remedy, parkedId };
  }
  const [result] = await ingestBatch(tools, [body]);
  if (result === undefined) throw new Error('a batch answers for every body');
  return result;
};

const outcomeText = (result: IngestResult): string =>
  result.outcome === 'applied' ? 'applied' : `${result.outcome}: ${result.reason}`;
