import { type ParkEvents, parked, parkedStream } from '../../domain/parking/parked.ts';
import { bodyBytesMax } from '../../events/aws/readBody.ts';
import type { Instant } from '../../events/ids.ts';
import type { ParkedReason } from '../../events/parked.ts';
import type { EventStore } from '../../infra/eventStore/eventStore.ts';
import { handleCommand } from '../../infra/eventStore/handleCommand.ts';
import { commitIdOf, digestOf } from './commitId.ts';

export type Unhandled = {
  readonly body: string;
  readonly reason: ParkedReason;
  readonly remedy: string;
};

export const parkedStreamAt = (at: Instant): string =>
  parkedStream(new Date(at).toISOString().slice(0, 10));

/** A commit is one item, and DynamoDB takes 400 KB; bodies are text and compress. */
const commitBytesMax = bodyBytesMax;

/**
 * Parks bodies whole, a longer one than EventBridge can send cut to that. Returns the id of each,
 * in their order. Several commits where they are large: one body must not keep another from being
 * parked.
 */
export const park = async (
  { store, now }: { readonly store: EventStore; readonly now: Instant },
  unhandled: readonly Unhandled[],
): Promise<readonly string[]> => {
  const events = unhandled.map(({ body, reason, remedy }) => ({
    parkedId: digestOf(body),
    reason,
    remedy,
    body: body.slice(0, bodyBytesMax).toWellFormed(),
  }));
  const stream = parkedStreamAt(now);
  for (const chunk of chunksOf(events)) {
    const command = { type: 'ParkEvents', events: chunk, now } as const;
    const commitId = commitIdOf(
      stream,
      chunk.map(({ parkedId }) => parkedId),
    );
    await handleCommand(store, parked, stream, command, { commitId, now });
  }
  return events.map(({ parkedId }) => parkedId);
};

const chunksOf = (events: ParkEvents['events']): readonly ParkEvents['events'][] => {
  const chunks: ParkEvents['events'][number][][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const event of events) {
    const size = Buffer.byteLength(event.body);
    if (bytes + size > commitBytesMax) {
      chunks.push([]);
      bytes = 0;
    }
    chunks.at(-1)?.push(event);
    bytes += size;
  }
  return chunks;
};
