import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { createBusGateway } from '../../../infra/aws/bus.ts';
import { at } from './ecsAnswers.ts';
import { sdkError } from './sdkError.ts';

const bridge = mockClient(EventBridgeClient);
const gateway = createBusGateway(new EventBridgeClient({ region: 'eu-west-1' }), 'tuesday-dev');
const event = { id: 'fact-1', detailType: 'RebuildRequested', detail: { image: 'shop:1' }, at };

beforeEach(() => bridge.reset());

describe('putting a fact on the bus', () => {
  it('names our source and carries the id inside the detail', async () => {
    bridge.on(PutEventsCommand).resolves({ FailedEntryCount: 0 });
    await gateway.put(event);
    expect(bridge.commandCalls(PutEventsCommand).map(({ args }) => args[0].input)).toEqual([
      {
        Entries: [
          {
            EventBusName: 'tuesday-dev',
            Source: 'tuesday',
            DetailType: 'RebuildRequested',
            Detail: '{"image":"shop:1","id":"fact-1"}',
            Time: new Date('2025-10-14T17:00:00Z'),
          },
        ],
      },
    ]);
  });

  it.each([
    ['ThrottlingException', 'throttled'],
    ['InternalFailure', 'unclear'],
    ['InvalidArgument', 'refused'],
    [undefined, 'unclear'],
  ])('an answer that lists the entry as failed with %s is %s', async (ErrorCode, kind) => {
    const Entries = [{ ...(ErrorCode === undefined ? {} : { ErrorCode }) }];
    bridge.on(PutEventsCommand).resolves({ FailedEntryCount: 1, Entries });
    await expect(gateway.put(event)).rejects.toMatchObject({ name: 'GatewayError', kind });
  });

  it('is unclear where the answer is lost', async () => {
    bridge.on(PutEventsCommand).rejects(sdkError('TimeoutError'));
    await expect(gateway.put(event)).rejects.toMatchObject({ kind: 'unclear' });
  });

  it('refuses what no bus takes, before sending it', async () => {
    const detail = { text: 'ü'.repeat(128 * 1024) };
    await expect(gateway.put({ ...event, detail })).rejects.toMatchObject({
      code: 'EventTooLarge',
    });
    expect(bridge.calls()).toHaveLength(0);
  });
});
