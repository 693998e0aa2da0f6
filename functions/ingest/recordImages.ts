import { type ImageCommand, image } from '../../domain/windows/image.ts';
import type { EcrImageAction } from '../../events/aws/ecrImageAction.ts';
import type { Instant } from '../../events/ids.ts';
import type { EventStore } from '../../infra/eventStore/eventStore.ts';
import { handleCommand } from '../../infra/eventStore/handleCommand.ts';
import { commitIdOf } from './commitId.ts';
import { alreadySeen, applied, type IngestResult, notStored } from './ingestResult.ts';

/**
 * One push or deletion, in the stream of its image. The moment is AWS's, or that of arrival where
 * it gives none.
 */
export const recordImageAction = async (
  { store, now }: { readonly store: EventStore; readonly now: Instant },
  event: EcrImageAction,
): Promise<IngestResult> => {
  const stream = `image#${event.digest}`;
  const commitId = commitIdOf(stream, [event.id, event.action]);
  try {
    const command = commandOf(event, event.at ?? now);
    const { events } = await handleCommand(store, image, stream, command, { commitId, now });
    return events.length === 0 ? alreadySeen : applied;
  } catch (error) {
    return notStored(error);
  }
};

const commandOf = (event: EcrImageAction, now: Instant): ImageCommand => {
  const { digest, repository, tag } = event;
  if (event.action === 'DELETE') return { type: 'RecordDeletion', digest, repository, now };
  return { type: 'RecordPush', digest, repository, now, ...(tag === undefined ? {} : { tag }) };
};
