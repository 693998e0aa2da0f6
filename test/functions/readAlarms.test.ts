import { describe, expect, it } from 'vitest';
import { readAlarms } from '../../functions/ticks/readAlarms.ts';
import { GatewayError } from '../../infra/aws/gateways.ts';
import { happened, rolloutAfter } from '../domain/rollout/rolloutBuilder.ts';

const policy = { haltAlarms: ['b', 'a', 'a'] };
const running = rolloutAfter({ policy }, happened.started());
const asking = (answer: () => Promise<never[]> | never) => {
  const asked: (readonly string[])[] = [];
  const describeAlarms = async (names: readonly string[]) => {
    asked.push(names);
    return answer();
  };
  return { asked, tools: { cloudWatch: { describeAlarms } } };
};

describe('reading alarms', () => {
  it('asks once for those that running rollouts name', async () => {
    const { asked, tools } = asking(async () => [{ name: 'a', state: 'OK' }] as never);
    expect(await readAlarms(tools, [running, running])).toEqual(new Map([['a', 'OK']]));
    expect(asked).toEqual([['a', 'b']]);
  });

  it('asks for none where none runs or is named', async () => {
    const { asked, tools } = asking(async () => []);
    await readAlarms(tools, [rolloutAfter({ policy }), rolloutAfter({}, happened.started())]);
    expect(asked).toEqual([]);
  });

  it('knows none where CloudWatch does not answer', async () => {
    const { tools } = asking(() => {
      throw new GatewayError('throttled', 'Throttling', 'later');
    });
    expect(await readAlarms(tools, [running])).toEqual(new Map());
  });
});
