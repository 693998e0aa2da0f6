import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Context, SQSEvent } from 'aws-lambda';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { batchQueue, queue } from '../../functions/queue.ts';

const sample = join(import.meta.dirname, '../../events/samples/sqs-batch.json');
const event = JSON.parse(readFileSync(sample, 'utf8')) as SQSEvent;
const [first, second, third] = event.Records.map(({ messageId }) => messageId);
const context = { getRemainingTimeInMillis: () => 30_000 } as Context;

describe('a door on a queue', () => {
  afterEach(() => vi.restoreAllMocks());

  it('hands over the batch as one and reports nothing when all is done', async () => {
    const handle = vi.fn(async (bodies: readonly string[]) =>
      bodies.map(() => ({ status: 'done' }) as const),
    );
    expect(await batchQueue(handle)(event, context)).toEqual({ batchItemFailures: [] });
    expect(handle.mock.calls.map(([bodies]) => bodies)).toEqual([
      event.Records.map(({ body }) => body),
    ]);
  });

  it('reports alone what is to come again, all of it included', async () => {
    const done = { status: 'done' } as const;
    const again = { status: 'again', why: 'the store was busy' } as const;
    const some = batchQueue(async () => [done, again, done]);
    expect(await some(event, context)).toEqual({ batchItemFailures: [{ itemIdentifier: second }] });
    const all = batchQueue(async () => [again, again, again]);
    const { batchItemFailures } = await all(event, context);
    expect(batchItemFailures).toHaveLength(3);
  });

  it('does not take a missing answer for a yes', async () => {
    const { batchItemFailures } = await batchQueue(async () => [])(event, context);
    expect(batchItemFailures).toHaveLength(3);
  });

  it('takes one message after another, and only those that throw come again', async () => {
    const order: string[] = [];
    const handle = async (body: string) => {
      order.push(body);
      if (order.length === 2) throw new Error('not this one');
    };
    expect(await queue(handle)(event, context)).toEqual({
      batchItemFailures: [{ itemIdentifier: second }],
    });
    expect(order).toEqual(event.Records.map(({ body }) => body));
  });

  it('on a FIFO queue leaves the rest of a group behind the one that failed', async () => {
    const grouped = {
      Records: event.Records.map((record, n) => ({
        ...record,
        attributes: { ...record.attributes, MessageGroupId: n === 2 ? 'other' : 'shop' },
      })),
    };
    const handled: string[] = [];
    const door = queue(
      async (body) => {
        handled.push(body);
        if (handled.length === 1) throw new Error('not now');
      },
      { fifo: true },
    );
    const { batchItemFailures } = await door(grouped, context);
    expect(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)).toEqual([first, second]);
    expect(handled).toHaveLength(2);
    expect(third).toBeDefined();
  });
});
