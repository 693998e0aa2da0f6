import { batchQueue, type Handled, tooLate } from './queue.ts';
import { whyOf } from './telemetry.ts';

/**
 * A door on an SQS queue whose messages are handled in parts, one after another. What goes wrong
 * with one part, or with reading one message, brings only that part or that message again.
 */
export const partQueue = <Message extends object>({
  read,
  partsOf,
  handle,
  neededMs,
}: {
  /** Throws for a body that is no message. */
  readonly read: (body: string) => Message;
  readonly partsOf: (messages: readonly Message[]) => readonly (readonly Message[])[];
  /** Answers for each message of the part, in their order. */
  readonly handle: (part: readonly Message[]) => Promise<readonly Handled[]>;
  /** No part is begun with less time left. */
  readonly neededMs: number;
}) =>
  batchQueue(async (bodies, hasTime) => {
    const said = bodies.map((body) => trying(() => read(body)));
    const messages = said.flatMap((each) => ('message' in each ? [each.message] : []));
    const verdicts = new Map<Message, Handled>();
    for (const part of partsOf(messages)) {
      const handled = hasTime(neededMs) ? await answered(part, handle) : part.map(() => tooLate);
      for (const [index, message] of part.entries()) {
        verdicts.set(message, handled[index] ?? unanswered);
      }
    }
    return said.map((each) =>
      'message' in each ? (verdicts.get(each.message) ?? unanswered) : each,
    );
  });

const unanswered: Handled = { status: 'again', why: 'it was not answered for' };
const again = (error: unknown): Handled => ({ status: 'again', why: whyOf(error) });

const trying = <Message>(read: () => Message): { readonly message: Message } | Handled => {
  try {
    return { message: read() };
  } catch (error) {
    return again(error);
  }
};

const answered = async <Message>(
  part: readonly Message[],
  handle: (part: readonly Message[]) => Promise<readonly Handled[]>,
): Promise<readonly Handled[]> => {
  try {
    return await handle(part);
  } catch (error) {
    return part.map(() => again(error));
  }
};
