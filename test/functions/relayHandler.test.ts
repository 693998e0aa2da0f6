import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { LambdaTools } from '../../infra/composition.ts';
import type { Commit } from '../../infra/eventStore/eventStore.ts';
import { happened, planned, rolloutId } from '../domain/rollout/rolloutBuilder.ts';
import { context, toolsOver } from '../support/doors/doors.ts';
import { at } from '../support/fleetBuilder.ts';
import { streamEvent } from '../support/streamRecords.ts';
import { gatewaysWith } from './gatewayDoubles.ts';
import { aRecord } from './record.ts';

let tools: LambdaTools;
vi.mock('../../infra/composition.ts', () => ({ lambdaTools: () => tools }));

describe('the door of the relay', () => {
  let told: string[];
  let isBusDown: boolean;

  /** Hands in one commit, as the table's stream does. */
  const relayed = async (commit: Pick<Commit, 'stream' | 'events'>) => {
    tools = {
      ...tools,
      readCommit: async () => ({ version: 2, commitId: 'c', at: at(1), ...commit }),
    };
    const { handler } = await import('../../functions/streams/relayHandler.ts');
    const dynamodb = { SequenceNumber: '7', NewImage: {} };
    return handler(streamEvent({ eventID: '1', eventName: 'INSERT', dynamodb }), context);
  };
  const queue = (name: string) => ({
    send: async (messages: readonly { readonly id: string }[]) => {
      for (const { id } of messages) told.push(`${name}: ${id}`);
    },
  });

  beforeEach(async () => {
    told = [];
    isBusDown = false;
    const put = async ({ detailType }: { readonly detailType: string }) => {
      if (isBusDown) throw new Error('the bus does not answer');
      told.push(`bus: ${detailType}`);
    };
    tools = toolsOver(await aRecord('drive'), {
      gateways: gatewaysWith({ bus: { put } }),
      queues: { effects: queue('effects'), control: queue('control') },
    });
  });

  const stream = `rollout#${rolloutId}`;

  it('passes effects on first, and then tells what others may want to hear', async () => {
    const events = [planned(), happened.drainIntended(), happened.halted()];
    expect(await relayed({ stream, events })).toEqual({ batchItemFailures: [] });
    expect(told).toEqual(['effects: drain-a', 'bus: RolloutPlanned', 'bus: RolloutHalted']);
  });

  it('wakes the cluster that a commit is about', async () => {
    await relayed({ stream: 'disruption#shop', events: [] });
    expect(told).toEqual([expect.stringMatching(/^control: shop-\d+$/)]);
  });

  it('has the commit brought again where the bus does not answer, effects and all', async () => {
    isBusDown = true;
    const events = [happened.drainIntended(), happened.started()];
    const { batchItemFailures } = await relayed({ stream, events });
    expect(batchItemFailures).toEqual([{ itemIdentifier: '7' }]);
    expect(told).toEqual(['effects: drain-a']);
  });
});
