import { beforeEach, describe, expect, it } from 'vitest';
import { type Ask, askWithRetries } from '../../infra/eventStore/dynamoRetries.ts';
import { noWaiting } from '../support/noWaiting.ts';

const named = (name: string, more: object = {}) =>
  Object.assign(new Error(`${name} from AWS`), { name, ...more });
const throttled = named('ThrottlingException');

describe('a table that is busy', () => {
  let waiting: ReturnType<typeof noWaiting>;
  let ask: Ask;
  let tries: number;
  beforeEach(() => {
    waiting = noWaiting(10_000);
    ask = askWithRetries('tuesday-events', waiting.retries);
    tries = 0;
  });

  const failing = (failures: number, error: Error) => async () => {
    tries += 1;
    if (tries <= failures) throw error;
    return 'answer';
  };

  it.each([
    ['ThrottlingException', throttled],
    ['ProvisionedThroughputExceededException', named('ProvisionedThroughputExceededException')],
    ['RequestLimitExceeded', named('RequestLimitExceeded')],
    ['a failure of the service', named('InternalServerError', { $fault: 'server' })],
    ['a time-out', named('TimeoutError')],
    ['a connection that broke', named('Error', { code: 'ECONNRESET' })],
  ])('is asked again after %s', async (_what, error) => {
    expect(await ask(failing(3, error))).toBe('answer');
    expect(tries).toBe(4);
  });

  it(
    'is left twice as long each time, up to two seconds, of which chance takes a ' + 'share',
    async () => {
      await expect(ask(failing(99, throttled))).rejects.toMatchObject({ code: 'StoreBusy' });
      expect(waiting.sleptMs.slice(0, 8)).toEqual([12.5, 25, 50, 100, 200, 400, 800, 1_000]);
      expect(Math.max(...waiting.sleptMs)).toBe(1_000);
    },
  );

  it('is given up at the deadline, before a wait that would pass it', async () => {
    await expect(ask(failing(99, throttled))).rejects.toThrow(
      'DynamoDB throttles table tuesday-events',
    );
    const sleptMs = waiting.sleptMs.reduce((sum, each) => sum + each, 0);
    expect(sleptMs).toBeLessThanOrEqual(10_000);
    expect(sleptMs + 1_000).toBeGreaterThan(10_000);
  });

  it('says so where the answers were lost, and keeps the cause', async () => {
    const cause = named('TimeoutError');
    await expect(ask(failing(99, cause))).rejects.toMatchObject({
      code: 'StoreBusy',
      message: 'DynamoDB does not answer for table tuesday-events',
      cause,
    });
  });

  it('is not stormed: 500 waiting requests repeat a hundred times in all', async () => {
    const refuse = async () => {
      tries += 1;
      throw throttled;
    };
    const all = await Promise.allSettled(Array.from({ length: 500 }, () => ask(refuse)));
    expect(all.every(({ status }) => status === 'rejected')).toBe(true);
    expect(tries).toBe(500 + 100);
  });

  it('earns repeats back by answers: one for ten', async () => {
    const always = failing(Number.POSITIVE_INFINITY, throttled);
    const patient = askWithRetries('tuesday-events', noWaiting(1e9).retries);
    await expect(patient(always)).rejects.toMatchObject({ code: 'StoreBusy' });
    for (let index = 0; index < 21; index += 1) await patient(async () => 'answer');
    tries = 0;
    await expect(patient(always)).rejects.toMatchObject({ code: 'StoreBusy' });
    expect(tries).toBe(1 + 2);
  });

  it('is not asked again after what another try would not change', async () => {
    const denied = named('AccessDeniedException', { $fault: 'client' });
    await expect(ask(failing(1, denied))).rejects.toBe(denied);
    expect(tries).toBe(1);
  });
});
