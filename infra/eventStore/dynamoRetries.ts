import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { tellThrottle } from '../aws/throttles.ts';
import { StoreBusy, StoreUnusable } from './storeErrors.ts';

/**
 * A client that tries once: the repeats of `askWithRetries` are the only ones, so that a busy table
 * is not asked three times as often as it should be. Region, credentials and
 * `AWS_ENDPOINT_URL_DYNAMODB` come from the environment.
 */
export const oneTryClient = (): DynamoDBClient =>
  new DynamoDBClient({
    maxAttempts: 1,
    requestHandler: {
      connectionTimeout: 1_000,
      requestTimeout: 5_000,
      throwOnRequestTimeout: true,
    },
  });

/** Clock, chance and waiting, so that a test can hold them. */
export type Retries = {
  readonly nowMs: () => number;
  /** In [0, 1). */
  readonly random: () => number;
  readonly sleepMs: (delayMs: number) => Promise<void>;
  /** No try begins later than this after the first. */
  readonly deadlineMs: number;
};

/** Half of the shortest time-out of a function (30 s) is left for what it does besides. */
export const systemRetries: Retries = {
  nowMs: () => performance.now(),
  random: Math.random,
  sleepMs: (delayMs) => new Promise((resolve) => setTimeout(resolve, delayMs)),
  deadlineMs: 10_000,
};

const firstDelayMs = 25;
const longestDelayMs = 2_000;

/**
 * Repeats that may be under way beyond those that successes have earned. A table that refuses
 * everything is left alone after so many, however many requests wait.
 */
const repeatsMax = 100;
const repeatsPerSuccess = 0.1;

/** What DynamoDB calls "later" (Developer Guide, "Error handling with DynamoDB"). */
const throttles = new Set([
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'ThrottlingException',
]);

/** Failures after which nobody knows whether the request was carried out. */
const unclear = new Set(['InternalServerError', 'ServiceUnavailable', 'TimeoutError']);
const brokenConnections = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT']);

const isUnclear = (error: unknown): boolean => {
  if (!(error instanceof Error)) return false;
  const { code, $fault: fault } = error as { code?: unknown; $fault?: unknown };
  return unclear.has(error.name) || fault === 'server' || brokenConnections.has(String(code));
};

const isThrottle = (error: unknown): boolean => error instanceof Error && throttles.has(error.name);

export type Ask = <Answer>(send: () => Promise<Answer>) => Promise<Answer>;

/**
 * Asks a table again after throttling, and after answers that were lost: exponential backoff with
 * full jitter, from 25 ms up to 2 s. Gives up as `StoreBusy`, which may mean that the request was
 * carried out: whoever appends comes back with the same commit id. Only for requests that may be
 * repeated. `variable` names the setting that holds the table's name, for the remedy.
 */
export const askWithRetries = (
  tableName: string,
  { nowMs, random, sleepMs, deadlineMs }: Retries,
  variable = 'EVENT_TABLE',
): Ask => {
  let repeatsLeft = repeatsMax;
  return async (send) => {
    const endsAtMs = nowMs() + deadlineMs;
    for (let attempt = 0; ; attempt += 1) {
      try {
        const answer = await send();
        repeatsLeft = Math.min(repeatsMax, repeatsLeft + repeatsPerSuccess);
        return answer;
      } catch (error) {
        const busy = busyOf(error, tableName);
        if (busy === undefined) throw translated(error, tableName, variable);
        const delayMs = random() * Math.min(longestDelayMs, firstDelayMs * 2 ** attempt);
        if (repeatsLeft < 1 || nowMs() + delayMs > endsAtMs) throw busy;
        repeatsLeft -= 1;
        await sleepMs(delayMs);
      }
    }
  };
};

const busyOf = (error: unknown, tableName: string): StoreBusy | undefined => {
  if (isThrottle(error)) {
    tellThrottle({ action: 'DynamoDB' });
    return new StoreBusy(`DynamoDB throttles table ${tableName}`, { cause: error });
  }
  if (!isUnclear(error)) return undefined;
  return new StoreBusy(`DynamoDB does not answer for table ${tableName}`, { cause: error });
};

const translated = (error: unknown, tableName: string, variable: string): unknown => {
  if (!(error instanceof Error) || error.name !== 'ResourceNotFoundException') return error;
  const what = `table ${tableName} is not in this account and Region`;
  return new StoreUnusable(what, `deploy first, or mend ${variable}`, { cause: error });
};
