import { describe, expect, it } from 'vitest';
import { wake } from '../../functions/ticks/wake.ts';
import type { QueueMessage } from '../../infra/aws/queue.ts';

const woken = async (...clusters: readonly string[]) => {
  const sent: QueueMessage[] = [];
  const queue = { send: async (messages: readonly QueueMessage[]) => void sent.push(...messages) };
  const report = await wake({ clusters, queue }, '20251014T170000Z');
  return { sent, report };
};

describe('the wake tick', () => {
  it('wakes each watched cluster in a group of its own, named after the moment', async () => {
    const { sent } = await woken('shop', 'office');
    expect(sent).toEqual([
      { id: '20251014T170000Z-shop', body: { clusterName: 'shop' }, group: 'shop' },
      { id: '20251014T170000Z-office', body: { clusterName: 'office' }, group: 'office' },
    ]);
  });

  it('writes nothing, and has nobody to wake where nothing is watched', async () => {
    const { sent, report } = await woken();
    expect(sent).toEqual([]);
    expect(report.written).toBe(0);
  });
});
