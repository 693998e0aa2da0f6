import type { Context, SQSEvent } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { partQueue } from '../../functions/partQueue.ts';

type Message = { readonly of: string };

const event = (...bodies: readonly string[]) =>
  ({
    Records: bodies.map((body) => ({
      messageId: `m ${body}`,
      body,
      attributes: { SentTimestamp: '1760461390000' },
    })),
  }) as unknown as SQSEvent;

/** Messages of one letter are a part; `handle` notes what it gets. */
const aDoor = ({ leftMs = [60_000], failing = '' } = {}) => {
  const parts: string[] = [];
  const left = [...leftMs];
  const door = partQueue<Message>({
    read: (body) => {
      if (body === 'torn') throw new SyntaxError('it is no message');
      return { of: body };
    },
    partsOf: (messages) => [...Map.groupBy(messages, ({ of }) => of[0]).values()],
    handle: async (part) => {
      parts.push(part.map(({ of }) => of).join(' '));
      if (part.some(({ of }) => of === failing)) throw new Error('the store was busy');
      return part.map(({ of }) =>
        of.endsWith('?') ? { status: 'again', why: 'not yet' } : { status: 'done' },
      );
    },
    neededMs: 20_000,
  });
  const getRemainingTimeInMillis = () => (left.length > 1 ? left.shift() : left[0]) as number;
  const context = { getRemainingTimeInMillis } as Context;
  const failuresOf = async (...bodies: readonly string[]) => {
    const { batchItemFailures } = await door(event(...bodies), context);
    return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier.slice(2));
  };
  return { parts, failuresOf };
};

describe('a door on a queue that takes parts', () => {
  it('hands them over one after another and reports nothing when all is done', async () => {
    const { parts, failuresOf } = aDoor();
    expect(await failuresOf('a1', 'b1', 'a2')).toEqual([]);
    expect(parts).toEqual(['a1 a2', 'b1']);
  });

  it('brings again what is not done, what cannot be read and the part that failed', async () => {
    const { parts, failuresOf } = aDoor({ failing: 'b1' });
    expect(await failuresOf('a1?', 'torn', 'b1', 'a2', 'b2', 'c1')).toEqual([
      'a1?',
      'torn',
      'b1',
      'b2',
    ]);
    expect(parts).toEqual(['a1? a2', 'b1 b2', 'c1']);
  });

  it('begins no part with too little time left', async () => {
    const { parts, failuresOf } = aDoor({ leftMs: [60_000, 30_000, 10_000] });
    expect(await failuresOf('a1', 'b1', 'b2')).toEqual(['b1', 'b2']);
    expect(parts).toEqual(['a1']);
  });
});
