import type { Context, DynamoDBRecord } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { stream } from '../../functions/stream.ts';
import type { ItemImage } from '../../infra/eventStore/dynamoCommit.ts';
import { streamEvent, streamRecord } from '../support/streamRecords.ts';

const context = { getRemainingTimeInMillis: () => 30_000 } as Context;
const item = (version: number) => ({ stream: { S: 'rollout#a' }, version: { N: `${version}` } });

describe('a door on the stream of the table', () => {
  const run = async (...records: readonly DynamoDBRecord[]) => {
    const seen: (string | undefined)[] = [];
    const handle = async ({ version }: ItemImage) => {
      seen.push(version?.N);
      if (version?.N === '2') throw new Error('not this one');
    };
    return { answer: await stream(handle)(streamEvent(...records), context), seen };
  };

  it('takes one record after another, and reports those that threw', async () => {
    const { answer, seen } = await run(
      streamRecord(item(1), '100'),
      streamRecord(item(2), '200'),
      streamRecord(item(3), '300'),
    );
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: '200' }] });
    expect(seen).toEqual(['1', '2', '3']);
  });

  it('reports a batch that failed whole, and does not throw', async () => {
    const { answer } = await run(streamRecord(item(2), '200'));
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: '200' }] });
  });

  it('hands over what was inserted, and nothing else', async () => {
    const { answer, seen } = await run(
      streamRecord(item(1), '100', 'MODIFY'),
      streamRecord(item(2), '200', 'REMOVE'),
      streamRecord(item(3), '300'),
    );
    expect(answer).toEqual({ batchItemFailures: [] });
    expect(seen).toEqual(['3']);
  });
});
