import type { Context } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { type Tick, tick } from '../../functions/tick.ts';

const context = {} as Context;

describe('a tick', () => {
  const run = async (event: object, report = { written: 2, refused: ['no'], held: ['later'] }) => {
    const news: (readonly [string, unknown])[] = [];
    const seen: Tick[] = [];
    const handler = tick(
      'sweep',
      async (scheduled) => {
        seen.push(scheduled);
        return report;
      },
      { news: { info: (message, details) => news.push([message, details]) } },
    );
    const answer = await handler(event as never, context);
    return { answer, news, seen };
  };

  it('is the moment for which it was scheduled, so that it can be done twice', async () => {
    const { seen } = await run({ time: '2025-10-14T17:00:00Z' });
    expect(seen).toEqual([{ id: '20251014T170000Z', at: Date.parse('2025-10-14T17:00:00Z') }]);
  });

  it('tells what was refused and held as news, and answers with the report', async () => {
    const { answer, news } = await run({ time: '2025-10-14T17:00:00Z' });
    const about = { tickId: '20251014T170000Z' };
    expect(news).toEqual([
      ['refused', { ...about, refused: 'no' }],
      ['held', { ...about, held: 'later' }],
      ['done', { ...about, written: 2 }],
    ]);
    expect(answer).toMatchObject({ written: 2 });
  });

  it('without a time is none', async () => {
    await expect(run({})).rejects.toThrow(/time/);
  });
});
