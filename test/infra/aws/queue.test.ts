import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { createQueueGateway } from '../../../infra/aws/queue.ts';
import { sdkError } from './sdkError.ts';

const sqs = mockClient(SQSClient);
const url = 'https://sqs.eu-west-1.amazonaws.com/123456789012/control.fifo';
const gateway = createQueueGateway(new SQSClient({ region: 'eu-west-1' }), url);

beforeEach(() => sqs.reset());

describe('sending to a queue', () => {
  it('sends ten at a time, each in its group under its own id', async () => {
    sqs.on(SendMessageBatchCommand).resolves({ Successful: [], Failed: [] });
    const messages = Array.from({ length: 12 }, (_, index) => ({
      id: `wake-${index}`,
      body: { clusterName: 'shop' },
      group: 'shop',
    }));
    await gateway.send(messages);
    const inputs = sqs.commandCalls(SendMessageBatchCommand).map(({ args }) => args[0].input);
    expect(inputs.map(({ Entries }) => Entries?.length)).toEqual([10, 2]);
    expect(inputs[1]?.Entries?.[1]).toEqual({
      Id: '1',
      MessageBody: '{"clusterName":"shop"}',
      MessageGroupId: 'shop',
      MessageDeduplicationId: 'wake-11',
    });
  });

  it('names neither group nor id on a standard queue', async () => {
    sqs.on(SendMessageBatchCommand).resolves({ Successful: [], Failed: [] });
    await gateway.send([{ id: 'effect-1', body: {} }]);
    const [call] = sqs.commandCalls(SendMessageBatchCommand);
    expect(call?.args[0].input.Entries).toEqual([{ Id: '0', MessageBody: '{}' }]);
  });

  it.each([
    [true, 'refused'],
    [false, 'unclear'],
  ])('fails for one entry that was not taken, sender at fault: %s', async (SenderFault, kind) => {
    const Failed = [{ Id: '0', SenderFault, Code: 'Whatever' }];
    sqs.on(SendMessageBatchCommand).resolves({ Successful: [], Failed });
    const answer = gateway.send([{ id: 'effect-1', body: {} }]);
    await expect(answer).rejects.toMatchObject({ kind, code: 'Whatever' });
  });

  it('is unclear where the answer is lost', async () => {
    sqs.on(SendMessageBatchCommand).rejects(sdkError('TimeoutError'));
    await expect(gateway.send([{ id: 'a', body: {} }])).rejects.toMatchObject({ kind: 'unclear' });
  });
});
