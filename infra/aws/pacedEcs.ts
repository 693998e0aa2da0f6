import { setTimeout } from 'node:timers/promises';
import type { ECSClient } from '@aws-sdk/client-ecs';
import { bucketFor, type EcsBucketName } from './ecsLimits.ts';
import { createTokenBucket, type Pacing } from './tokenBucket.ts';

type Paced = Pick<ECSClient, 'middlewareStack'>;

const realTime: Pacing = {
  now: () => performance.now(),
  pause: (milliseconds) => setTimeout(milliseconds),
};

/**
 * Makes clients of ECS keep to Tuesday's share of the account's limits. All that are given to one
 * call share the same buckets, as they do at AWS. Every try takes a token, those that the SDK makes
 * again by itself too.
 */
export const paceEcs = (clients: readonly Paced[], pacing: Pacing = realTime): void => {
  const buckets = new Map<EcsBucketName, ReturnType<typeof createTokenBucket>>();
  const take = async (action: string): Promise<void> => {
    const limits = bucketFor(action);
    if (limits === undefined) return;
    const bucket = buckets.get(limits.name) ?? createTokenBucket(limits, pacing);
    buckets.set(limits.name, bucket);
    await bucket.take();
  };
  for (const { middlewareStack } of clients) {
    middlewareStack.add(
      (next, { commandName = '' }) =>
        async (args) => {
          await take(commandName.replace(/Command$/, ''));
          return next(args);
        },
      // Beneath the retries, so that each of them is counted.
      { name: 'tuesdayPace', step: 'finalizeRequest', priority: 'low' },
    );
  }
};
