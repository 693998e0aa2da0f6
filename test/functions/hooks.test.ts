import { describe, expect, it } from 'vitest';
import { type HookCommand, hooks, hooksStream } from '../../domain/maintenance/hooks.ts';
import { carryOut } from '../../functions/effects/carryOut.ts';
import { send } from '../../functions/send.ts';
import { openEffects } from '../../functions/streams/relay.ts';
import type { AutoScalingGateway } from '../../infra/aws/autoScalingPort.ts';
import { GatewayError } from '../../infra/aws/gateways.ts';
import { readViews } from '../../infra/views/views.ts';
import { effectId } from '../domain/rollout/rolloutBuilder.ts';
import { anInstance, at, clusterName, ec2Id, instanceArn } from '../support/fleetBuilder.ts';
import { anAutoScaling, anEcs, gatewaysWith } from './gatewayDoubles.ts';
import { aRecord, writtenTo } from './record.ts';

const stream = hooksStream(clusterName);
const asked: HookCommand = {
  type: 'AnswerHook',
  containerInstanceArn: instanceArn('a'),
  ec2InstanceId: ec2Id('a'),
  autoScalingGroupName: 'windows',
  lifecycleHookName: 'tuesday-drain',
  lifecycleActionToken: 'token',
  because: 'it is empty',
  answerBy: at(50),
  effectId: effectId('hook-a'),
  now: at(5),
};

const answered = async (
  completeLifecycleAction: AutoScalingGateway['completeLifecycleAction'],
  {
    mode = 'drive' as 'advise' | 'drive',
    minute = 6,
    running = 0,
  }: { mode?: 'advise' | 'drive'; minute?: number; running?: number } = {},
) => {
  const store = await aRecord(mode);
  await send(store, hooks, stream, asked, asked.now);
  const autoScaling = anAutoScaling({ completeLifecycleAction });
  const ecs = anEcs({
    describeInstance: async () =>
      anInstance('a', { status: 'DRAINING', runningTasksCount: running, pendingTasksCount: 0 }),
  });
  const tools = { store, gateways: gatewaysWith({ autoScaling, ecs }), now: () => at(minute) };
  const [message] = openEffects(await readViews(store));
  if (message === undefined) throw new Error('the intent is open');
  const report = await carryOut(tools, message);
  return { report, message, written: await writtenTo(store, stream) };
};

describe('the answer to a lifecycle hook', () => {
  it('is CONTINUE, under the token that came with it', async () => {
    const calls: unknown[] = [];
    const { written, message } = await answered(async (action, result) => {
      calls.push([action, result]);
      return 'completed';
    });
    expect(message).toEqual({ hookIn: clusterName, effectId: 'hook-a' });
    expect(written.at(-1)).toBe('HookAnswered');
    const action = { groupName: 'windows', hookName: 'tuesday-drain', token: 'token' };
    expect(calls).toEqual([[{ ...action, ec2InstanceId: ec2Id('a') }, 'CONTINUE']]);
  });

  it('that comes too late is an answer as well', async () => {
    expect((await answered(async () => 'notActive')).written.at(-1)).toBe('HookAnswered');
  });

  it('is given up where AWS refuses it, and stays open where it only did not work', async () => {
    const failing = (kind: 'refused' | 'throttled') => async () => {
      throw new GatewayError(kind, 'ValidationError', 'no such group');
    };
    expect((await answered(failing('refused'))).written.at(-1)).toBe('HookAnswerFailed');
    expect((await answered(failing('throttled'))).report.status).toBe('open');
  });

  it('waits for a task that has come since, and no longer than the hook may wait', async () => {
    const busy = await answered(async () => 'completed', { running: 1 });
    expect([busy.report.status, busy.written.at(-1)]).toEqual(['open', 'HookAnswerIntended']);
    const late = await answered(async () => 'completed', { running: 1, minute: 50 });
    expect(late.written.at(-1)).toBe('HookAnswered');
  });

  it('is not given below drive', async () => {
    expect((await answered(async () => 'completed', { mode: 'advise' })).report.status).toBe(
      'open',
    );
  });
});
